"""The reference as TypeScript: what a client writes against it compiles when it is right, and only then."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from events.reference import typescript
from events.wire import Event, Nothing
from konektor.payloads import Payload
from konektor.server_events import server_events
from konektor.shapes import Done, Shape
from konektor.streams import StreamField
from run import EVENTS
from tests.support.npm import node, package
from tests.support.paths import NODE, ROOT

STRICT = ("--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext")
FAULT = re.compile(r"^(\S+)\.ts\((\d+),\d+\): error (TS\d+)", re.MULTILINE)
MISTAKE = re.compile(r" // (TS\d+): (.*)$")


def mistakes() -> list[Any]:
    """The line of every mistake in wrong_client.ts, and the error that is expected there."""
    lines = (NODE / "wrong_client.ts").read_text(encoding="utf8").splitlines()
    found = [(number, MISTAKE.search(line)) for number, line in enumerate(lines, 1)]
    return [pytest.param(number, match[1], id=match[2]) for number, match in found if match]


@pytest.fixture(scope="module")
def generated() -> str:
    """What the command prints."""
    command = [sys.executable, str(ROOT / "run.py"), "events", "--typescript"]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


@pytest.fixture(scope="module")
def faults(generated: str, tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, int, str]]:
    """What the TypeScript compiler finds: the file, the line, and the code of the error."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "konektor.ts").write_text(generated, encoding="utf8")
    (folder / "node_modules").symlink_to(package("typescript").parent)
    clients = [Path(shutil.copy(NODE / f"{name}_client.ts", folder)).name for name in ("typed", "wrong")]
    command = [node(), str(package("typescript") / "bin" / "tsc"), *STRICT, *clients]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=110)
    return {(name, int(line), code) for name, line, code in FAULT.findall(done.stdout)}


def test_a_right_client_compiles(faults: set[tuple[str, int, str]]) -> None:
    """And so does what is generated, in strict mode with the types of the official client."""
    assert not [fault for fault in faults if fault[0] != "wrong_client"]


@pytest.mark.parametrize(("line", "code"), mistakes())
def test_a_mistake_does_not_compile(faults: set[tuple[str, int, str]], line: int, code: str) -> None:
    """Its author is told which line, and why."""
    assert {fault for fault in faults if fault[:2] == ("wrong_client", line)} == {("wrong_client", line, code)}


def test_no_other_line_is_a_mistake(faults: set[tuple[str, int, str]]) -> None:
    """The compiler finds fault with what is wrong, and with nothing beside it."""
    wrong = {parameters.values[0] for parameters in mistakes()}
    assert {line for name, line, _ in faults if name == "wrong_client"} == wrong


def test_every_event_of_members_is_there(generated: str) -> None:
    """Those that clients send, and those that they receive; events of staff are not."""
    asked, pushed = re.findall(r"export interface \w+Events \{\n(.*?)\n\}", generated, re.DOTALL)
    assert set(re.findall(r'"(.*?)": \(', asked)) == {name for namespace, name in EVENTS if namespace == "/"}
    assert set(re.findall(r'"(.*?)": \(', pushed)) == set(server_events())


class Answer(Shape, frozen=True):
    """An ack whose fields
    may be left out.
    """

    name: str
    kind: Literal["a", "b"] | None = None
    more: list[str | None] = msgspec.field(default_factory=list)
    count: int = 5


class Whole(Shape, frozen=True, omit_defaults=False):
    """An ack that always has every field."""

    name: str | None = None
    by_key: dict[str, float] = msgspec.field(default_factory=dict)


class Asked(Payload, frozen=True):
    """A payload."""

    stream: StreamField
    reply_to: str | None = None


def made(**changes: Any) -> str:
    """The module for one event that is changed like this."""
    event: Event = replace(EVENTS["/", "message:send"], name="test:one", **changes)
    return typescript.text([event])


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"ack": Answer}, "  name: string;"),
        ({"ack": Answer}, '  kind?: "a" | "b";'),
        ({"ack": Answer}, "  more?: Array<string | null>;"),
        ({"ack": Answer}, "  count?: number;"),
        ({"ack": Answer}, "/** An ack whose fields may be left out. */"),
        ({"ack": Whole}, "  name: string | null;"),
        ({"ack": Whole}, "  byKey: Record<string, number>;"),
        ({"ack": Done}, "export type Done = Record<string, never>;"),
        ({"payload": Asked}, "export interface TestOne {"),
        ({"payload": Asked}, "  stream: string;"),
        ({"payload": Asked}, "  replyTo?: string | null;"),
        ({"payload": Asked, "ack": list[Done]}, '  "test:one": (payload: TestOne, reply: Reply<Array<Done>>) => void;'),
        ({"payload": Nothing, "ack": Done}, '  "test:one": (reply: Reply<Done>) => void;'),
    ],
)  # fmt: skip
def test_a_type_is_written_as_it_is_on_the_wire(changes: dict[str, Any], line: str) -> None:
    """What is left out never arrives as null; what a client may leave out, it may also send as null."""
    assert line in made(**changes).splitlines()


def test_an_event_of_another_namespace_is_left_out() -> None:
    """Its clients have interfaces of their own."""
    assert "test:one" not in made(namespace="/staff")


def test_two_types_of_one_name_are_refused() -> None:
    """One would silently stand for the other."""
    other = msgspec.defstruct("Message", [("text", str)], frozen=True)
    with pytest.raises(ValueError, match="two types are called Message"):
        made(ack=other)


def test_a_payload_whose_event_is_called_like_another_type_is_refused() -> None:
    """Interfaces of payloads are named after their events."""
    with pytest.raises(ValueError, match="two types are called MessageNew"):
        typescript.text([replace(EVENTS["/", "message:send"], name="message:new")])


def test_a_type_that_is_not_sent_as_json_is_refused() -> None:
    """Its author learns it before a client does."""
    with pytest.raises(ValueError, match="no TypeScript for"):
        made(ack=bytes)
