"""Konektor: people meet through their birth dates."""

VERSION = "0.1.0"
