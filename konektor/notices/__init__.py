"""Notices: what members are noticed of while they are elsewhere, on their pages and by Web Push."""
