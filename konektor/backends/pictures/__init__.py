"""Pictures: decoding what members send, in processes of their own."""
