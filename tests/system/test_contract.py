"""The contract as programs meet it: the official Socket.IO client does all of it against a running server."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import run
from konektor.config import settings as config
from konektor.core import Core
from konektor.members import joining
from konektor.members.invitations import issue
from konektor.members.joining import Signup
from konektor.running.periodic_work import periodic_work
from konektor.store import sponsors
from konektor.store.ids import new_id
from tests.conftest import PASSWORD, listening
from tests.support.npm import node, package
from tests.support.paths import NODE

LIMIT = 300
"""Seconds in which the official client has done the contract also on a machine that is busy."""


async def prepare(core: Core) -> None:
    """The invitations, the moderator and the ad that the contract needs."""
    await issue(core, "contract", cap=1_000, tokens=100_000)
    await issue(core, "contract-poor", cap=1_000, tokens=10)
    await issue(core, "contract-mod", cap=1, tokens=100_000, role="mod")
    form = Signup("mod@example.org", PASSWORD, PASSWORD, "1975-08-09", "contract-mod", f"mod-{secrets.token_hex(4)}")
    await joining.sign_up(core, form, "test")
    ad = {
        "_id": new_id(), "label": "A cake", "imageUrl": "/cake.svg", "url": "https://example.org/", "rooms": ["*"],
        "clickable": True, "validUntil": datetime.now(UTC) + timedelta(days=1), "status": "live", "views": 0,
    }  # fmt: skip
    await sponsors.save(core.db, ad)


@pytest.fixture
async def url(environ: dict[str, str]) -> AsyncIterator[str]:
    """A server on a free port with its rounds and the real clock; only passwords are hashed quicker than elsewhere."""
    async with (
        run.opened(config.read(environ), serving=False, rounds=4) as runtime,
        periodic_work(runtime.core, runtime.live.polls),
    ):
        await prepare(runtime.core)
        async with listening(runtime) as running:
            yield running.url


async def done(told: dict[str, str], folder: Path) -> bool:
    """Whether the official client has done the whole contract with this environment; its report is printed."""
    package("socket.io-client")
    log = folder / "contract.tap"
    with log.open("wb") as out:
        contract = await asyncio.create_subprocess_exec(
            node(), NODE / "contract.mjs", env={**told, "PATH": os.environ["PATH"]}, stdout=out, stderr=out
        )
    try:
        async with asyncio.timeout(LIMIT):
            await contract.wait()
    finally:
        if contract.returncode is None:
            contract.kill()
            await contract.wait()
        print(log.read_text())
    return contract.returncode == 0


@pytest.mark.timeout(LIMIT + 60)
async def test_the_official_client_does_the_whole_contract(url: str, environ: dict[str, str], tmp_path: Path) -> None:
    """Polling only, websocket only and upgrading: every check holds, and nobody receives what is another's."""
    key = config.read(environ).key("access").hex()
    assert await done({"KONEKTOR_URL": url, "KONEKTOR_ACCESS_KEY": key}, tmp_path)
