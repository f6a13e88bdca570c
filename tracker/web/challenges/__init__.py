"""Pages of the agenda and of judging what matches it."""
