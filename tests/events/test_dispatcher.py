"""The dispatcher: every event is answered, whatever was sent and whatever goes wrong behind it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import UNSET
from pymongo.errors import AutoReconnect

from events import dispatcher as dispatching
from events.dispatcher import Dispatcher, payload_of
from events.wire import event
from konektor.backends.memory import MemoryAttempts
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.bucket import TokenBucket
from konektor.idempotency import Replayed
from konektor.limiter import Limiter, RateLimit
from konektor.payloads import HexId, OptionalCid, Payload
from konektor.shapes import DELETED_AUTHOR, Done, Shape
from konektor.store.ids import Id, new_id
from tests.conftest import Client, Member, join

Connect = Callable[[Member], Awaitable[Client]]
Ask = Callable[..., Awaitable[dict[str, Any]]]


class Say(Payload, frozen=True):
    """Something of every kind."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=5)]
    how_loud: Annotated[int, msgspec.Meta(ge=0, le=9)] = 1
    marks: Annotated[dict[Annotated[str, msgspec.Meta(max_length=3)], int], msgspec.Meta(max_length=2)] | None = None
    id: HexId | None = None
    cid: OptionalCid = UNSET


class Counted(Shape, frozen=True):
    """The op of a request."""

    op: str


@event("test:say", codes=("CONFLICT",), own_idempotency=True)
async def say(core: Core, caller: Caller, payload: Say) -> Done | Replayed[Any]:
    """Does nothing, or what its text says."""
    match payload.text:
        case "break":
            raise KeyError("the secret of the runtime")
        case "again":
            return Replayed({"first": 1})
        case "away":
            raise AutoReconnect("connection closed")
        case "taken":
            raise Refused("CONFLICT", "Taken.", field="text", limit=3, remaining=None)
    return Done()


@event("test:slow", budget=0.02)
async def slow(core: Core, caller: Caller, payload: Payload) -> Done:
    """Never comes to an end."""
    await asyncio.Event().wait()
    return Done()


@event("test:staff", roles=frozenset({"mod", "admin"}))
async def staff(core: Core, caller: Caller, payload: Payload) -> Done:
    """For staff."""
    return Done()


@event("test:rare", limit=RateLimit(2, 10.0))
async def rare(core: Core, caller: Caller, payload: Payload) -> Done:
    """Twice in ten seconds."""
    return Done()


class Repeated(Payload, frozen=True):
    """A payload that may be sent again."""

    text: str
    cid: OptionalCid = UNSET


@event("test:once")
async def once(core: Core, caller: Caller, payload: Repeated, op: Id) -> Counted:
    """Returns its op."""
    if payload.text == "refused":
        raise Refused("NOT_FOUND", "Gone.")
    return Counted(str(op))


@event("test:undeclared")
async def undeclared(core: Core, caller: Caller, payload: Payload) -> Done:
    """Refuses with a code that it does not declare."""
    raise Refused("GONE", "Never mentioned.")


EVENTS = {(item.namespace, item.name): item for item in (say, slow, staff, rare, once, undeclared)}


@pytest.fixture
def strict(core: Core) -> Core:
    """The Core with rate limits."""
    return replace(core, limiter=Limiter(MemoryAttempts(core.now)))


def asking(core: Core, role: str = "member") -> Ask:
    """Sends events of one new member as one connection would."""
    caller = Caller(new_id(), new_id(), role, ("1990",), DELETED_AUTHOR)
    bucket, dispatcher = TokenBucket(1e9, 1e9, time.perf_counter()), Dispatcher(core, EVENTS)

    async def ask(name: str, *args: Any) -> dict[str, Any]:
        return await dispatcher.dispatch(caller, bucket, "/", name, args)

    return ask


