"""Logins: which connections belong to which login, and that closing one closes them all."""

from collections.abc import Awaitable, Callable

from konektor.backends.live.logins import Logins
from konektor.core import Core
from run import Runtime
from tests.conftest import Client, Member, join, until
from tests.support.live_helpers import sid

Connect = Callable[[Member], Awaitable[Client]]


async def test_closing_a_login_closes_its_connections(connect: Connect, runtime: Runtime, core: Core) -> None:
    """Each is told why; those of another login and one that has gone stay as they are, an unknown one is ignored."""
    clients = [await connect(await join(core)) for _ in range(4)]
    logins = Logins(runtime.server, core.tasks.start)
    for session, client in zip(("one", "one", "two", "one"), clients, strict=True):
        logins.arrive(session, sid(client))
    logins.depart("one", sid(clients[3]))
    logins.depart("one", "unknown")
    assert logins.local() == {"one", "two"}
    logins.close("one", "revoked")
    logins.close("unknown", "revoked")
    await until(lambda: not any(client.sio.connected for client in clients[:2]))
    logins.announce_shutdown(sid(clients[2]))
    await until(lambda: clients[2].events)
    reasons = [[data["reason"] for data in client.received("session:ended")] for client in clients]
    assert reasons == [["revoked"], ["revoked"], ["shutdown"], []]
    assert all(client.sio.connected for client in clients[2:])


async def test_a_login_is_here_until_its_last_connection_goes(runtime: Runtime, core: Core) -> None:
    """However often one is removed."""
    logins = Logins(runtime.server, core.tasks.start)
    logins.arrive("one", "a")
    logins.arrive("one", "b")
    for connection in ("a", "a"):
        logins.depart("one", connection)
        assert logins.local() == {"one"}
    logins.depart("one", "b")
    assert logins.local() == set()
