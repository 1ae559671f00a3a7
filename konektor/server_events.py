"""Server events: the events that the server sends, each with its name and payload."""

from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from konektor.notice_shapes import NoticeParams
from konektor.shapes import (
    About,
    At,
    Badge,
    Birthday,
    City,
    FirstName,
    Gender,
    HexId,
    ImageUrl,
    LastName,
    Message,
    MessageBody,
    Profile,
    Reaction,
    Settings,
    Shape,
    Skill,
    Status,
    StreamName,
    Username,
)
from konektor.store.notices import NoticeKind
from konektor.store.sessions import EndReason

CloseReason: TypeAlias = EndReason | Literal["shutdown"]
"""Why a connection is closed: its login ended, or the instance shuts down (then clients connect again)."""
BalanceReason = Literal["invitation", "referral", "message", "edit", "grant"]


class ServerEvent(Shape, frozen=True):
    """An event from the server. Slow clients may miss a `droppable` one: the next one carries the whole state."""

    event: ClassVar[str]
    droppable: ClassVar[bool] = False


class MessageNew(ServerEvent, frozen=True):
    """A new message in a stream you have entered; your own connections also get the `cid` it was sent with."""

    event = "message:new"

    message: Message
    cid: Annotated[str, msgspec.Meta(examples=["7b0c5e1a-3"])] | None = None


class MessageChanged(ServerEvent, frozen=True):
    """A message was edited, deleted or reacted to; every message up to `expiredUpTo` has expired; or the message with
    the seq `hidden` is from somebody who is hidden from you.
    """

    event = "message:changed"

    stream: StreamName
    id: HexId | None = None
    body: MessageBody | None = None
    edited_at: At | None = None
    deleted: bool = False
    reactions: list[Reaction] | None = None
    expired_up_to: int | None = None
    hidden: int | None = None


class MessageReceipt(ServerEvent, frozen=True):
    """The member `userId`, your friend, has received your direct conversation up to the seq `delivered`, and read it up
    to `read`. Not if one of you two has switched receipts off.
    """

    event = "message:receipt"
    droppable = True

    stream: StreamName
    user_id: HexId
    delivered: int
    read: int


class UnreadChanged(ServerEvent, frozen=True):
    """You have read a stream up to `upTo` on another connection; `unread` is how many messages are unread then."""

    event = "unread:changed"
    droppable = True

    stream: StreamName
    unread: int
    up_to: int


class SettingsChanged(ServerEvent, frozen=True):
    """You have changed your settings on another connection: all of them as they are now."""

    event = "settings:changed"

    settings: Settings


class TypingChanged(ServerEvent, frozen=True):
    """Who is typing in a stream, at most 5: the whole list each time. It becomes empty after 5 s without typing."""

    event = "typing:changed"
    droppable = True

    stream: StreamName
    user_ids: list[HexId]


class ProfilePatch(Shape, frozen=True):
    """The fields of a profile that changed; null for what is not there any more."""

    username: Username | UnsetType = UNSET
    age: Annotated[int, Meta(examples=[36])] | UnsetType | None = UNSET
    avatar: ImageUrl | UnsetType | None = UNSET
    badges: list[Badge] | UnsetType = UNSET
    tick: bool | UnsetType = UNSET
    skills: list[Skill] | UnsetType = UNSET
    first_name: FirstName | UnsetType | None = UNSET
    last_name: LastName | UnsetType | None = UNSET
    about: About | UnsetType | None = UNSET
    gender: Gender | UnsetType | None = UNSET
    city: City | UnsetType | None = UNSET
    status: Status | UnsetType | None = UNSET
    birthday: Birthday | UnsetType | None = UNSET


class ProfileChanged(ServerEvent, frozen=True):
    """A friend of yours, or a member of a room you are in, has changed their profile: the fields that changed."""

    event = "profile:changed"

    user_id: HexId
    patch: ProfilePatch


class RequestChanged(ServerEvent, frozen=True):
    """A request between you and `peer` changed: it waits for an answer (`pending`), you are friends (`matched`), it was
    declined by you or cancelled, or the friendship has ended (`removed`).
    """

    event = "request:changed"

    id: HexId
    status: Literal["pending", "matched", "declined", "cancelled", "removed"]
    peer: Profile
    stream: StreamName | None = None


class BlockChanged(ServerEvent, frozen=True):
    """You have blocked a member, or ended that; on the connection that did it too."""

    event = "block:changed"

    user_id: HexId
    on: bool


class PresenceChanged(ServerEvent, frozen=True):
    """How many members the room `label` has and how many of them are online; or that the friend `userId` is online or
    is not, and since when. At most once in 2 s each.
    """

    event = "presence:changed"
    droppable = True

    online: int | bool
    label: Annotated[str, msgspec.Meta(examples=["1990-05-17"])] | None = None
    members: int | None = None
    user_id: HexId | None = None
    last_seen: At | None = None


class WalletChanged(ServerEvent, frozen=True):
    """Your balance changed by `delta` tokens."""

    event = "wallet:changed"

    balance: int
    delta: int
    reason: BalanceReason


class NoticeNew(ServerEvent, frozen=True):
    """You have a new notice; `unread` is how many are unread then (100: that many or more)."""

    event = "notice:new"

    id: HexId
    kind: NoticeKind
    params: NoticeParams
    unread: int


class NoticesRead(ServerEvent, frozen=True):
    """Your notices were read up to `upTo` on another connection, `withdrawn` is not there any more, or some have become
    hidden or visible; `unread` is how many are unread then.
    """

    event = "notice:read"

    unread: int
    up_to: HexId | None = None
    withdrawn: HexId | None = None


class SessionEnded(ServerEvent, frozen=True):
    """This connection is being closed: its login ended, or the server shuts down (`shutdown`: connect again)."""

    event = "session:ended"

    reason: CloseReason


def server_events() -> dict[str, type[ServerEvent]]:
    """Every server event by name: those declared here, and those that imported modules of the product declare."""
    declared = [kind for kind in ServerEvent.__subclasses__() if kind.__module__.startswith("konektor.")]
    return {kind.event: kind for kind in declared}
