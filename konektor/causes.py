"""Causes: what rules hand in for members to be noticed of, and to be pushed to their devices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from konektor.store.ids import Id, derived_id
from konektor.store.notices import NoticeKind, StoredParams

PushKind = Literal["message", "mention", "reply", "request", "matched"]


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that `member` is to be noticed of, once for each `cause`. `user` is who caused it: there is no notice
    while one of the two blocks the other.
    """

    member: Id
    cause: str
    kind: NoticeKind
    params: StoredParams = field(default_factory=lambda: StoredParams())
    user: Id | None = None

    @property
    def notice(self) -> Id:
        """The id of the notice."""
        return notice_id(self.member, self.cause)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A cause that is none any more: its notice is removed, read or not."""

    member: Id
    cause: str

    @property
    def notice(self) -> Id:
        """The id of the notice."""
        return notice_id(self.member, self.cause)


@dataclass(frozen=True, slots=True)
class Recounted:
    """A member from whom the notices that `user` caused have become hidden, or are shown again: if any of them is
    unread, their connections are told how many are unread now.
    """

    member: Id
    user: Id


NoticeCause: TypeAlias = Noticed | Withdrawn | Recounted
"""An item of `core.notices`."""


def notice_id(member: Id, cause: str) -> Id:
    """The same for every repeat of one cause, so that it makes one notice."""
    return derived_id("notice", str(member), cause)


NOTICES = "notices"
"""The cause of the pushes of requests and matches: one until the notices are read."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a member who is not there is to be pushed: something new in the stream `cause`, up to `seq`, or NOTICES.
    `user` is who caused it.
    """

    member: Id
    cause: str
    kind: PushKind
    user: Id
    seq: int = 0


PUSH_KINDS: Mapping[NoticeKind, PushKind] = {
    "request": "request",
    "matched": "matched",
    "mention": "mention",
    "reply": "reply",
}
"""The notices that are pushed."""
