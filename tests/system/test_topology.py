"""The whole of it as in production: nginx with TLS, three instances, a MongoDB replica set and a Redis."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar, DummyCookieJar, TCPConnector

import run
from konektor.config import settings as config
from tests.support.cluster import Cluster, Talker, cluster, complete
from tests.support.mongod_server import mongod_server
from tests.support.nginx import FrontDoor, nginx
from tests.support.ports import free_ports
from tests.system.test_contract import LIMIT, done, prepare

POLLING, WEBSOCKET, UPGRADING = ["polling"], ["websocket"], ["polling", "websocket"]


@dataclass(frozen=True)
class Runtime:
    """The front door and what stands behind it."""

    front: FrontDoor
    instances: Cluster


@pytest.fixture
async def runtime(tmp_path: Path, redis_url: str) -> AsyncIterator[Runtime]:
    """All of it."""
    ports = free_ports(3)
    with nginx(ports) as front, mongod_server(replicated=True) as mongod:
        database = f"{mongod.uri}/konektor?replicaSet=tests"
        settings = {"KONEKTOR_PUBLIC_URL": front.url, "KONEKTOR_TRUSTED_PROXIES": "127.0.0.1"}
        async with cluster(database, redis_url, tmp_path, **settings) as made:
            await asyncio.gather(*map(made.add, ports))
            yield Runtime(front, made)


@pytest.fixture
async def http(runtime: Runtime) -> AsyncIterator[ClientSession]:
    """Connections that trust the front door, and send no cookies."""
    connector = TCPConnector(ssl=runtime.front.context, limit=0)
    async with ClientSession(connector=connector, cookie_jar=DummyCookieJar()) as session:
        yield session


async def test_every_kind_of_client_talks_through_the_front_door(runtime: Runtime, http: ClientSession) -> None:
    """Polling only, websocket only and upgrading, spread over all instances: each hears each message once."""
    kinds = (POLLING, WEBSOCKET, UPGRADING) * 4
    tokens = await runtime.instances.tokens(len(kinds))
    everyone = [Talker(token, [runtime.front.url], kind, http) for token, kind in zip(tokens, kinds, strict=True)]
    try:
        await asyncio.gather(*(talker.start() for talker in everyone))
        seqs = await asyncio.gather(*(everyone[n % len(kinds)].say(f"m-{n}", f"word {n}") for n in range(300)))
        assert sorted(seqs) == list(range(1, 301))
        await complete(everyone, range(1, 301))
        assert all(len(times) == 1 for talker in everyone for times in talker.arrivals.values())
        assert not any(talker.moves for talker in everyone)
        sockets = [await instance.figure("konektor_engine_sockets") for instance in runtime.instances.instances]
        assert sum(sockets) == len(kinds)
        assert sorted(sockets)[1] > 0, "one instance has everybody"
    finally:
        await asyncio.gather(*(talker.stop() for talker in everyone))


@pytest.mark.timeout(LIMIT + 60)
async def test_the_official_client_does_the_whole_contract_through_the_front_door(
    runtime: Runtime, tmp_path: Path
) -> None:
    """All that it does with one server, it does with three, upgrading from polling as browsers do.

    That every transport comes through is what the test above proves.
    """
    settings = config.read(runtime.instances.environ)
    async with run.opened(settings, serving=False, rounds=4) as opened:
        await prepare(opened.core)
    told = {
        "KONEKTOR_URL": runtime.front.url,
        "KONEKTOR_ACCESS_KEY": settings.key("access").hex(),
        "KONEKTOR_TRANSPORTS": "upgrading",
        "NODE_EXTRA_CA_CERTS": str(runtime.front.log.with_name("fullchain.pem")),
    }
    assert await done(told, tmp_path)


async def test_a_person_signs_up_and_stays_signed_in_on_every_instance(runtime: Runtime) -> None:
    """With the cookie of one, any of them knows who it is."""
    settings = config.read(runtime.instances.environ)
    async with run.opened(settings, serving=False, rounds=4) as opened:
        await prepare(opened.core)
    jar = CookieJar(unsafe=True)
    async with ClientSession(connector=TCPConnector(ssl=runtime.front.context), cookie_jar=jar) as person:
        form = {"email": "ada@example.org", "password": "Tr0ub4dor&3-and", "confirm": "Tr0ub4dor&3-and"}
        form |= {"dob": "1990-05-17", "invite": "contract"}
        async with person.get(f"{runtime.front.url}/signup") as page:
            token = (await page.text()).split('name="csrf" value="')[1].split('"')[0]
        async with person.post(f"{runtime.front.url}/auth/signup", data=form | {"csrf": token}) as joined:
            assert (joined.status, joined.url.path) == (200, "/app")
        for _ in range(12):
            async with person.get(f"{runtime.front.url}/app", allow_redirects=False) as page:
                assert page.status == 200
    asked = [await instance.figure("konektor_requests_total") for instance in runtime.instances.instances]
    assert min(asked) > 0
