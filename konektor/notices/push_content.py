"""The content of a push: what a browser shows, without any text unless the member wants it."""

import asyncio
from typing import Any

import msgspec

from konektor.caller import Caller
from konektor.causes import NOTICES
from konektor.core import Core
from konektor.store import accounts, marks, messages, notices, streams
from konektor.store.ids import Id
from konektor.store.messages import MessageDoc
from konektor.store.outbox import Row
from konektor.streams import Stream
from konektor.talk.access import access
from konektor.talk.unread import unread_after

MOST_TEXT = 120
"""Code points of a message."""


async def content(core: Core, caller: Caller, row: Row, *, with_text: bool) -> bytes | None:
    """What the row tells its member at this moment, as JSON; None when there is nothing to tell any more: it was read,
    or they take no part in the conversation, or somebody hidden from them has caused it.
    """
    found = await (_of_notices if row["cause"] == NOTICES else _of_stream)(core, caller, row, with_text)
    return None if found is None else msgspec.json.encode(found)


async def _of_notices(core: Core, caller: Caller, row: Row, with_text: bool) -> dict[str, Any] | None:
    unread = await notices.unread(core.db, caller.member, caller.hidden)
    if not unread:
        return None
    told: dict[str, Any] = {"kind": row["kind"], "unread": unread}
    if with_text and not caller.hides(row["user"]):
        told |= await _name(core, row["user"])
    return told


async def _of_stream(core: Core, caller: Caller, row: Row, with_text: bool) -> dict[str, Any] | None:
    name, seq = row["cause"], row["seq"]
    allowed = await access(core, caller, Stream(name))
    if allowed is None or seq <= allowed.since:
        return None
    heads, read = await asyncio.gather(streams.heads(core.db, [name]), marks.get(core.db, caller.member, [name]))
    unread = await unread_after(core, caller, name, max(read.get(name, 0), allowed.since), heads[name])
    if not unread:
        return None
    told: dict[str, Any] = {"kind": row["kind"], "stream": name, "unread": unread}
    doc = await _message(core, name, seq) if with_text else None
    if doc and not doc.get("deleted") and not caller.hides(doc["from"]):
        told |= await _name(core, doc["from"])
        told["text"] = doc["body"][:MOST_TEXT]
    return told


async def _message(core: Core, name: str, seq: int) -> MessageDoc | None:
    """The newest message that the row is about, if it can still be read."""
    found = await messages.after(core.db, name, seq - 1, core.now(), 1, expiring=Stream(name).expiring)
    return found[0] if found and found[0]["seq"] == seq else None


async def _name(core: Core, user: Id) -> dict[str, str]:
    cards = await accounts.cards(core.db, [user])
    return {"username": cards[user]["username"]} if user in cards else {}
