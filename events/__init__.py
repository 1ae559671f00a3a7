"""The socket edge: everything a client may ask for over Socket.IO, one module per feature."""
