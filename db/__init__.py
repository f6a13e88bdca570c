"""What we remember: words, tables, questions, sessions and migrations."""
