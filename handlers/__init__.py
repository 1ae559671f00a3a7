"""The HTTP edge: pages, logins, health and metrics."""
