"""Pages of the account to councils."""
