"""Events of sample members: a development server fills one's rooms, and production knows no such event."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from konektor.core import Core
from konektor.running.sample_activity import SampleActivity
from run import EVENTS, Runtime
from tests.conftest import Client, Member, join, listening

Connect = Callable[[Member], Awaitable[Client]]
EVENT = "demo:people"


async def test_a_member_alone_fills_their_rooms(core: Core, connect: Connect) -> None:
    """Offered while nobody of the samples shares the date; the answer has the rooms with them."""
    client = await connect(await join(core, dob="1988-03-09"))
    assert (await client.ask("session:hello"))["limits"]["offerSamples"] is True
    filled = await client.ask(EVENT)
    assert (filled["members"], [room["members"] for room in filled["rooms"]]) == (12, [5, 8, 10])
    assert "offerSamples" not in (await client.ask("session:hello"))["limits"]
    await SampleActivity().run(core)
    assert all(room["online"] > 1 for room in await client.ask("room:list"))


async def test_asking_twice_fills_once(core: Core, connect: Connect) -> None:
    """A second click changes nothing."""
    client = await connect(await join(core, dob="1988-03-09"))
    assert await client.ask(EVENT) == await client.ask(EVENT)


async def test_production_knows_no_sample_members(runtime: Runtime) -> None:
    """UNKNOWN_EVENT, no offer, and not a word in the reference."""
    core = replace(runtime.core, config=replace(runtime.core.config, env="production"))
    member = await join(core)
    async with listening(replace(runtime, core=core)) as server:
        client = await Client().connect(server.url, member.token)
        assert (await client.refused(EVENT))["code"] == "UNKNOWN_EVENT"
        assert "offerSamples" not in (await client.ask("session:hello"))["limits"]
        await client.close()
    assert EVENT not in {name for _, name in EVENTS}
    assert await core.db["accounts"].count_documents({}) == 1
