"""The reference for people: every event with what it takes and answers, in examples that hold."""

import json
import re
from typing import Any

import msgspec
import pytest

from events.reference import rows as reference
from events.reference.rows import MEANING
from events.wire import Event
from konektor.errors import STATUS, USUAL
from konektor.payloads import decode
from konektor.server_events import server_events
from run import EVENTS

ROWS = reference.rows(EVENTS.values())
EVERY = pytest.mark.parametrize("item", EVENTS.values(), ids=lambda item: item.name)
CONTRACT = {
    "session:hello", "session:list", "session:revoke", "sync:resume", "room:list", "room:enter", "room:leave",
    "room:members", "message:send", "message:list", "message:edit", "message:delete", "message:react", "message:read",
    "message:typing", "wallet:get", "invite:create", "invite:list", "invite:revoke",
}  # fmt: skip
REPEATABLE = {"message:send", "message:edit", "invite:create"}


def row(item: Event) -> dict[str, Any]:
    """What the reference says about an event."""
    (found,) = [row for row in ROWS["events"] if row["name"] == item.name]
    return dict(found)


def test_every_event_of_the_contract_is_there() -> None:
    """No promised event is missing, and the reference has every event there is."""
    assert CONTRACT <= {row["name"] for row in ROWS["events"]} == {name for _, name in EVENTS}
    assert {row["name"] for row in ROWS["server_events"]} == set(server_events())


def test_events_that_may_be_repeated_are_marked() -> None:
    """Those with a `cid`, and no others of the contract."""
    assert {row["name"] for row in ROWS["events"] if row["retry_safe"]} & CONTRACT == REPEATABLE


@EVERY
def test_an_example_is_a_payload_that_is_taken(item: Event) -> None:
    """Who copies the example and sends it is not told BAD_REQUEST."""
    assert decode(item.payload, json.loads(row(item)["example"]["request"]))


@EVERY
def test_an_example_is_an_ack_that_is_given(item: Event) -> None:
    """The answer shown has every field it must have, each of the right type."""
    ack = json.loads(row(item)["example"]["ack"])
    assert ack["ok"] is True
    assert msgspec.convert(ack["data"], item.ack, strict=True) is not None


@EVERY
def test_every_field_of_a_payload_is_described(item: Event) -> None:
    """By the name that a client writes, and whether it may be left out."""
    described = {shown["name"]: shown["required"] for shown in row(item)["payload"]}
    assert described == {field.encode_name: field.required for field in msgspec.structs.fields(item.payload)}
    assert row(item)["summary"].endswith(".")


@pytest.mark.parametrize("name", server_events())
def test_an_example_is_what_the_server_tells(name: str) -> None:
    """The payload shown fits the type that is sent."""
    (shown,) = [row for row in ROWS["server_events"] if row["name"] == name]
    assert msgspec.convert(json.loads(shown["example"]), server_events()[name], strict=True)


def test_the_table_of_codes_is_complete() -> None:
    """Each code that a refusal can carry has its meaning and its HTTP status, and no other is explained."""
    assert {item["code"]: item["status"] for item in ROWS["codes"]} == STATUS
    assert all(item["meaning"].endswith(".") for item in ROWS["codes"])
    assert set(USUAL) <= set(MEANING)
    assert {code for item in EVENTS.values() for code in item.codes} <= set(MEANING)


def test_a_terminal_shows_every_event_and_field() -> None:
    """`python run.py events` names what a client needs to know."""
    text = reference.text(EVENTS.values())
    for shown in ROWS["events"]:
        assert re.search(rf"^{shown['name']}  \{{.*\}}  ->  \{{.*\}}$", text, re.MULTILINE)
        assert all(field["name"] in text for field in shown["payload"] + shown["ack"])
    assert all(name in text for name in server_events())
