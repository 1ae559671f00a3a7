"""Tokens: those that give access, those that renew them, and those that are not ours."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import jwt

import run
from konektor.config import settings
from konektor.core import Core
from konektor.members.sessions import ACCESS, LOGIN, Tokens, caller_of_token
from tests.conftest import Clock, join
from tests.support.login_helpers import login, renew, try_token


def unsigned(claims: dict[str, Any]) -> str:
    """A token of the kind `none`, as old libraries took it."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


async def test_a_token_tells_whose_it_is(core: Core) -> None:
    """Member, session, role and rooms come from the database, not from the token."""
    member = await join(core, "Ann", role="mod")
    caller = await caller_of_token(core, member.token, "c-1")
    assert (caller.member, caller.session) == (member.caller.member, member.caller.session)
    assert (caller.role, caller.labels, caller.connection) == ("mod", ("1990-05-17", "05-17", "1990"), "c-1")


async def test_a_token_says_nothing_that_is_nobodys_business(core: Core) -> None:
    """Whoever reads one finds two ids and two times."""
    claims = jwt.decode((await join(core)).token, options={"verify_signature": False})
    assert sorted(claims) == ["exp", "iat", "sid", "sub", "typ"]


async def test_an_access_token_lasts_15_minutes(core: Core, clock: Clock) -> None:
    """To the second, and then it says so."""
    member = await join(core)
    clock.moment += ACCESS - timedelta(milliseconds=1)
    before = await try_token(core, member.token)
    clock.forward(milliseconds=1)
    assert (before, await try_token(core, member.token)) == ("in", "SESSION_EXPIRED")


async def test_a_login_lasts_30_days_when_nobody_uses_it(core: Core, clock: Clock) -> None:
    """The refresh token is good until then."""
    first, second = await login(core, await join(core)), await login(core, await join(core))
    clock.moment += LOGIN - timedelta(milliseconds=1)
    before = await renew(core, first.refresh_token)
    clock.forward(milliseconds=1)
    assert (isinstance(before, Tokens), await renew(core, second.refresh_token)) == (True, "SESSION_EXPIRED")


async def test_a_login_that_is_used_goes_on(core: Core, clock: Clock) -> None:
    """Each renewal gives another 30 days."""
    pair = await login(core, await join(core))
    for _ in range(4):
        clock.forward(days=29)
        renewed = await renew(core, pair.refresh_token)
        assert isinstance(renewed, Tokens)
        pair = renewed
    assert await try_token(core, pair.access_token) == "in"


async def test_a_renewal_whose_answer_was_lost_does_not_log_out(core: Core, clock: Clock) -> None:
    """For ten seconds a repeat gets the identical pair, and the login goes on with it."""
    pair = await login(core, await join(core))
    renewed = await renew(core, pair.refresh_token)
    assert isinstance(renewed, Tokens)
    clock.forward(seconds=9.9)
    assert await renew(core, pair.refresh_token) == renewed
    assert await try_token(core, renewed.access_token) == "in"
    assert isinstance(await renew(core, renewed.refresh_token), Tokens)


async def test_a_late_repeat_is_answered_although_its_pair_was_renewed(core: Core, clock: Clock) -> None:
    """It was sent before, and a network may deliver it late: it gets its pair, which leads to the newest one."""
    pair = await login(core, await join(core))
    second = await renew(core, pair.refresh_token)
    assert isinstance(second, Tokens)
    clock.forward(seconds=5)
    third = await renew(core, second.refresh_token)
    clock.forward(seconds=4.9)
    assert await renew(core, pair.refresh_token) == second
    assert await renew(core, second.refresh_token) == third
    clock.forward(seconds=0.2)
    assert await renew(core, pair.refresh_token) == "SESSION_EXPIRED"
    assert isinstance(third, Tokens)
    assert await try_token(core, third.access_token) == "SESSION_EXPIRED"


async def test_a_refresh_token_that_is_used_again_later_ends_its_login(core: Core, clock: Clock) -> None:
    """Somebody else has it too; whoever holds the newer tokens is out as well."""
    pair = await login(core, await join(core))
    renewed = await renew(core, pair.refresh_token)
    assert isinstance(renewed, Tokens)
    clock.forward(seconds=10.1)
    again = await renew(core, pair.refresh_token)
    assert (again, await try_token(core, renewed.access_token)) == ("SESSION_EXPIRED", "SESSION_EXPIRED")
    assert await renew(core, renewed.refresh_token) == "SESSION_EXPIRED"
    row = await core.db["sessions"].find_one({"ended": {"$ne": None}})
    assert row["ended"] == "reuse"


async def test_a_reuse_ends_no_other_login(core: Core, clock: Clock) -> None:
    """The member's other devices stay signed in."""
    member = await join(core)
    pair = await login(core, member)
    await renew(core, pair.refresh_token)
    clock.forward(seconds=10.1)
    await renew(core, pair.refresh_token)
    assert await try_token(core, member.token) == "in"


async def test_refreshes_at_once_log_nobody_out(core: Core, environ: dict[str, str], clock: Clock) -> None:
    """Twenty at two instances get the same pair, and the login goes on."""
    async with run.opened(settings.read(environ), serving=False, now=clock, rounds=4) as other:
        pair = await login(core, await join(core))
        cores = [core, other.core] * 10
        answers = await asyncio.gather(*(renew(each, pair.refresh_token) for each in cores))
    [renewed] = set(answers)
    assert isinstance(renewed, Tokens)
    assert renewed != pair
    assert await try_token(core, renewed.access_token) == "in"
    assert isinstance(await renew(core, renewed.refresh_token), Tokens)


async def test_a_token_that_is_not_ours_is_refused(core: Core) -> None:
    """Wrong keys, no signature, another kind, missing claims, cut or changed: all the same."""
    member = await join(core)
    pair = await login(core, member)
    claims = jwt.decode(pair.access_token, options={"verify_signature": False})
    head, body, signature = pair.access_token.split(".")
    key = core.config.key("access")
    without = [{name: value for name, value in claims.items() if name != gone} for gone in ("exp", "sub", "sid")]
    cut = (f"{head}.{body}.", f"{head}.{body}", f"{head}.{body}.{'A' * 43}", f"{head}.{signature}.{body}")
    forged = [
        *("", "x", "..", "a.b.c", "\0", "é", "\udcff", *cut),
        *(unsigned(claims), pair.refresh_token),
        jwt.encode(claims, core.config.secret, "HS256"),
        jwt.encode(claims, core.config.key("refresh"), "HS256"),
        jwt.encode(claims, key * 2, "HS512"),
        *(jwt.encode(part, key, "HS256") for part in without),
    ]
    assert [await try_token(core, token) for token in forged] == ["UNAUTHENTICATED"] * len(forged)


async def test_an_access_token_renews_nothing(core: Core) -> None:
    """Whoever caught one cannot stay."""
    assert await renew(core, (await login(core, await join(core))).access_token) == "UNAUTHENTICATED"
