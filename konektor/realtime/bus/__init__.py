"""Publish/subscribe between instances over Redis, with a health check."""
