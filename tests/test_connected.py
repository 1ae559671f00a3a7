"""Connected: who watches whom here, as connections come, change and go."""

from dataclasses import replace

from konektor.caller import Caller
from konektor.connected import Connected
from konektor.shapes import Author
from konektor.store.ids import Id, new_id


def caller(*friends: Id) -> Caller:
    """A member with those friends."""
    member, labels = new_id(), ("1990-05-17", "05-17", "1990")
    return Caller(member, new_id(), "member", labels, Author(str(member), "x"), friends=frozenset(friends))


def test_friends_are_watched_as_long_as_somebody_is_there() -> None:
    """By each connection of theirs, with the friends that they have now."""
    ada, bob, here = new_id(), new_id(), Connected()
    one = caller(ada, bob)
    here.put("phone", one)
    here.put("laptop", one)
    here.put("other", caller(bob))
    assert here.watched == {ada: {"phone", "laptop"}, bob: {"phone", "laptop", "other"}}
    here.put("phone", replace(one, friends=frozenset([bob])))
    here.remove("laptop")
    here.remove("nobody")
    assert here.watched == {bob: {"phone", "other"}}
    for connection in ("phone", "other"):
        here.remove(connection)
    assert here.watched == {}


def test_a_change_is_one_against_what_was_noted_before() -> None:
    """The first time is none; what nobody watches any more is forgotten, and a new Caller forgets nothing."""
    ada, here = new_id(), Connected()
    one = caller(ada)
    here.put("phone", one)
    assert here.unknown(one.friends) == [ada]
    assert [here.note(ada, online=there) for there in (True, True, False)] == [False, False, True]
    here.put("phone", replace(one, plan="gold"))
    assert here.unknown(one.friends) == []
    here.remove("phone")
    assert here.unknown(one.friends) == [ada]
    assert not here.note(ada, online=True)


def test_the_latest_caller_is_the_one_of_the_connection() -> None:
    """Of one without a connection here it is the one that is known already."""
    here, member = Connected(), new_id()
    old = replace(caller(), connection="phone")
    here.put("phone", new := replace(old, hidden=frozenset([member])))
    assert here.latest(old) is new
    here.remove("phone")
    assert here.latest(old) is old
