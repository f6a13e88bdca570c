"""Asking the sites: crawls, their rounds and health, and the start of a new source."""
