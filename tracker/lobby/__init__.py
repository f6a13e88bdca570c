"""The lobby: dossiers, positions, contacts, moments, and what is due on them."""
