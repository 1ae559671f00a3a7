"""Members: joining, logging in, login sessions."""
