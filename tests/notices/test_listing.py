"""Listing notices: pages, names as they are now, and reading on all devices."""

from collections.abc import Awaitable, Callable

import pytest

from konektor.causes import Noticed, Pushed
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.pages import to_cursor
from konektor.members.sessions import caller_of_session
from konektor.notices import listing
from konektor.notices.making import make_batch
from konektor.notices.pushes import put_batch
from konektor.store.ids import Id, new_id
from konektor.store.subscriptions import save
from tests.conftest import Client, Clock, Member, join
from tests.support.notice_helpers import block, noticed

Connect = Callable[[Member], Awaitable[Client]]


async def make(core: Core, clock: Clock, member: Member, user: Member, count: int) -> list[str]:
    """So many notices that somebody caused, the oldest first; their ids."""
    causes = [Noticed(member.caller.member, f"test:{n}", "room", {}, user.caller.member) for n in range(count)]
    for cause in causes:
        clock.forward(seconds=1)
        await make_batch(core, [cause])
    return [str(cause.notice) for cause in causes]


async def test_pages_follow_each_other(core: Core, clock: Clock) -> None:
    """The newest first, each once, while others are made."""
    ada, bob = await join(core), await join(core)
    made = await make(core, clock, ada, bob, 7)
    first = await listing.page(core, ada.caller, None, 3)
    await make_batch(core, [Noticed(ada.caller.member, "later", "room")])
    second = await listing.page(core, ada.caller, first.next, 3)
    third = await listing.page(core, ada.caller, second.next, 3)
    assert [item.id for page in (first, second, third) for item in page.items] == made[::-1]
    assert (first.unread, second.unread, third.next) == (7, 8, None)


FOREIGN = ("x", to_cursor("ledger", 1, "a" * 24))
MADE_UP = [to_cursor("notices", *place) for place in ((1, "x"), (-1, "a" * 24), (2**62, "a" * 24))]


@pytest.mark.parametrize("cursor", [*FOREIGN, *MADE_UP])
async def test_a_cursor_of_something_else_is_refused(core: Core, cursor: str) -> None:
    """Also one that was made up."""
    with pytest.raises(Refused, match="BAD_REQUEST"):
        await listing.page(core, (await join(core)).caller, cursor, 3)


async def test_names_are_those_of_now(core: Core, clock: Clock) -> None:
    """A member who is called otherwise by now, and one who is there no more."""
    ada, bob = await join(core), await join(core, "bob")
    await make(core, clock, ada, bob, 1)
    await core.db["accounts"].update_one({"_id": bob.caller.member}, {"$set": {"username": "bobby"}})
    assert [notice["username"] for notice in await noticed(core, ada)] == ["bobby"]
    await core.db["accounts"].delete_one({"_id": bob.caller.member})
    assert [notice["username"] for notice in await noticed(core, ada)] == ["deleted"]


async def test_only_own_notices_that_are_there_can_be_read(core: Core, clock: Clock) -> None:
    """NOT_FOUND for those of others, unknown ones, and those that somebody hidden caused."""
    ada, bob = await join(core), await join(core)
    [one] = await make(core, clock, ada, bob, 1)
    for member, notice in ((bob, one), (ada, str(new_id()))):
        with pytest.raises(Refused, match="NOT_FOUND"):
            await listing.read(core, member.caller, Id(notice))
    await block(core, ada, bob)
    hidden = await caller_of_session(core, str(ada.caller.session))
    with pytest.raises(Refused, match="NOT_FOUND"):
        await listing.read(core, hidden, Id(one))


async def test_reading_lets_the_next_one_be_pushed(core: Core, clock: Clock) -> None:
    """What is known to have been pushed is forgotten."""
    ada, bob = await join(core), await join(core)
    subscription = {"_id": ada.caller.session, "member": ada.caller.member, "endpoint": "https://push.example/1"}
    await save(core.db, {**subscription, "p256dh": b"", "auth": b"", "at": core.now()})
    await put_batch(core, [[Pushed(ada.caller.member, "notices", "request", bob.caller.member)]])
    await core.db["outbox"].update_many({}, {"$set": {"sent": 0}})
    [one] = await make(core, clock, ada, bob, 1)
    await listing.read(core, ada.caller, Id(one))
    assert await core.db["outbox"].count_documents({}) == 0
