"""The Socket.IO server on our Engine.IO server: namespaces, rooms, events and acks."""
