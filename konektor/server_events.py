"""What the server tells clients: every event it sends by itself, with its payload."""

from konektor.shapes import Message, Reaction, Shape


class MessageNew(Shape, frozen=True):
    """A message was said in a stream you are in; your own tabs also get the `cid` you sent it with."""

    message: Message
    cid: str | None = None


class MessageChanged(Shape, frozen=True):
    """A message was edited, deleted or reacted to; or everything up to `expiredUpTo` has had its 24 hours."""

    stream: str
    id: str | None = None
    body: str | None = None
    edited_at: str | None = None
    deleted: bool = False
    reactions: list[Reaction] | None = None
    expired_up_to: int | None = None


class TypingChanged(Shape, frozen=True):
    """Who is writing in a stream, at most 5; the list is whole each time and empties itself after 5 s."""

    stream: str
    user_ids: list[str]


class PresenceChanged(Shape, frozen=True):
    """How many of a room's members there are, and how many are online; at most once in 2 s."""

    label: str
    online: int
    members: int


class WalletChanged(Shape, frozen=True):
    """Your balance changed by `delta` tokens."""

    balance: int
    delta: int
    reason: str


class SessionEnded(Shape, frozen=True):
    """Your login is over (logout, revoked, frozen, expired, reuse, deleted) or the server is (shutdown)."""

    reason: str


EVENTS: dict[str, type[Shape]] = {
    "message:new": MessageNew,
    "message:changed": MessageChanged,
    "typing:changed": TypingChanged,
    "presence:changed": PresenceChanged,
    "wallet:changed": WalletChanged,
    "session:ended": SessionEnded,
}
"""Every event the server sends, by name."""
