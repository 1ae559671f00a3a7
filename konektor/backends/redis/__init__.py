"""Presence, typing and attempts that several instances share on Redis."""
