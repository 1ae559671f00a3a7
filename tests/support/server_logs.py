"""What the servers that a test started have said, for the report of its failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

LINES = 60
"""How much of the end of each log is shown."""


@dataclass
class _Log:
    title: str
    path: Path
    begin: int = 0

    def text(self) -> str:
        """What was written since `begin`, but for what is too much."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.begin)
                lines = file.read().decode(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        left_out = len(lines) - LINES
        return "\n".join([f"... {left_out} lines before"] * (left_out > 0) + lines[-LINES:])


@dataclass
class _Logs:
    open: list[_Log] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


_LOGS = _Logs()


@contextmanager
def shown(title: str, path: Path) -> Iterator[None]:
    """A log file that the report of a failed test shows; it may be gone behind the block."""
    log = _Log(title, path)
    _LOGS.open.append(log)
    try:
        yield
    finally:
        _LOGS.open.remove(log)
        keep(title, log.text())


def keep(title: str, text: str) -> None:
    """A text for the report if this test fails."""
    _LOGS.kept.append((title, text))


def begin() -> None:
    """Forgets what was said before the test that begins."""
    _LOGS.kept.clear()
    for log in _LOGS.open:
        log.begin = log.path.stat().st_size if log.path.exists() else 0


def sections() -> list[tuple[str, str]]:
    """(title, text) of everything that servers have said in this test."""
    said = [*_LOGS.kept, *((log.title, log.text()) for log in _LOGS.open)]
    return [(title, text) for title, text in said if text.strip()]