def refusal(*args: Any) -> dict[str, Any]:
    """What the payload is refused with."""
    with pytest.raises(Refused) as caught:
        payload_of(Say, args)
    return caught.value.as_dict()


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": 5}, "text"),
        ({"text": ""}, "text"),
        ({"text": "123456"}, "text"),
        ({"text": "\U0001f600" * 6}, "text"),
        ({"text": {"$ne": 1}}, "text"),
        ({"text": "x", "howLoud": 10}, "howLoud"),
        ({"text": "x", "howLoud": -1}, "howLoud"),
        ({"text": "x", "howLoud": 1.0}, "howLoud"),
        ({"text": "x", "howLoud": True}, "howLoud"),
        ({"text": "x", "howLoud": "1"}, "howLoud"),
        ({"text": "x", "howLoud": 10**30}, "howLoud"),
        ({"text": "x", "how_loud": 1}, "how_loud"),
        ({"text": "x", "member": "me"}, "member"),
        ({"text": "x", "$where": "1"}, "$where"),
        ({"text": "x", "marks": {"a": "1"}}, "marks"),
        ({"text": "x", "marks": {"long": 1}}, "marks"),
        ({"text": "x", "marks": {"a": 1, "b": 2, "c": 3}}, "marks"),
        ({"text": "x", "id": "0" * 23}, "id"),
        ({"text": "x", "id": "F" * 24}, "id"),
        ({"text": "x", "id": "0" * 24 + "\n"}, "id"),
        ({"text": "x", "cid": "a" * 37}, "cid"),
        ({"text": "x", "cid": "a b"}, "cid"),
        ({"text": "x", "cid": "a\n"}, "cid"),
        ({"text": "x", "cid": "\u0661"}, "cid"),
        ({"text": "x", "cid": None}, "cid"),
    ],
)
def test_a_wrong_payload_names_its_field(payload: dict[str, Any], field: str) -> None:
    """Missing, wrong, too long, too large or unknown: BAD_REQUEST says which one."""
    refused = refusal(payload)
    assert (refused["code"], refused.get("field")) == ("BAD_REQUEST", field)


