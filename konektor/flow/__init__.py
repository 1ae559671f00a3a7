"""Mechanisms that know nothing of the product: batching, caches, pages, periodic work."""
