"""Log lines: one for each thing that happens, for machines or for people."""

import json
import logging
import subprocess
import sys
import time
from typing import Any

import pytest
from aiohttp.http_exceptions import BadStatusLine

from konektor.running.logs import JsonLines, Readable, setup


def record(message: str = "event", level: int = logging.INFO, **fields: Any) -> logging.LogRecord:
    """What the product logs."""
    made = logging.LogRecord("konektor.events", level, __file__, 1, message, (), None)
    made.fields = fields
    return made


def failed() -> logging.LogRecord:
    """What is logged of a bug."""
    try:
        raise ZeroDivisionError("of all things")
    except ZeroDivisionError:
        return logging.LogRecord("konektor", logging.ERROR, __file__, 1, "bug", (), sys.exc_info())


def test_a_machine_reads_the_fields_of_a_line() -> None:
    """Name, member and code are keys of one JSON object."""
    line = json.loads(JsonLines().format(record(event="message:send", member="m1", code="ok", ms=1.5)))
    del line["at"]
    assert line == {
        "level": "info",
        "logger": "konektor.events",
        "message": "event",
        "event": "message:send",
        "member": "m1",
        "code": "ok",
        "ms": 1.5,
    }


def test_a_machine_reads_the_time_of_a_line() -> None:
    """To the millisecond."""
    at = json.loads(JsonLines().format(record()))["at"]
    assert len(at) == len("2026-03-14T12:30:05.123Z")


def test_a_person_reads_the_fields_of_a_line() -> None:
    """What is empty is left out."""
    assert (
        Readable()
        .format(record(event="message:send", stream="", code="ok"))
        .endswith(" event event=message:send code=ok")
    )


def test_a_warning_is_seen_as_one() -> None:
    """Among a hundred lines of every day."""
    assert Readable().format(record("disk is full", logging.WARNING)).startswith("WARNING: ")


@pytest.mark.parametrize("form", [JsonLines(), Readable()])
@pytest.mark.parametrize("text", ["two\nlines", "\r\n127.0.0.1 forged", 'quote " and \\', "\x1b[31mred"])
def test_what_is_logged_stays_on_its_line(form: logging.Formatter, text: str) -> None:
    """Nobody writes a second line into the log, or colours into a terminal, by what they send."""
    line = form.format(record(text, event=text))
    assert not {"\n", "\r", "\x1b"} & set(line)


@pytest.mark.parametrize("form", [JsonLines(), Readable()])
def test_half_a_character_does_not_lose_the_line(form: logging.Formatter) -> None:
    """A client may send one, and a log file takes UTF-8."""
    assert form.format(record("half \ud800", event="half \udcff")).encode()


def test_a_machine_reads_a_traceback_in_one_line() -> None:
    """A bug is one object too."""
    assert "of all things" in json.loads(JsonLines().format(failed()))["traceback"]


def test_a_person_reads_a_traceback_below_its_line() -> None:
    """As Python shows it."""
    assert Readable().format(failed()).splitlines()[-1] == "ZeroDivisionError: of all things"


def test_lines_go_to_standard_error_and_libraries_are_quiet() -> None:
    """Commands print their answers to standard output, where no log line may stand between them."""
    program = (
        "import logging; from konektor.running.logs import setup; setup(machine=True);"
        "logging.getLogger('konektor.x').info('ours'); logging.getLogger('library').info('theirs')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, [json.loads(line)["message"] for line in done.stderr.splitlines()]) == ("", ["ours"])


def test_a_moment_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the machine is, so that the lines of several can be ordered."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        line = record()
        line.created, line.msecs = 1_790_000_000.25, 250.0
        assert json.loads(JsonLines().format(line))["at"] == "2026-09-21T14:13:20.250Z"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_is_no_http_is_not_logged_as_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """Anybody can send it, as often as they like; other failures of the web framework are."""
    setup(machine=False)
    try:
        for error in (BadStatusLine("\x16\x03"), ZeroDivisionError("of all things")):
            logging.getLogger("aiohttp.server").error("Error handling request", exc_info=error)
    finally:
        logging.getLogger().handlers[:] = []
    said = capsys.readouterr().err
    assert ("BadStatusLine" in said, "ZeroDivisionError" in said) == (False, True)
