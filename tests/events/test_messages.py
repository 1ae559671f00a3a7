"""Events of the conversations: what they take and answer, and what they refuse."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from tests.conftest import Client, Clock, Member, join
from tests.support.message_helpers import ROOM, YEAR, assert_ledger_balances, bodies, say
from tests.support.upload_helpers import uploaded

Connect = Callable[[Member], Awaitable[Client]]


def send(cid: str, **more: Any) -> dict[str, Any]:
    """The payload of a message to the room."""
    return {"stream": ROOM, "body": "hello", "cid": cid, **more}


async def test_two_connections_that_repeat_each_other_send_once(core: Core, connect: Connect) -> None:
    """Ten sends of one id from two tabs: one is the message, nine are its repeats with the very same data."""
    member = await join(core)
    tabs = [await connect(member), await connect(member)]
    acks = await asyncio.gather(*(tab.sio.call("message:send", send("one")) for tab in tabs * 5))
    assert all(ack["ok"] for ack in acks)
    assert sum(not ack.get("dup", False) for ack in acks) == 1
    assert len({str(ack["data"]) for ack in acks}) == 1
    assert await bodies(core) == ["hello"]
    assert await assert_ledger_balances(core, member) == 100_000 - 5


async def test_what_is_no_message_is_refused(core: Core, connect: Connect) -> None:
    """Too long, of a wrong type, with unknown keys or to no stream: BAD_REQUEST, and nothing is stored."""
    client = await connect(await join(core))
    wrong: list[Any] = [send("c", body="x" * 2001), send("c", body=7), send("c", body=None), send("c", extra=1)]
    wrong += [send("c", replyTo="zz"), send("c", official="yes"), send("a b"), send("c" * 37), {"body": "x"}]
    wrong += [send("c", stream=name) for name in ("r:1990-02-30", "r:", "r:9999999", "x:1990", "d:1990", {"$ne": 1})]
    for payload in [*wrong, ["x"], "x", 1, None]:
        assert (await client.refused("message:send", payload))["code"] == "BAD_REQUEST", payload
    assert await core.db["messages"].count_documents({}) == 0


async def test_half_a_character_is_refused_as_such(core: Core, connect: Connect) -> None:
    """A lone surrogate, which JSON can spell and UTF-8 cannot, is a bad request that names the field."""
    client = await connect(await join(core))
    refused = await client.refused("message:send", send("c", body="\ud83d"))
    assert (refused["code"], refused["field"]) == ("BAD_REQUEST", "body")
    await client.ask("session:hello")  # the connection is still open


async def test_a_message_of_nothing_visible_is_not_charged(core: Core, connect: Connect) -> None:
    """Blanks, zero-width characters and fillers show an empty line: refused as such, sent or edited into a message."""
    member = await join(core)
    client = await connect(member)
    known = (await say(core, member, "hello")).message.id
    for body in (" ", "\n\t \u2003", "\u00a0", "\u200b", "\u2800", "\u3164\u115f", "\ufe0f", "\U000e0041"):
        for event, payload in (("message:send", send("c", body=body)), ("message:edit", {"id": known, "body": body})):
            refused = await client.refused(event, payload)
            assert (refused["code"], refused["field"]) == ("BAD_REQUEST", "body")
            assert "text made of nothing visible" in refused["message"]
    assert await bodies(core) == ["hello"]
    assert await assert_ledger_balances(core, member) == 100_000 - 5


async def test_a_message_has_one_form_however_it_is_typed(core: Core, connect: Connect) -> None:
    """Accents apart and the line ends of other systems are paid, stored, repeated and edited as the same text."""
    member = await join(core)
    client = await connect(member)
    sent = await client.ask("message:send", send("one", body="e\u0301\r\nx\ry"))
    assert (sent["message"]["body"], sent["cost"]) == ("\u00e9\nx\ny", 5)
    again = await client.sio.call("message:send", send("one", body="\u00e9\nx\ny"))
    assert (again["ok"], again.get("dup")) == (True, True)
    edited = await client.ask("message:edit", {"id": sent["message"]["id"], "body": "E\u0301\r\nx\ny"})
    assert (edited["message"]["body"], edited["balance"]) == ("\u00c9\nx\ny", 100_000 - 5)
    assert (await client.ask("message:send", send("long", body="e\u0301" * 2000)))["cost"] == 2000


async def test_a_page_that_cannot_be_is_refused(core: Core, connect: Connect) -> None:
    """Both sides at once, no seq, too many, and a room of others."""
    client = await connect(await join(core))
    wrong: list[dict[str, Any]] = [{"beforeSeq": 1, "afterSeq": 1}, {"beforeSeq": -1}, {"afterSeq": 1.5}]
    wrong += [{"beforeSeq": 2**63}, {"limit": 0}, {"limit": 51}, {"beforeSeq": {"$gt": 0}}, {"stream": "r:x"}]
    for asked in wrong:
        assert (await client.refused("message:list", {"stream": ROOM} | asked))["code"] == "BAD_REQUEST", asked
    assert (await client.refused("message:list", {"stream": "r:1984"}))["code"] == "FORBIDDEN"
    assert (await client.refused("message:read", {"stream": "r:1984", "seq": 1}))["code"] == "FORBIDDEN"


async def test_a_repeated_edit_changes_nothing_though_others_followed(
    core: Core, clock: Clock, connect: Connect
) -> None:
    """The same id is acked with the first answer, even when the time for edits is over; another payload conflicts."""
    member = await join(core)
    client = await connect(member)
    known = (await say(core, member)).message.id
    first = {"id": known, "body": "first", "cid": "e-1"}
    answer = await client.ask("message:edit", first)
    await client.ask("message:edit", {"id": known, "body": "second", "cid": "e-2"})
    await core.tasks.finish(5)  # which store the results
    clock.forward(hours=1)
    assert await client.sio.call("message:edit", first) == {"ok": True, "data": answer, "dup": True}
    assert (await client.refused("message:edit", first | {"body": "other"}))["code"] == "CONFLICT"
    assert await bodies(core) == ["second"]


async def inside(connect: Connect, member: Member) -> Client:
    """A connection that has entered the room."""
    client = await connect(member)
    await client.ask("room:enter", {"label": ROOM[2:]})
    return client


async def received_since(client: Client, event: str) -> list[Any]:
    """What has been told under that name up to now, and forgets it."""
    await client.ask("session:hello")
    heard = client.received(event)
    client.events.clear()
    return heard


async def test_a_hundred_keystrokes_are_told_once_in_three_seconds(core: Core, connect: Connect, clock: Clock) -> None:
    """Each is answered, one of them is told; at 3 s the next one is."""
    ada, bob = await inside(connect, await join(core)), await inside(connect, await join(core))
    for pause in (0, 2.999, 0.001):
        clock.forward(seconds=pause)
        await asyncio.gather(*(ada.ask("message:typing", {"stream": ROOM}) for _ in range(30)))
    assert len(await received_since(bob, "typing:changed")) == 2


async def test_a_message_ends_the_writing(core: Core, connect: Connect) -> None:
    """Nobody is shown as writing what is already there; elsewhere they still are."""
    ada, bob = await inside(connect, await join(core)), await inside(connect, await join(core))
    await bob.ask("room:enter", {"label": "1990"})
    await ada.ask("message:typing", {"stream": ROOM})
    await ada.ask("message:typing", {"stream": YEAR})
    await ada.ask("message:send", {"stream": ROOM, "body": "there"})
    changes = [(change["stream"], len(change["userIds"])) for change in await received_since(bob, "typing:changed")]
    assert changes == [(ROOM, 1), (YEAR, 1), (ROOM, 0)]


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("message:send", {"stream": ROOM, "body": ""}, "body"),
    ("message:send", {"stream": ROOM}, "body"),
    ("message:send", {"stream": ROOM, "body": "", "mediaId": None}, "body"),
    ("message:send", {"stream": ROOM, "body": " ", "mediaId": "a" * 24}, "body"),
    ("message:send", {"stream": ROOM, "body": "", "mediaId": ""}, "mediaId"),
    ("message:send", {"stream": ROOM, "body": "x", "mediaId": "me.png"}, "mediaId"),
    ("message:send", {"stream": ROOM, "body": "x", "mediaId": ["a" * 24]}, "mediaId"),
    ("message:send", {"stream": 7, "body": "x"}, "stream"),
    ("message:send", {"stream": ROOM, "body": "x", "replyTo": 7}, "replyTo"),
    ("message:send", {"stream": ROOM, "body": "x", "official": "yes"}, "official"),
    ("message:send", {"stream": ROOM, "body": "x", "cid": "a b"}, "cid"),
    ("message:list", {"stream": ROOM, "beforeSeq": "1"}, "beforeSeq"),
    ("message:list", {"stream": ROOM, "limit": 51}, "limit"),
    ("message:list", {"stream": ROOM, "beforeSeq": 1, "afterSeq": 1}, "afterSeq"),
    ("message:edit", {"id": "x", "body": "x"}, "id"),
    ("message:edit", {"id": "a" * 24, "body": "x" * 2001}, "body"),
    ("message:edit", {"id": "a" * 24, "body": "x", "cid": 1}, "cid"),
    ("message:delete", {"id": "A" * 24}, "id"),
    ("message:delete", {}, "id"),
    ("message:react", {"id": "a" * 24, "emoji": 1, "on": True}, "emoji"),
    ("message:react", {"id": "a" * 24, "emoji": "❤", "on": 1}, "on"),
    ("message:react", {"id": "a" * 24, "emoji": "❤"}, "on"),
    ("message:read", {"stream": ROOM, "seq": -1}, "seq"),
    ("message:read", {"stream": ROOM, "seq": 1.5}, "seq"),
    ("message:typing", {"stream": None}, "stream"),
    ("message:typing", {"stream": ROOM, "on": True}, "on"),
]


@pytest.mark.parametrize(("event", "payload", "field"), WRONG)
async def test_a_wrong_payload_is_refused_with_its_field(
    core: Core, connect: Connect, event: str, payload: dict[str, Any], field: str
) -> None:
    """Missing, unknown, out of bounds or of another type: a client can show the refusal beside what it is about."""
    error = await (await connect(await join(core))).refused(event, payload)
    assert (error["code"], error.get("field")) == ("BAD_REQUEST", field)


async def test_a_sent_message_is_answered_with_what_it_cost(core: Core, connect: Connect) -> None:
    """The message as everybody sees it, with the fields that it has and no others."""
    ada = await join(core, "Ada", balance=10)
    sent = await (await connect(ada)).ask("message:send", {"stream": ROOM, "body": "hello"})
    shown = sent["message"]
    assert (sent.keys(), sent["cost"], sent["balance"]) == ({"message", "cost", "balance"}, 5, 5)
    assert (shown["seq"], shown["stream"], shown["body"], shown["from"]["username"]) == (1, ROOM, "hello", "Ada")
    assert shown.keys() == {"id", "stream", "seq", "from", "body", "reactions", "createdAt", "expiresAt"}


async def test_a_message_with_a_picture_is_told_with_it(core: Core, connect: Connect) -> None:
    """New, listed and edited; once it is deleted, no trace of the picture is told."""
    ada = await join(core)
    sender, reader = await inside(connect, ada), await inside(connect, await join(core))
    media_id = (await uploaded(core, ada, "message")).media_id
    payload = send("1", body="", mediaId=media_id)
    sent = await sender.ask("message:send", payload)
    url = f"/media/{media_id}"
    media = {"id": media_id, "url": url, "width": 64, "height": 48, "thumbUrl": f"{url}/thumb"}
    assert (sent["message"]["media"], sent["message"]["body"], sent["cost"]) == (media, "", 0)
    assert await sender.sio.call("message:send", payload) == {"ok": True, "data": sent, "dup": True}
    assert [event["message"]["media"] for event in await received_since(reader, "message:new")] == [media]
    assert (await reader.ask("message:list", {"stream": ROOM}))["messages"][0]["media"] == media
    resumed = await reader.ask("sync:resume", {"offsets": {ROOM: 0}})
    assert resumed["streams"][0]["messages"][0]["media"] == media
    known = {"id": sent["message"]["id"]}
    for body in ("look", ""):
        assert (await sender.ask("message:edit", {**known, "body": body}))["message"]["media"] == media
    await sender.ask("message:delete", known)
    assert not any("media" in event for event in await received_since(reader, "message:changed"))
    assert "media" not in (await reader.ask("message:list", {"stream": ROOM}))["messages"][0]


async def test_a_picture_that_is_not_ones_own_is_refused(core: Core, connect: Connect) -> None:
    """With the code and the field that a page shows it by; a message is not stored for it."""
    ada, bob = await join(core), await join(core)
    client, theirs = await connect(ada), await uploaded(core, bob, "message")
    refused = await client.refused("message:send", send("1", mediaId=theirs.media_id))
    assert (refused["code"], refused["field"]) == ("UNSUPPORTED_MEDIA", "mediaId")
    assert await bodies(core) == []


async def test_an_edit_is_answered_with_the_message_as_it_is_then(core: Core, connect: Connect) -> None:
    """And with what is left."""
    ada = await join(core, balance=10)
    known = (await say(core, ada)).message.id
    edited = await (await connect(ada)).ask("message:edit", {"id": known, "body": "hello you"})
    assert (edited["message"]["body"], "editedAt" in edited["message"], edited["balance"]) == ("hello you", True, 1)


async def test_a_reaction_is_answered_with_all_of_them(core: Core, connect: Connect) -> None:
    """Those of others too, and none when the last was taken back."""
    ada, tom = await join(core), await join(core)
    known = (await say(core, ada)).message.id
    first, second = await connect(ada), await connect(tom)
    await first.ask("message:react", {"id": known, "emoji": "❤", "on": True})
    both = await second.ask("message:react", {"id": known, "emoji": "❤", "on": True})
    people = [str(member.caller.member) for member in (ada, tom)]
    assert both == {"reactions": [{"emoji": "❤\ufe0f", "count": 2, "userIds": people}]}
    for client in (first, second):
        left = await client.ask("message:react", {"id": known, "emoji": "❤", "on": False})
    assert left == {"reactions": []}


async def test_deleting_and_writing_are_answered_with_nothing(core: Core, connect: Connect) -> None:
    """An empty object, for there is nothing to say."""
    ada = await join(core)
    known, client = (await say(core, ada)).message.id, await connect(ada)
    assert await client.ask("message:typing", {"stream": ROOM}) == {}
    assert await client.ask("message:delete", {"id": known}) == {}


async def test_a_page_is_answered_oldest_first(core: Core, connect: Connect) -> None:
    """With the word whether there is more."""
    ada = await join(core)
    for body in ("one", "two", "three"):
        await say(core, ada, body)
    page = await (await connect(ada)).ask("message:list", {"stream": ROOM, "limit": 2})
    assert (page.keys(), page["more"]) == ({"messages", "more"}, True)
    assert [message["body"] for message in page["messages"]] == ["two", "three"]


async def test_reading_is_answered_with_what_is_left(core: Core, connect: Connect) -> None:
    """The number of messages behind the mark."""
    ada, tom = await join(core), await join(core)
    for _ in range(3):
        await say(core, ada)
    assert await (await connect(tom)).ask("message:read", {"stream": ROOM, "seq": 1}) == {"unread": 2}
