"""Presence, typing and rate limits shared by several instances through Redis."""
