"""Group views: each member sees the group without those who are hidden, and as much of a list as fits."""

from dataclasses import replace

import msgspec

from konektor.core import Core
from konektor.store import groups
from konektor.store.ids import new_id
from konektor.talk.group_views import group_of, groups_of
from konektor.talk.groups import MOST_MEMBERS, list_groups
from konektor.talk.history import MAX_BYTES
from tests.conftest import join
from tests.support.message_helpers import say
from tests.support.swipe_helpers import callers


async def test_a_group_is_shown_as_its_member_sees_it(core: Core) -> None:
    """In the order in which they came, without those who are hidden; whoever was added sees nothing of before."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    stream = f"g:{new_id()}"
    await groups.create(core.db, stream, "May", [bob.caller.member, ada.caller.member])
    await say(core, bob, "before", stream=stream)
    added = await groups.add(core.db, stream, ada.caller.member, eve.caller.member, 50, new_id())
    assert added
    shown = await group_of(core, eve.caller, added)
    assert [member.username for member in shown.members] == [one.caller.author.username for one in (bob, ada, eve)]
    assert (shown.id, shown.owner, shown.name) == (stream[2:], str(bob.caller.member), "May")
    assert (shown.last, shown.unread, shown.read_up_to) == (None, 0, 1)
    await say(core, bob, "after", stream=stream)
    [seen] = await groups_of(core, eve.caller, [added])
    assert seen.last
    assert (seen.last.seq, seen.read_up_to) == (2, 1)
    hiding = replace(ada.caller, hidden=frozenset({bob.caller.member}))
    hidden = await group_of(core, hiding, added)
    assert [member.id for member in hidden.members] == [str(one.caller.member) for one in (ada, eve)]
    assert "after" not in str(hidden)
    assert hidden.unread == 0


async def test_a_page_has_as_many_groups_as_fit(core: Core) -> None:
    """The rest is on the pages behind, each group once; even the largest fits."""
    found = await callers(core, MOST_MEMBERS)
    members = [caller.member for caller in found]
    names = [f"g:{new_id()}" for _ in range(40)]
    for name in names:
        await groups.create(core.db, name, "x" * 60, members)
    seen: list[str] = []
    pages, cursor = 0, None
    while pages == 0 or cursor:
        page = await list_groups(core, found[0], cursor, 50)
        assert len(msgspec.json.encode(page)) < MAX_BYTES + 1_000
        assert all(len(group.members) == MOST_MEMBERS for group in page.items)
        seen += [group.stream for group in page.items]
        pages, cursor = pages + 1, page.next
    assert pages > 1
    assert sorted(seen) == sorted(names)
