"""Account: what the work brought per opgave and participant, from the rows that its reader may see."""
