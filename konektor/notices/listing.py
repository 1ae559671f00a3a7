"""Listing notices: the newest first, and which of them have been read."""

from collections.abc import Container, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import UNSET

from konektor.caller import Caller
from konektor.causes import NOTICES
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.pages import cut, from_cursor, invalid_cursor, to_cursor
from konektor.notice_shapes import Notice, NoticeParams
from konektor.server_events import NoticesRead
from konektor.shapes import DELETED_AUTHOR, Next, Shape, stamp
from konektor.store import accounts, notices, outbox
from konektor.store.accounts import Card
from konektor.store.ids import Id, parse_id
from konektor.store.notices import NoticeDoc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
FARTHEST = 2**47
"""Milliseconds since 1970 that no notice is made at."""


class NoticePage(Shape, frozen=True, omit_defaults=False):
    """A page of notices, the newest first; `unread` of all of them (100: that many or more), and `next`, the cursor of
    the following page.
    """

    items: list[Notice]
    unread: int
    next: Next | None


async def page(core: Core, caller: Caller, cursor: str | None, limit: int) -> NoticePage:
    """The notices of the caller, without those that somebody hidden caused."""
    found = await notices.of_member(core.db, caller.member, caller.hidden, _place(cursor), limit + 1)
    shown, more = cut(found, limit)
    names = await accounts.cards(core.db, list({notice["user"] for notice in shown if "user" in notice}))
    last = shown[-1] if more else None
    return NoticePage(
        items=[_shown(notice, names) for notice in shown],
        unread=await notices.unread(core.db, caller.member, caller.hidden),
        next=to_cursor(NOTICES, (last["createdAt"] - EPOCH) // MILLISECOND, str(last["_id"])) if last else None,
    )


def _place(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    at, name = from_cursor(NOTICES, cursor, int, str)
    last = parse_id(str(name))
    if last is None or not 0 <= int(at) < FARTHEST:
        raise invalid_cursor()
    return EPOCH + int(at) * MILLISECOND, last


def _shown(notice: NoticeDoc, names: Mapping[Id, Card]) -> Notice:
    return Notice(
        id=str(notice["_id"]),
        kind=notice["kind"],
        params=shown_params(notice, names),
        created_at=stamp(notice["createdAt"]),
        read="unread" not in notice,
    )


def shown_params(notice: NoticeDoc, names: Mapping[Id, Card]) -> NoticeParams:
    """What a notice is about, with the present name of who caused it."""
    params, user = notice["params"], notice.get("user")
    return NoticeParams(
        id=params.get("id", UNSET),
        user_id=str(user) if user else UNSET,
        username=(names[user]["username"] if user in names else DELETED_AUTHOR.username) if user else UNSET,
        stream=params.get("stream", UNSET),
        seq=params.get("seq", UNSET),
        message_id=params.get("messageId", UNSET),
        event=params.get("event", UNSET),
        device=params.get("device", UNSET),
    )


async def read(core: Core, caller: Caller, up_to: Id) -> int:
    """Marks the caller's notices up to this one as read, and tells their other connections; returns how many are unread
    then. NOT_FOUND for a notice that is not theirs, or not there any more.
    """
    last = await notices.get(core.db, up_to)
    if last is None or last.get("member") != caller.member or _is_hidden(last, caller.hidden):
        raise Refused("NOT_FOUND", "This notice isn’t there any more.", field="upTo")
    changed = await notices.read(core.db, caller.member, last)
    unread = await notices.unread(core.db, caller.member, caller.hidden)
    if changed:
        await outbox.forget_sent(core.db, [caller.member], NOTICES)
        event = NoticesRead(up_to=str(up_to), unread=unread)
        core.live.tell(str(caller.member), event, skip=caller.connection)
    return unread


def _is_hidden(notice: NoticeDoc, hidden: Container[Id]) -> bool:
    return "user" in notice and notice["user"] in hidden
