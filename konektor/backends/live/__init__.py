"""Live: sending events to the connections of every instance."""
