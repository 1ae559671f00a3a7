"""The HTTP edge: pages, logins and what machines ask for."""
