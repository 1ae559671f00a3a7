"""Live: whom events reach, how logins end, and how connections learn of a change of their member."""

from collections.abc import Awaitable, Callable

import run
from konektor.config import settings
from konektor.core import Core
from konektor.live import Live
from run import Runtime
from tests.conftest import Client, Member, join, listening, until
from tests.support.live_helpers import Said, received

Connect = Callable[[Member], Awaitable[Client]]


async def test_telling_a_member_reaches_all_their_connections(
    live: Live, core: Core, ada: Member, connect: Connect
) -> None:
    """Wherever they are, and nobody else."""
    bob = await join(core)
    mine, other = [await connect(ada) for _ in range(2)], await connect(bob)
    live.tell(str(ada.caller.member), Said(1))
    live.tell("nobody", Said(2))
    assert [await received(live, client, ada) for client in mine] == [[1], [1]]
    assert await received(live, other, bob) == []


async def test_only_a_server_that_is_alone_knows_who_hears_nothing(
    live: Live, environ: dict[str, str], ada: Member
) -> None:
    """Beside others, everybody may have a connection somewhere."""
    member = str(ada.caller.member)
    assert live.may_hear(member)
    async with run.opened(settings.read(environ), serving=True, rounds=4) as alone:
        assert not alone.live.may_hear(member)
        async with listening(alone) as running:
            client = await Client().connect(running.url, ada.token)
            assert alone.live.may_hear(member)
            await client.close()
            await until(lambda: not alone.live.may_hear(member))


async def test_ending_a_login_closes_its_connections(live: Live, core: Core, ada: Member, connect: Connect) -> None:
    """Both tabs hear why before they are closed; another member's stay open."""
    bob = await join(core)
    tabs, other = [await connect(ada) for _ in range(2)], await connect(bob)
    live.end_login(str(ada.caller.member), str(ada.caller.session), "revoked")
    live.end_login(str(ada.caller.member), "unknown", "revoked")
    await until(lambda: not any(tab.sio.connected for tab in tabs))
    assert [tab.events for tab in tabs] == [[("session:ended", {"reason": "revoked"})]] * 2
    assert await received(live, other, bob) == []


async def test_a_server_that_stops_tells_everybody(runtime: Runtime, core: Core, ada: Member, connect: Connect) -> None:
    """Each connection hears `shutdown` and is closed."""
    clients = [await connect(ada), await connect(await join(core))]
    await runtime.server.drain(runtime.live.announce_shutdown)
    await until(lambda: not any(client.sio.connected for client in clients))
    assert [client.events for client in clients] == [[("session:ended", {"reason": "shutdown"})]] * 2


def test_what_redis_does_not_carry_is_looked_for_twice_a_second(runtime: Runtime) -> None:
    """So that it arrives within a second, however busy a test machine is when it measures that."""
    assert {name: seconds for seconds, _work, name in runtime.live.polls} == {
        "messages": 0.5,
        "conversations": 0.5,
        "signals": 0.5,
    }
