"""The clock, upkeep, backup, the trace of a call, and the demo."""
