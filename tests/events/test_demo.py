"""Events of sample members: a development server fills one's rooms, and production knows no such event."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from konektor.core import Core
from konektor.running import sample_faces
from konektor.running.sample_activity import SampleActivity
from run import EVENTS, Runtime
from tests.conftest import Client, Member, join, listening, until

Connect = Callable[[Member], Awaitable[Client]]
EVENT = "demo:people"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faces are drawn small, so that no test waits for them."""
    monkeypatch.setattr(sample_faces, "SIZE", 16)


async def test_a_member_alone_fills_their_rooms(core: Core, connect: Connect) -> None:
    """Offered while nobody of the samples shares the date; the answer has the rooms with a dozen of them."""
    client = await connect(await join(core, dob="1988-03-09"))
    assert (await client.ask("session:hello"))["limits"]["offerSamples"] is True
    filled = await client.ask(EVENT)
    assert (filled["members"], [room["members"] for room in filled["rooms"]]) == (12, [5, 8, 10])
    assert "offerSamples" not in (await client.ask("session:hello"))["limits"]
    await SampleActivity().run(core)
    assert all(room["online"] > 1 for room in await client.ask("room:list"))


async def test_the_others_follow_with_faces_and_requests(core: Core, connect: Connect) -> None:
    """Sixty, also when it is asked for twice; the page is told of requests, friends and faces without a reload."""
    client = await connect(await join(core, dob="1988-03-09"))
    assert [(await client.ask(EVENT))["members"] for _ in range(2)] == [12, 12]
    with_face = {"sample": True, "avatar": {"$exists": True}}

    async def all_drawn() -> bool:
        return await core.db["accounts"].count_documents(with_face) == 48

    await until(all_drawn, 60)
    await core.tasks.finish(10)
    assert await core.db["accounts"].count_documents({"sample": True}) == 60
    told = [one["status"] for one in client.received("request:changed")]
    assert (told.count("pending"), told.count("matched")) == (4, 4)
    assert any("avatar" in one["patch"] for one in client.received("profile:changed"))


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
