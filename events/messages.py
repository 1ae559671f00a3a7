"""Events of messages: sending, reading, changing, typing."""

from typing import Annotated

import msgspec
from msgspec import UNSET

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed
from konektor.limiter import RateLimit
from konektor.payload_text import LINES
from konektor.payloads import HexId, Limit, OptionalCid, Payload, Seq
from konektor.shapes import Done, Reaction, Shape
from konektor.store.ids import Id
from konektor.streams import StreamField
from konektor.talk import changes, history, messages, presence, unread
from konektor.talk.changes import Edited
from konektor.talk.history import History
from konektor.talk.messages import Sent

Body = Annotated[str, msgspec.Meta(max_length=messages.MAX_BODY, examples=["Happy birthday to us!"]), LINES]
Emoji = Annotated[str, msgspec.Meta(min_length=1, max_length=changes.MAX_EMOJI_BYTES, examples=["\U0001f382"])]


class Send(Payload, frozen=True):
    """The message, and the stream that it is sent to; its body may be empty if it has a picture."""

    stream: StreamField
    body: Body
    cid: OptionalCid = UNSET
    media_id: HexId | None = None
    reply_to: HexId | None = None
    official: bool = False


@event(
    "message:send",
    codes=("INSUFFICIENT_TOKENS", "QUOTA_EXCEEDED", "NOT_FOUND", "CONFLICT", "UNSUPPORTED_MEDIA"),
    own_idempotency=True,
)
async def send(core: Core, caller: Caller, payload: Send) -> Sent | Replayed[Sent]:
    """Sends a message: one token for each code point in a room, free in a direct conversation or a group. A picture
    costs nothing: a new upload of yours of the kind `message`, which becomes part of this message alone and goes with
    it. Everybody may reply in a direct conversation; how many you begin in a day depends on your plan.
    """
    return await messages.send(
        core,
        caller,
        payload.stream,
        payload.body,
        cid=payload.cid or None,
        reply_to=payload.reply_to,
        official=payload.official,
        media_id=payload.media_id,
    )


class ListMessages(Payload, frozen=True):
    """The stream, and a seq before or after which to read; without either, the newest messages."""

    stream: StreamField
    before_seq: Seq | None = None
    after_seq: Seq | None = None
    limit: Limit = 50


@event("message:list", codes=("FORBIDDEN",))
async def list_messages(core: Core, caller: Caller, payload: ListMessages) -> History:
    """A page of messages, oldest first."""
    if payload.before_seq is not None and payload.after_seq is not None:
        raise Refused("BAD_REQUEST", "Name beforeSeq or afterSeq, not both.", field="afterSeq")
    return await history.page(core, caller, payload.stream, payload.before_seq, payload.after_seq, payload.limit)


class Edit(Payload, frozen=True):
    """The message, and its new body, which may be empty if the message has a picture."""

    id: HexId
    body: Body
    cid: OptionalCid = UNSET


@event("message:edit", codes=("NOT_FOUND", "EDIT_WINDOW_CLOSED", "INSUFFICIENT_TOKENS"))
async def edit(core: Core, caller: Caller, payload: Edit, op: Id) -> Edited:
    """Replaces the body of your own message within 15 minutes; each added code point costs one token."""
    return await changes.edit(core, caller, payload.id, payload.body, op)


class Delete(Payload, frozen=True):
    """The message."""

    id: HexId


@event("message:delete", codes=("NOT_FOUND",))
async def delete(core: Core, caller: Caller, payload: Delete) -> Done:
    """Deletes your own message, or any message for moderators; it keeps its place, empty."""
    await changes.delete(core, caller, payload.id)
    return Done()


class React(Payload, frozen=True):
    """The message, an emoji of at most 40 bytes, and whether to add or remove your reaction.

    With and without variation selectors an emoji is one; answers have its fully-qualified form.
    """

    id: HexId
    emoji: Emoji
    on: bool


class Reactions(Shape, frozen=True):
    """All reactions to the message."""

    reactions: list[Reaction]


@event("message:react", codes=("NOT_FOUND", "GONE"))
async def react(core: Core, caller: Caller, payload: React) -> Reactions:
    """Adds your emoji to a message, or removes it."""
    return Reactions(await changes.react(core, caller, payload.id, payload.emoji, payload.on))


class Read(Payload, frozen=True):
    """The stream, and the last seq that you have seen of it."""

    stream: StreamField
    seq: Seq


class Unread(Shape, frozen=True):
    """How many messages of the stream are unread."""

    unread: int


@event("message:read", codes=("FORBIDDEN",), coalesce="stream")
async def read(core: Core, caller: Caller, payload: Read) -> Unread:
    """Records how far you have read; the mark never moves back."""
    return Unread(await unread.read(core, caller, payload.stream, payload.seq))


class Typing(Payload, frozen=True):
    """The stream in which you are typing."""

    stream: StreamField


@event("message:typing", codes=("FORBIDDEN",), limit=RateLimit(60, 10.0), coalesce="stream")
async def typing(core: Core, caller: Caller, payload: Typing) -> Done:
    """Publishes that you are typing, for 5 s; at most one event in 3 s has an effect."""
    await presence.typing(core, caller, payload.stream)
    return Done()
