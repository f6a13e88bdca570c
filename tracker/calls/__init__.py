"""What we remember of a call: ingest, consolidate, changes, revisions; and what people correct, join and link."""