@pytest.mark.parametrize("args", [("text",), (5,), ([],), (True,), ({"text": "x"}, None), ({"text": "x"}, {}, 1)])
def test_an_event_carries_one_object(args: tuple[Any, ...]) -> None:
    """Anything else, or more than one thing, is a BAD_REQUEST."""
    assert refusal(*args)["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("args", [(), (None,), ({},)])
def test_nothing_is_as_good_as_an_empty_object(args: tuple[Any, ...]) -> None:
    """An event whose fields may all be left out needs no payload."""
    assert payload_of(Payload, args) == Payload()


@pytest.mark.parametrize("text", ["\U0001f600" * 5, "\u00e9" * 5, "$ne"])
def test_text_is_measured_in_code_points(text: str) -> None:
    """Five emoji are five, and so are five letters with accents."""
    assert payload_of(Say, ({"text": text},)).text == text  # type: ignore[attr-defined]


async def test_an_unknown_event_is_answered(core: Core) -> None:
    """UNKNOWN_EVENT whatever it carries, and a long name is not sent back whole."""
    ack = await asking(core)("test:" + "x" * 5_000, {}, {}, {})
    assert (ack["error"]["code"], len(ack["error"]["message"]) < 200) == ("UNKNOWN_EVENT", True)


async def test_a_bug_is_told_with_a_reference_and_logged_once(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    """The client gets INTERNAL and a reference, the log the traceback with the same one, and nobody else's secret."""
    ack = await asking(core)("test:say", {"text": "break"})
    logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert (ack["ok"], ack["error"]["code"], len(logged)) == (False, "INTERNAL", 1)
    assert logged[0].exc_info
    reference = logged[0].getMessage().rpartition(" ")[2]
    assert reference in ack["error"]["message"]
    assert "secret" not in str(ack)


@pytest.mark.parametrize(("name", "payload"), [("test:slow", {}), ("test:say", {"text": "away"})])
async def test_who_has_to_wait_too_long_may_try_again(
    core: Core, caplog: pytest.LogCaptureFixture, name: str, payload: dict[str, str]
) -> None:
    """A budget that is used up and a database that is away are UNAVAILABLE with a wait, and no bug."""
    ack = await asking(core)(name, payload)
    assert (ack["error"]["code"], ack["error"]["retryAfter"]) == ("UNAVAILABLE", 1)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_expected_refusal_is_told_as_it_is(core: Core) -> None:
    """Code, sentence and details, without those that are unknown."""
    ack = await asking(core)("test:say", {"text": "taken"})
    assert ack == {"ok": False, "error": {"code": "CONFLICT", "message": "Taken.", "field": "text", "limit": 3}}


async def test_a_repeat_is_marked(core: Core) -> None:
    """The first answer with `dup: true`; a first answer carries no such mark."""
    ask = asking(core)
    assert await ask("test:say", {"text": "again"}) == {"ok": True, "data": {"first": 1}, "dup": True}
    assert await ask("test:say", {"text": "x"}) == {"ok": True, "data": Done()}


async def test_a_repeatable_event_runs_once_for_each_cid(core: Core) -> None:
    """The dispatcher replays the ack; another payload is a CONFLICT, and without a `cid` it runs each time."""
    ask = asking(core)
    first = await ask("test:once", {"text": "x", "cid": "1"})
    again = await ask("test:once", {"text": "x", "cid": "1"})
    assert again == {"ok": True, "data": {"op": first["data"].op}, "dup": True}
    assert (await ask("test:once", {"text": "y", "cid": "1"}))["error"]["code"] == "CONFLICT"
    assert len({(await ask("test:once", {"text": "x"}))["data"].op for _ in range(3)}) == 3
    assert (await ask("test:once", {"text": "refused", "cid": "2"}))["error"]["code"] == "NOT_FOUND"
    assert (await ask("test:once", {"text": "x", "cid": "2"}))["ok"]


@pytest.mark.parametrize("cid", ["", "a" * 37, "a b", "ä", "a\n", 5])
async def test_a_cid_has_1_to_36_letters_digits_or_hyphens(core: Core, cid: Any) -> None:
    """BAD_REQUEST that names it; left out it is fine."""
    error = (await asking(core)("test:once", {"text": "x", "cid": cid}))["error"]
    assert (error["code"], error["field"]) == ("BAD_REQUEST", "cid")


async def test_a_code_that_is_not_declared_is_a_bug(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    """INTERNAL in development, so that the reference stays true; in production members get what was meant."""
    assert (await asking(core)("test:undeclared"))["error"]["code"] == "INTERNAL"
    assert "does not declare" in caplog.text
    production = replace(core, config=replace(core.config, env="production"))
    assert (await asking(production)("test:undeclared"))["error"]["code"] == "GONE"


@pytest.mark.parametrize(("role", "code"), [("mod", "ok"), ("admin", "ok"), ("member", "no"), ("advertiser", "no")])
async def test_an_event_for_some_roles_is_refused_to_others(core: Core, role: str, code: str) -> None:
    """FORBIDDEN before the payload is looked at."""
    ack = await asking(core, role)("test:staff", *([] if code == "ok" else [{"wrong": 1}]))
    assert ack.get("error", {}).get("code", "ok") == ("ok" if code == "ok" else "FORBIDDEN")


async def test_an_event_with_a_limit_is_limited_for_each_member(strict: Core) -> None:
    """The third of two in ten seconds is told to wait; another member's first is not."""
    ask = asking(strict)
    acks = [await ask("test:rare") for _ in range(3)]
    assert [ack.get("error", {}).get("code", "ok") for ack in acks] == ["ok", "ok", "RATE_LIMITED"]
    assert acks[2]["error"]["retryAfter"] == 10
    assert (await asking(strict)("test:rare"))["ok"]


async def test_limits_can_be_off(core: Core) -> None:
    """A load test may send as fast as it can."""
    ask = asking(core)
    assert all([(await ask("test:rare"))["ok"] for _ in range(100)])


async def test_events_that_go_well_are_logged_only_when_asked_for(
    core: Core, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default the log has those that were refused or took a second; with the level debug it has all."""
    caplog.set_level(logging.INFO, "konektor")
    ask = asking(core)
    await ask("test:say", {"text": "hi"})
    assert not caplog.records
    await ask("test:say", {"text": 1})
    assert [vars(record)["fields"]["code"] for record in caplog.records] == ["BAD_REQUEST"]
    caplog.clear()
    monkeypatch.setattr(dispatching, "SLOW", 0.0)
    await ask("test:say", {"text": "hi"})
    assert [vars(record)["fields"]["code"] for record in caplog.records] == ["ok"]


async def test_the_log_has_no_word_of_what_was_said(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    """An event's line names event, member, stream, code and time, and nothing that was sent."""
    caplog.set_level(logging.DEBUG, "konektor")
    await asking(core)("test:say", {"text": "privé"})
    (fields,) = [vars(record)["fields"] for record in caplog.records]
    assert set(fields) == {"event", "member", "stream", "code", "ms"}
    assert "privé" not in str(fields)


async def test_whatever_a_client_sends_is_answered(core: Core, connect: Connect) -> None:
    """Over the real wire: each of these gets its own ack, in order, and the connection lives on."""
    hostile = [
        ("nope:event", {}), ("*", {}), ("", {}), ("\ud800", {}), ("session:hello", "x"), ("session:hello", [[[]]]),
        ("session:hello", {"\ud800": 1}), ("message:list", {"stream": "\ud800\ud800\ud800"}), ("__init__", {}),
        ("session:hello", {"a" * 30_000: 1}), ("message:send", {"stream": "r:1990", "body": "x" * 65_000}),
    ]  # fmt: skip
    ask = (await connect(await join(core))).sio.call
    acks = await asyncio.gather(*(ask(name, payload, timeout=30) for name, payload in hostile))
    assert {ack["error"]["code"] for ack in acks} == {"UNKNOWN_EVENT", "BAD_REQUEST"}
    assert acks[-1]["error"]["field"] == "body"
    assert (await ask("session:hello", ({}, {}), timeout=30))["error"]["code"] == "BAD_REQUEST"
    assert (await ask("session:hello", (), timeout=30))["ok"]
