"""Organisations and their offices: one register, found by any name they go or went by."""
