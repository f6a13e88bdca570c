"""The commands, one file per subject; tracker/__main__.py puts them together."""
