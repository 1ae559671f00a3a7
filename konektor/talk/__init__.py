"""Talk: rooms and other streams, and the messages in them."""
