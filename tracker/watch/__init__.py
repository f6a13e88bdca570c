"""What is broken: looked for, noted, and told to who can do something about it."""
