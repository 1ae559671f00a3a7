"""Conversations: a member's direct conversations, beginning one, and what is unread in all that are not rooms."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.pages import cut, from_cursor, from_time, to_cursor, to_time
from konektor.people import pairing
from konektor.people.profiles import out_of_sight, profiles_of
from konektor.shapes import AnyMessage, Next, Profile, Shape, StreamName
from konektor.store import conversations, marks, messages, pairs, streams
from konektor.store import profiles as stored_profiles
from konektor.store.conversations import Conversation
from konektor.store.ids import Id
from konektor.store.pairs import Pair
from konektor.talk import receipts
from konektor.talk.access import ONLY_FRIENDS, closed
from konektor.talk.history import shown_to
from konektor.talk.receipts import NONE, Receipt
from konektor.talk.unread import unread_after

MOST_COUNTED = 200
"""The conversations whose unread messages are counted on connecting: those in which something was said last."""


class DirectConversation(Shape, frozen=True, omit_defaults=False):
    """A direct conversation: the other, the newest message, how many are unread, and up to which seq you have read.

    `open`: whether you can write. `receipt` is not there if one of you has switched receipts off.
    """

    stream: StreamName
    peer: Profile
    last: AnyMessage | None
    unread: int
    read_up_to: int
    open: bool
    receipt: Receipt | None = None


class DirectPage(Shape, frozen=True, omit_defaults=False):
    """A page of direct conversations, those in which something was said last first; `next` is the following cursor."""

    items: list[DirectConversation]
    next: Next | None


async def open_direct(core: Core, caller: Caller, friend: Id) -> str:
    """The stream of the caller's conversation with a friend, which is listed from then on. FORBIDDEN for others."""
    pair = (await pairs.get(core.db, [pairs.key(caller.member, friend)])).get(pairs.key(caller.member, friend))
    if pair is None or not pairing.are_friends(pair):
        raise closed(ONLY_FRIENDS)
    await conversations.begin(core.db, pair["stream"], pairs.members(pair))
    return pair["stream"]


async def list_direct(core: Core, caller: Caller, cursor: str | None, limit: int) -> DirectPage:
    """The caller's direct conversations, without those with members who are hidden from the caller."""
    found = await conversations.of_member(
        core.db, caller.member, ["d"], position_of("conversations", cursor), limit + 1
    )
    shown, more = cut(found, limit)
    items = await _direct(core, caller, [one for one in shown if not caller.hides(_peer(caller, one))])
    return DirectPage(items=items, next=cursor_at("conversations", shown[-1]) if more else None)


def position_of(kind: str, cursor: str | None) -> tuple[datetime, str] | None:
    """The time and name of the conversation that a list goes on behind; BAD_REQUEST for a cursor of something else."""
    if cursor is None:
        return None
    at, stream = from_cursor(kind, cursor, int, str)
    return to_time(at), str(stream)


def cursor_at(kind: str, last: Conversation) -> str:
    """The cursor of a list that goes on behind that conversation."""
    return to_cursor(kind, from_time(last["at"]), last["_id"])


def _peer(caller: Caller, conversation: Conversation) -> Id:
    one, two = conversation["users"]
    return two if one == caller.member else one


async def _direct(core: Core, caller: Caller, found: Sequence[Conversation]) -> list[DirectConversation]:
    """The conversations as the caller sees them."""
    names, peers = [one["_id"] for one in found], {one["_id"]: _peer(caller, one) for one in found}
    profiles, last, unread, read, known = await asyncio.gather(
        _profiles(core, caller, list(peers.values())),
        newest_in(core, caller, dict.fromkeys(names, 0)),
        unread_in(core, caller, found),
        marks.get(core.db, caller.member, names),
        pairs.by_streams(core.db, names),
    )
    theirs = await _receipts(core, known, peers)
    return [
        DirectConversation(
            stream=name,
            peer=profiles[peers[name]],
            last=last.get(name),
            unread=unread[name],
            read_up_to=read.get(name, 0),
            open=name in known and pairing.are_friends(known[name]),
            receipt=theirs.get(name),
        )
        for name in names
    ]


async def _profiles(core: Core, caller: Caller, members: list[Id]) -> dict[Id, Profile]:
    """The profiles of the members; of those whom the caller may not see any more, what identifies them."""
    seen = await profiles_of(core, caller, members)
    names = await stored_profiles.get(core.db, [member for member in members if member not in seen])
    return seen | {member: out_of_sight(member, names.get(member)) for member in members if member not in seen}


async def newest_in(core: Core, caller: Caller, since: Mapping[str, int]) -> dict[str, AnyMessage]:
    """The newest message after those seqs in each of the streams, if there is any."""
    now = core.now()
    found = await asyncio.gather(*(messages.before(core.db, one, None, now, 1, expiring=False) for one in since))
    docs = [docs[0] for docs in found if docs and docs[0]["seq"] > since[docs[0]["stream"]]]
    return {item.stream: item for item in await shown_to(core, caller, docs)}


async def _receipts(core: Core, known: Mapping[str, Pair], peers: Mapping[str, Id]) -> dict[str, Receipt]:
    """What the others have received and read, where receipts are shown."""
    shown = await receipts.shown_in(core, known.values())
    found = await receipts.of(core, [(peers[name], name) for name in shown])
    return {name: found.get((peers[name], name), NONE) for name in shown}


async def unread_in(core: Core, caller: Caller, found: Sequence[Conversation]) -> dict[str, int]:
    """How many messages of each of these conversations are unread; they are only counted where there may be any."""
    read = await marks.get(core.db, caller.member, [one["_id"] for one in found])
    since = {one["_id"]: max(read.get(one["_id"], 0), since_of(one, caller.member)) for one in found}
    behind = [one["_id"] for one in found if one["hint"] > since[one["_id"]]]
    heads = await streams.heads(core.db, behind)
    counts = await asyncio.gather(*(unread_after(core, caller, name, since[name], heads[name]) for name in behind))
    return {**dict.fromkeys(since, 0), **dict(zip(behind, counts, strict=True))}


def since_of(conversation: Conversation, member: Id) -> int:
    """The seq after which a member sees what is said in a conversation."""
    return conversation.get("since", {}).get(str(member), 0)


async def unread(core: Core, caller: Caller) -> dict[str, int]:
    """How many messages are unread in the caller's conversations that are not rooms, where there are any."""
    found = await conversations.of_member(core.db, caller.member, ["d", "g"], None, MOST_COUNTED)
    visible = [one for one in found if one["kind"] == "g" or not caller.hides(_peer(caller, one))]
    return {name: count for name, count in (await unread_in(core, caller, visible)).items() if count}
