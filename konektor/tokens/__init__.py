"""Tokens: wallets, grants and payments."""
