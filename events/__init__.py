"""The Socket.IO edge: the events that clients may send, one module per feature."""
