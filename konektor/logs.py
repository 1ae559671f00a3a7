"""Log lines: one JSON object each for machines, or one readable line each for people."""

import logging
import sys
from typing import Any

import msgspec


class JsonLines(logging.Formatter):
    """`{"at", "level", "logger", "message", ...fields}`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03}",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


class Readable(logging.Formatter):
    """`12:30:05 message key=value ...`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback when there is one."""
        fields = "".join(f" {key}={value}" for key, value in getattr(record, "fields", {}).items() if value != "")
        line = f"{self.formatTime(record, '%H:%M:%S')} {record.getMessage()}{fields}"
        if record.levelno >= logging.WARNING:
            line = f"{record.levelname}: {line}"
        return line + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


def setup(*, machine: bool, level: int = logging.INFO) -> None:
    """Sends our own lines to standard error, and those of libraries from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if machine else Readable())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("konektor").setLevel(level)
    logging.getLogger("konektor.realtime").setLevel(logging.WARNING)
