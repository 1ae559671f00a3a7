"""Portraits: drawn faces of sample members."""
