"""Guessing passwords: five wrong ones a minute, for each address and for each account."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession

import run
from konektor.config import settings
from konektor.members.invitations import ATTEMPTS, issue
from tests.conftest import PASSWORD, Clock, Running, join, listening
from tests.support.login_helpers import fields, newcomer, send, submit


@pytest_asyncio.fixture
async def strict(environ: dict[str, str], clock: Clock) -> AsyncIterator[Running]:
    """A server with its limits on, behind a proxy that says where everybody comes from."""
    limits = environ | {"KONEKTOR_RATE_LIMITS": "on", "KONEKTOR_TRUSTED_PROXIES": "127.0.0.1"}
    async with (
        run.opened(settings.read(limits), serving=False, now=clock, rounds=4) as runtime,
        listening(runtime) as here,
    ):
        yield here


async def attempt(server: Running, http: ClientSession, email: str, password: str = "wrong", *, of: str = "1") -> int:
    """The status that a login from the address 10.0.0.<of> is answered with."""
    headers = {"X-Forwarded-For": f"10.0.0.{of}"}
    words = {"email": email, "password": password}
    async with http.post(f"{server.url}/auth/login", json=words, headers=headers) as response:
        return response.status


async def test_a_sixth_guess_from_one_address_waits(strict: Running, http: ClientSession, clock: Clock) -> None:
    """Whichever accounts it tries; a minute after the first one it goes on."""
    guesses = [await attempt(strict, http, f"m{n}@example.org") for n in range(6)]
    elsewhere = await attempt(strict, http, "m6@example.org", of="2")
    clock.forward(seconds=59.999)
    early = await attempt(strict, http, "m7@example.org")
    clock.forward(milliseconds=1)
    assert (guesses, elsewhere) == ([401] * 5 + [429], 401)
    assert (early, await attempt(strict, http, "m8@example.org")) == (429, 401)


async def test_a_sixth_guess_at_one_account_waits(strict: Running, http: ClientSession) -> None:
    """From however many addresses, in however many capitals; the right password waits too."""
    await join(strict.core, "Ann")
    spellings = ["ann@example.org", "ANN@example.org", " Ann@Example.org "]
    guesses = [await attempt(strict, http, spellings[n % 3], of=str(n)) for n in range(6)]
    assert guesses == [401] * 5 + [429]
    assert await attempt(strict, http, "ann@example.org", PASSWORD, of="99") == 429


async def test_an_unknown_account_is_limited_like_a_known_one(strict: Running, http: ClientSession) -> None:
    """The limit tells nobody who is a member."""
    assert [await attempt(strict, http, "nobody@example.org", of=str(n)) for n in range(6)] == [401] * 5 + [429]


async def test_guesses_at_the_same_moment_are_all_counted(strict: Running, http: ClientSession) -> None:
    """Thirty at once are five guesses."""
    guesses = await asyncio.gather(*(attempt(strict, http, "ann@example.org", of=str(n)) for n in range(30)))
    assert Counter(guesses) == {401: 5, 429: 25}


async def test_logging_in_rightly_is_not_counted(strict: Running, http: ClientSession) -> None:
    """A member may come and go as often as they like."""
    await join(strict.core, "Ann")
    assert [await attempt(strict, http, "ann@example.org", PASSWORD) for _ in range(8)] == [200] * 8


async def test_nobody_shuts_another_address_out(strict: Running, http: ClientSession) -> None:
    """Guessing at an account that is called like an address counts nothing there."""
    for _ in range(5):
        await attempt(strict, http, "10.0.0.2", of="1")
    assert await attempt(strict, http, "ann@example.org", of="2") == 401


@pytest.mark.parametrize("kind", ["json", "form"])
async def test_one_is_told_how_long_to_wait(strict: Running, http: ClientSession, kind: str) -> None:
    """In the answer's header, and in words on the page."""
    words = {"email": "ann@example.org", "password": "wrong"}
    for _ in range(5):
        await attempt(strict, http, words["email"], of="7")
    if kind == "json":
        response = await send(http, "POST", f"{strict.url}/auth/login", json=words)
        assert (await response.json())["error"]["retryAfter"] == 60
    else:
        response = await submit(http, f"{strict.url}/login", f"{strict.url}/auth/login", words)
        assert fields(await response.text())["email"] == words["email"]
    assert (response.status, response.headers["Retry-After"]) == (429, "60")


async def test_a_flood_of_signups_from_one_address_waits(strict: Running, http: ClientSession) -> None:
    """Guessing invitations is as slow as 120 a minute."""
    words = await newcomer(strict.core, invite="guess", email="x")
    posts = [send(http, "POST", f"{strict.url}/auth/signup", json=words) for _ in range(121)]
    assert Counter(response.status for response in await asyncio.gather(*posts)) == {400: 120, 429: 1}


async def test_codes_of_invitations_cannot_be_guessed_by_opening_their_links(
    strict: Running, http: ClientSession
) -> None:
    """A few people behind one address may open theirs; whoever tries many learns nothing more."""
    good = (await issue(strict.core, "", cap=1, tokens=0))["_id"]

    async def opened(code: str, of: str) -> str:
        async with http.get(f"{strict.url}/i/{code}", headers={"X-Forwarded-For": f"10.0.0.{of}"}) as page:
            return await page.text()

    for number in range(ATTEMPTS.events):
        assert "doesn’t work any more" in await opened(f"guess-{number}", "1")
    pages = [await opened("guess", "1"), await opened(good, "1"), await opened(good, "2")]
    assert ["Many people join from your address" in page for page in pages] == [True, True, False]
