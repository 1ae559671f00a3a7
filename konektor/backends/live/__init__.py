"""Live: sending events to the connections of all instances."""
