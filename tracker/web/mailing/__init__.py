"""Pages of subscriptions, the outbox, and what links in mails open."""
