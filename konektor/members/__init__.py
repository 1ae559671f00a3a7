"""Members: joining, logging in, and the sessions that follow."""
