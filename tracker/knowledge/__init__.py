"""The KennisHuis: what the region found out, shared inside it and, by the word of two people, with everybody."""
