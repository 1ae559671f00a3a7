"""Log lines: one JSON object each for machines, or one readable line each for people."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec

from konektor.shapes import stamp


class JsonLines(logging.Formatter):
    """`{"at", "level", "logger", "message", ...fields}`, `at` in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        line: dict[str, Any] = {
            "at": stamp(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        try:
            return msgspec.json.encode(line).decode()
        except UnicodeEncodeError:  # an unpaired surrogate, which the slower encoder escapes
            return json.dumps(line)


class Readable(logging.Formatter):
    """`12:30:05 message key=value ...`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback when there is one."""
        fields = "".join(f" {key}={value}" for key, value in getattr(record, "fields", {}).items() if value != "")
        line = f"{self.formatTime(record, '%H:%M:%S')} {record.getMessage()}{fields}"
        if record.levelno >= logging.WARNING:
            line = f"{record.levelname}: {line}"
        return _visible(line) + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


def _visible(text: str) -> str:
    """The text on one line, with control characters escaped: a sender must not end the line or move the cursor."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _is_failure(record: logging.LogRecord) -> bool:
    """False for aiohttp errors caused by malformed requests."""
    kinds = type(record.exc_info[1]).__mro__ if record.exc_info else ()
    return all(kind.__name__ != "HttpProcessingError" for kind in kinds)


def setup(*, machine: bool, level: str = "INFO") -> None:
    """Writes log lines to standard error: Konektor's from `level` on, those of libraries from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if machine else Readable())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("konektor").setLevel(level)
    logging.getLogger("konektor.realtime").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(_is_failure)
    logging.getLogger("aiohttp_session").setLevel(logging.ERROR)  # it warns of each cookie that it cannot read
