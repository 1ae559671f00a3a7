"""Friends in the store: the names of members, and nothing else of them."""

from konektor.core import Core
from konektor.store import friends, profiles
from konektor.store.ids import new_id
from tests.conftest import join


async def test_names_are_read_of_those_who_exist(core: Core) -> None:
    """With first and last name where there are some."""
    ada = (await join(core, "Ada-May")).caller.member
    await profiles.update(core.db, ada, {"firstName": "Ada"}, [])
    assert await friends.names(core.db, [ada, new_id()]) == [
        {"_id": ada, "username": "Ada-May", "name": "ada-may", "firstName": "Ada"}
    ]
    assert await friends.names(core.db, []) == []
