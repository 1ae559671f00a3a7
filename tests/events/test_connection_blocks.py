"""Blocks during the handshake: what changes while a connection is let in holds for it."""

from typing import Any

from pymongo import MongoClient

import run
from events.connection import Connections
from events.dispatcher import Dispatcher
from handlers.context import cookie_session
from konektor.core import Core
from konektor.store import pairs
from konektor.store.ids import Id
from tests.conftest import Member, join


class LateBlock:
    """Blocks a member at the moment at which a connection is let in, when nothing can be told to it yet."""

    def __init__(self, database: str, blocker: Member, blocked: Member) -> None:
        self.client: MongoClient[dict[str, Any]] = MongoClient(database)
        self.hidden: frozenset[Id] = frozenset()
        self._pair = [blocker.caller.member, blocked.caller.member]

    def arrive(self, member: str, session: str, connection: str, refresh: Any, hidden: frozenset[Id]) -> None:
        """Stores the block behind the connection's back."""
        self.client.get_default_database()["pairs"].insert_one(
            {"_id": pairs.key(*self._pair), "rev": 1, "sides": {}, "blocked": self._pair}
        )
        self.hidden = hidden

    def hide(self, connection: str, hidden: frozenset[Id]) -> None:
        """Who is hidden from the connection."""
        self.hidden = hidden

    def depart(self, member: str, session: str, connection: str) -> None:
        """The connection stays until the end."""


async def test_a_block_during_the_handshake_holds(runtime: run.Runtime, core: Core, database: str) -> None:
    """For what the connection is told, and for what it asks."""
    ada, bob = await join(core), await join(core)
    door = LateBlock(database, bob, ada)
    edge = Connections(
        core, door, Dispatcher(core, {}), cookie_session=cookie_session, disconnect=runtime.server.disconnect
    )
    with door.client:
        await edge.connect("a-connection", {}, {"token": ada.token})
    assert door.hidden == {bob.caller.member}
    assert edge._open["a-connection"].caller.hides(bob.caller.member)
    await edge.disconnect("a-connection")
