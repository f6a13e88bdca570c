"""The calendar: bodies and their meetings, the steps counted back from a deadline, and the feeds."""
