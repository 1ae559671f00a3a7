"""Friends: a member's friends, finding one of them, and ending a friendship."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow import words
from konektor.flow.folding import fold
from konektor.flow.pages import cut, from_cursor, to_cursor
from konektor.people import pair_changes, pair_events, pairing
from konektor.people.pairing import Step
from konektor.people.profiles import profiles_of
from konektor.shapes import At, Next, Profile, Shape
from konektor.store import friends as stored_friends
from konektor.store import ties
from konektor.store.friends import Named
from konektor.store.ids import Id, new_id

MOST_FRIENDS = 2_000


class Friend(Shape, frozen=True, omit_defaults=False):
    """A friend, whether they are online, and when they were last."""

    profile: Profile
    online: bool
    last_seen: At | UnsetType = UNSET


class FriendPage(Shape, frozen=True, omit_defaults=False):
    """A page of friends by name; `next` is the cursor of the following one."""

    items: list[Friend]
    next: Next | None


def require_space(caller: Caller) -> None:
    """CONFLICT for a member who has MOST_FRIENDS."""
    if len(caller.friends) >= MOST_FRIENDS:
        raise Refused("CONFLICT", f"You have {MOST_FRIENDS} friends; remove one first.", limit=MOST_FRIENDS)


async def friends(core: Core, caller: Caller, query: str, cursor: str | None, limit: int) -> FriendPage:
    """The caller's friends by username; with a query those that are `called` so."""
    after = from_cursor("friends", cursor, str)[0] if cursor else ""
    # Not those of the Caller, which learns a moment later of a friend who was just made.
    tied = await ties.get(core.db, caller.member)
    named = await stored_friends.names(core.db, list(tied.friends))
    known = [doc for doc in named if not query.strip() or called(doc, query)]
    found = sorted((doc["name"], doc["_id"]) for doc in known if doc["name"] > str(after))
    shown, more = cut(found, limit)
    profiles = await profiles_of(core, caller, [member for _, member in shown])
    return FriendPage(
        items=[_friend(profiles[member]) for _, member in shown if member in profiles],
        next=to_cursor("friends", shown[-1][0]) if more else None,
    )


def _friend(profile: Profile) -> Friend:
    return Friend(profile=profile, online=profile.online, last_seen=profile.last_seen)


def called(doc: Named, query: str) -> bool:
    """Whether a name begins with the query, from one of its words on, or each word of the query begins one of the
    names; without accents and case. Names without spaces between words are found by any part.
    """
    full = f"{doc.get('firstName', '')} {doc.get('lastName', '')}"
    wanted = fold(query)
    if any(begins(fold(name), wanted) for name in (doc["username"], full)):
        return True
    return words.query(query).matches(f"{doc['username']} {full}")


def begins(name: str, query: str) -> bool:
    """Whether the name, or the rest of it from one of its words on, begins with the query."""
    parts: Sequence[str] = name.replace("-", " ").split()
    rest = [" ".join(parts[place:]) for place in range(len(parts))]
    return name.startswith(query) or any(part.startswith(query.replace("-", " ")) for part in rest)


async def remove(core: Core, caller: Caller, friend: Id) -> None:
    """Ends a friendship; the conversation can still be read. NOT_FOUND when the two are no friends."""
    step = Step(caller.member, new_id(), core.now())
    change = await pair_changes.change(core, caller.member, friend, lambda pair: pairing.part(pair, step))
    await pair_events.tell(core, [change])
