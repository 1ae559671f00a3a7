"""The counters of one engine, which the metrics page reads."""

from dataclasses import dataclass


@dataclass(slots=True)
class Stats:
    """Counters that only grow, except `sockets`, which is how many are open. Bytes are those of websocket frames."""

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
