"""Pages of the calendar, its bodies, decision clocks and feeds."""
