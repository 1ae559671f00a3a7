"""The hardened Engine.IO server: sessions over long-polling and websockets, usable without Socket.IO."""
