"""Pages of people, participants and signing in."""
