"""What the tests of the message path share: saying something, moving the clock, and checking the ledger."""

import hashlib
from dataclasses import replace
from typing import Any

from konektor.core import Core
from konektor.flow.head_cache import HeadCache
from konektor.idempotency import Replayed
from konektor.store.ids import derived_id
from konektor.streams import Stream
from konektor.talk import messages
from konektor.talk.message_path import make_message_path
from konektor.talk.messages import Sent
from konektor.talk.payment import Draft
from tests.conftest import Client, Member

ROOM = "r:1990-05-17"
DAY = "r:05-17"
YEAR = "r:1990"


async def attempt(
    core: Core,
    member: Member,
    body: str = "hello",
    *,
    stream: str = ROOM,
    cid: str | None = None,
    reply_to: str | None = None,
    official: bool = False,
    media_id: str | None = None,
) -> Sent | Replayed[Sent]:
    """Sends a message; a repeat returns a Replayed."""
    options = {"cid": cid, "reply_to": reply_to, "media_id": media_id}
    return await messages.send(core, member.caller, Stream.parse(stream), body, official=official, **options)


async def say(core: Core, member: Member, body: str = "hello", **options: Any) -> Sent:
    """Says something for the first time."""
    sent = await attempt(core, member, body, **options)
    assert isinstance(sent, Sent)
    return sent


async def settled(core: Core) -> None:
    """Waits for what runs behind the answers."""
    await core.tasks.finish(10)


async def stored(core: Core, stream: str = ROOM) -> list[dict[str, Any]]:
    """Every message document of the stream, by seq."""
    found: list[dict[str, Any]] = await core.db["messages"].find({"stream": stream}).sort("seq", 1).to_list(None)
    return found


async def bodies(core: Core, stream: str = ROOM) -> list[str]:
    """What was said in the stream; its seqs have no gap."""
    found = await stored(core, stream)
    assert [doc["seq"] for doc in found] == list(range(1, len(found) + 1))
    return [doc["body"] for doc in found]


async def assert_ledger_balances(core: Core, member: Member) -> int:
    """The balance, after a look whether the ledger adds up to it, row by row, and nothing is under way."""
    await settled(core)
    wallet = await core.db["wallets"].find_one({"_id": member.caller.member})
    rows = await core.db["ledger"].find({"member": member.caller.member}).to_list(None)
    assert wallet["pend"] == []
    assert sum(row["delta"] for row in rows) == wallet["balance"]
    grants = sum(row["delta"] for row in rows if row["delta"] > 0)
    assert all(0 <= row["balance"] <= grants for row in rows)
    return int(wallet["balance"])


def draft(member: Member, body: str = "hello", *, cid: str, stream: str = ROOM) -> Draft:
    """What `messages.send` makes of a message, for those who take the steps by hand."""
    return Draft(
        op=derived_id(str(member.caller.member), cid),
        member=member.caller.member,
        stream=Stream(stream),
        body=body,
        cost=len(body) if stream.startswith("r:") else 0,
        digest=hashlib.sha256(f"{stream}\0\0False\0{body}".encode()).digest()[:16],
        author=member.caller.author,
        cid=cid,
    )


def second_server(core: Core) -> Core:
    """A second server on the same database, with batches and a memory of its own."""
    path = make_message_path(lambda: second, HeadCache(core.now), core.tasks, core.metrics)
    second = replace(core, path=path)
    return second


async def all_members(client: Client, label: str, limit: int) -> list[dict[str, Any]]:
    """The members of a room, page by page."""
    found: list[dict[str, Any]] = []
    page = await client.ask("room:members", {"label": label, "limit": limit})
    while True:
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        assert len(page["items"]) == limit
        page = await client.ask("room:members", {"label": label, "limit": limit, "cursor": page["next"]})
