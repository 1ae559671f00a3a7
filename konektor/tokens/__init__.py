"""Tokens: wallets, what gives tokens and what spends them."""
