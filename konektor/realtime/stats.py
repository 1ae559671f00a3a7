"""The counters of one engine, read by the metrics endpoint."""

from dataclasses import dataclass


@dataclass(slots=True)
class Stats:
    """Monotonic counters, except `sockets`, the number of open sessions. Bytes are those of websocket frames."""

    sockets: int = 0
    handshakes: int = 0
    refused: int = 0
    malformed: int = 0
    slow: int = 0
    dropped: int = 0
    frames_in: int = 0
    frames_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
