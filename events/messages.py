"""Events of the conversations: saying, reading, changing."""

from typing import Annotated, Any

import msgspec

from events.wire import Cid, Done, Limit, MessageId, Page, Payload, Seq, Stream, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed, run_once
from konektor.shapes import Reaction, Shape
from konektor.talk import changes, history, messages, presence
from konektor.talk.changes import Edited
from konektor.talk.history import History
from konektor.talk.messages import Sent

Body = Annotated[str, msgspec.Meta(min_length=1, max_length=messages.LONGEST)]
Emoji = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class Send(Payload, frozen=True):
    """The words, and where to say them."""

    stream: Stream
    body: Body
    cid: Cid = ""
    reply_to: MessageId | None = None
    official: bool = False


@event("message:send", codes=("INSUFFICIENT_TOKENS", "NOT_FOUND", "CONFLICT"))
async def send(core: Core, caller: Caller, payload: Send) -> Sent | Replayed[Sent]:
    """Says something: one token for each code point in a room, free in a direct conversation."""
    sent = await messages.send(
        core,
        caller,
        payload.stream,
        payload.body,
        cid=payload.cid,
        reply_to=payload.reply_to,
        official=payload.official,
    )
    core.tasks.start(presence.stop_typing(core, caller, payload.stream))  # nobody waits for a courtesy
    return sent


class Listing(Payload, frozen=True):
    """The stream, and one side of a seq; the newest messages when neither is named."""

    stream: Stream
    before_seq: Seq | None = None
    after_seq: Seq | None = None
    limit: Page = 50


@event("message:list", codes=("FORBIDDEN",))
async def listing(core: Core, caller: Caller, payload: Listing) -> History:
    """A page of messages, oldest first."""
    if payload.before_seq is not None and payload.after_seq is not None:
        raise Refused("BAD_REQUEST", "Name beforeSeq or afterSeq, not both.", field="afterSeq")
    return await history.page(core, caller, payload.stream, payload.before_seq, payload.after_seq, payload.limit)


class Edit(Payload, frozen=True):
    """The message, and its new words."""

    id: MessageId
    body: Body
    cid: Cid = ""


@event("message:edit", codes=("NOT_FOUND", "EDIT_WINDOW_CLOSED", "INSUFFICIENT_TOKENS", "CONFLICT"))
async def edit(core: Core, caller: Caller, payload: Edit) -> Edited | Replayed[Any]:
    """Replaces your own words within 15 minutes; each added code point costs one token."""
    return await run_once(
        core,
        caller.member,
        "message:edit",
        payload,
        lambda op: changes.edit(core, caller, payload.id, payload.body, op),
    )


class Delete(Payload, frozen=True):
    """The message."""

    id: MessageId


@event("message:delete", codes=("NOT_FOUND",))
async def delete(core: Core, caller: Caller, payload: Delete) -> Done:
    """Deletes your own message, or anybody's for moderators; its place stays, empty."""
    await changes.delete(core, caller, payload.id)
    return Done()


class React(Payload, frozen=True):
    """The message, an emoji of at most 32 bytes, and whether it is to be there."""

    id: MessageId
    emoji: Emoji
    on: bool


class Reactions(Shape, frozen=True):
    """All reactions of the message."""

    reactions: list[Reaction]


@event("message:react", codes=("NOT_FOUND", "GONE"))
async def react(core: Core, caller: Caller, payload: React) -> Reactions:
    """Adds your emoji to a message, or takes it back."""
    return Reactions(await changes.react(core, caller, payload.id, payload.emoji, payload.on))


class Read(Payload, frozen=True):
    """The stream, and the last seq you have seen of it."""

    stream: Stream
    seq: Seq


class Unread(Shape, frozen=True):
    """How many messages of the stream are left to read."""

    unread: int


@event("message:read", codes=("FORBIDDEN",))
async def read(core: Core, caller: Caller, payload: Read) -> Unread:
    """Notes how far you have read; the mark never moves back."""
    return Unread(await history.read(core, caller, payload.stream, payload.seq))


class TypingSign(Payload, frozen=True):
    """The stream you are writing to."""

    stream: Stream


@event("message:typing", codes=("FORBIDDEN",), limit=Limit(60, 10.0))
async def typing(core: Core, caller: Caller, payload: TypingSign) -> Done:
    """Tells the stream that you are writing, for 5 s; at most one sign in 3 s counts."""
    await presence.typing(core, caller, payload.stream)
    return Done()
