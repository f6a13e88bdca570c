"""Participants and people: subscriptions, addresses, privacy."""
