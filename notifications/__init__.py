"""What we send out: digests, reminders and calendars, and the outbox they leave from."""
