"""Subscriptions in the store: one for each login, each browser once."""

from typing import Any

from konektor.core import Core
from konektor.store import subscriptions
from konektor.store.ids import Id, new_id
from konektor.store.subscriptions import Subscription

ONE = "https://push.example/1"


def browser(
    core: Core, member: Id, endpoint: str = "https://push.example/1", session: Id | None = None
) -> Subscription:
    """A browser of a member."""
    made: Any = {"_id": session or new_id(), "member": member, "endpoint": endpoint, "p256dh": b"p", "auth": b"a"}
    return {**made, "at": core.now()}


async def test_a_browser_belongs_to_whoever_subscribed_last(core: Core) -> None:
    """Whoever was logged in there before is not pushed what is another's."""
    ada, bob = new_id(), new_id()
    one, two = browser(core, ada), browser(core, bob)
    assert await subscriptions.save(core.db, one)
    assert await subscriptions.save(core.db, two)
    assert await subscriptions.subscribed(core.db, [ada, bob, new_id()]) == {bob}
    assert await subscriptions.of_member(core.db, bob, 10) == [two]


async def test_a_login_has_one_browser(core: Core) -> None:
    """The last one it has subscribed; removing an earlier one changes nothing."""
    member, session = new_id(), new_id()
    old, new = (browser(core, member, f"https://push.example/{n}", session) for n in (1, 2))
    await subscriptions.save(core.db, old)
    await subscriptions.save(core.db, new)
    await subscriptions.remove(core.db, session, old["endpoint"])
    assert await subscriptions.of_member(core.db, member, 10) == [new]
    await subscriptions.remove(core.db, session, new["endpoint"])
    await subscriptions.save(core.db, new)
    await subscriptions.remove(core.db, session)
    assert await subscriptions.of_member(core.db, member, 10) == []
