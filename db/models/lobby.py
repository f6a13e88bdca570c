"""Lobby: dossiers, positions, contacts and moments."""
