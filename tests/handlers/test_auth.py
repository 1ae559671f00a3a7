"""Joining, logging in and out over JSON, as apps and bots do it."""

import json
from typing import Any

import pytest
from aiohttp import ClientSession

from konektor.members.joining import RESERVED
from tests.conftest import PASSWORD, Clock, Running, join
from tests.support.login_helpers import error, login, newcomer, renew, try_token

JSON = {"Content-Type": "application/json"}


async def test_a_newcomer_joins_and_is_signed_in(server: Running, http: ClientSession) -> None:
    """201 with the member and a pair of tokens that work, and no cookie."""
    async with http.post(f"{server.url}/auth/signup", json=await newcomer(server.core)) as response:
        body = await response.json()
    assert (response.status, body["user"]["username"], body["expiresIn"]) == (201, "Ann", 900)
    assert sorted(body) == ["accessToken", "expiresIn", "refreshToken", "user"]
    assert await try_token(server.core, body["accessToken"]) == "in"
    assert "Set-Cookie" not in response.headers


async def test_a_name_is_not_asked_for(server: Running, http: ClientSession) -> None:
    """A client may leave it out, and the member is `member-` and digits."""
    words = await newcomer(server.core)
    del words["username"]
    async with http.post(f"{server.url}/auth/signup", json=words) as response:
        assert (await response.json())["user"]["username"].startswith("member-")


async def test_a_form_that_will_not_do_names_its_field(server: Running, http: ClientSession) -> None:
    """Status, code and field of each way to be wrong."""
    await join(server.core, "Taken")
    wrong = (
        ({"email": "x"}, (400, "BAD_REQUEST", "email")),
        ({"email": "x" * 301}, (400, "BAD_REQUEST", "email")),
        ({"email": "TAKEN@example.org"}, (409, "CONFLICT", "email")),
        ({"email": ["ann@example.org"]}, (400, "BAD_REQUEST", "email")),
        ({"username": "taKen"}, (409, "CONFLICT", "username")),
        ({"username": max(RESERVED)}, (400, "BAD_REQUEST", "username")),
        ({"username": None}, (400, "BAD_REQUEST", "username")),
        ({"dob": "17.05.1990"}, (400, "BAD_REQUEST", "dob")),
        ({"dob": "2020-05-17"}, (400, "UNDERAGE", "dob")),
        ({"dob": 19900517}, (400, "BAD_REQUEST", "dob")),
        ({"invite": "unknown"}, (400, "INVITE_INVALID", "invite")),
        ({"invite": {"$ne": ""}}, (400, "BAD_REQUEST", "invite")),
        ({"password": "Password1!"}, (400, "BAD_REQUEST", "password")),
        ({"password": "x" * 1001}, (400, "BAD_REQUEST", "password")),
        ({"confirm": "Another-Horse-42"}, (400, "BAD_REQUEST", "confirm")),
        ({"role": "admin"}, (400, "BAD_REQUEST", "role")),
    )
    words, got = await newcomer(server.core), []
    for change, _ in wrong:
        async with http.post(f"{server.url}/auth/signup", json={**words, **change}) as response:
            got.append((change, await error(response)))
    assert got == list(wrong)


async def test_a_field_that_is_missing_is_named(server: Running, http: ClientSession) -> None:
    """Each of those that signup needs."""
    words = await newcomer(server.core)
    for name in ("email", "password", "confirm", "dob", "invite"):
        rest = {key: value for key, value in words.items() if key != name}
        async with http.post(f"{server.url}/auth/signup", json=rest) as response:
            assert await error(response) == (400, "BAD_REQUEST", name)


async def test_a_body_that_is_no_object_is_refused(server: Running, http: ClientSession) -> None:
    """Broken, empty, of another shape, in another encoding, or a thousand brackets deep."""
    half = json.dumps({"email": "\ud800", "password": "x"}).encode()
    bodies = (b"", b"{", b"null", b"[]", b'"x"', b"7", b"\xff", "{}".encode("utf-16"), b"[" * 30_000, half)
    deep = b'{"email": ' + b'{"a":' * 9_000 + b"1" + b"}" * 9_001
    for path in ("signup", "login", "refresh"):
        for body in (*bodies, deep):
            async with http.post(f"{server.url}/auth/{path}", data=body, headers=JSON) as response:
                assert (await error(response))[:2] == (400, "BAD_REQUEST"), body[:20]


async def test_another_kind_of_body_is_refused(server: Running, http: ClientSession) -> None:
    """415 in JSON for whoever did not ask for a page."""
    for path in ("signup", "login", "refresh"):
        for kind in ("text/plain", "application/xml", "application/octet-stream", "multipart/mixed; boundary=x"):
            async with http.post(f"{server.url}/auth/{path}", data=b"{}", headers={"Content-Type": kind}) as response:
                assert await error(response) == (415, "UNSUPPORTED_MEDIA", None)


async def test_a_member_logs_in(server: Running, http: ClientSession) -> None:
    """200, and a login that the member's list shows."""
    member = await join(server.core, "Ann")
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    words = {"email": member.email.upper(), "password": PASSWORD}
    async with http.post(f"{server.url}/auth/login", json=words, headers=agent) as response:
        body = await response.json()
    row = await server.core.db["sessions"].find_one({"device": "Firefox 140 on Linux", "kind": "client"})
    assert (response.status, body["user"]["id"]) == (200, str(row["member"]))


async def test_an_unknown_account_and_a_wrong_password_are_answered_alike(server: Running, http: ClientSession) -> None:
    """Not a byte tells who is a member."""
    member = await join(server.core, "Ann")
    answers = []
    for email in (member.email, "nobody@example.org", "", "no address", "a@b@c", "$ne"):
        async with http.post(f"{server.url}/auth/login", json={"email": email, "password": "wrong"}) as response:
            answers.append((response.status, await response.read()))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401


async def test_a_frozen_member_gets_no_tokens(server: Running, http: ClientSession) -> None:
    """403 with a code of its own."""
    member = await join(server.core, "Ann")
    await server.core.db["accounts"].update_one({"_id": member.caller.member}, {"$set": {"state": "frozen"}})
    async with http.post(f"{server.url}/auth/login", json={"email": member.email, "password": PASSWORD}) as response:
        assert await error(response) == (403, "FROZEN", None)


@pytest.mark.parametrize("kind", ["json", "data"])
async def test_a_client_renews_its_tokens(server: Running, http: ClientSession, kind: str) -> None:
    """As JSON or as a form; the new ones work."""
    pair = await login(server.core, await join(server.core))
    sent: dict[str, Any] = {kind: {"refreshToken": pair.refresh_token}}
    async with http.post(f"{server.url}/auth/refresh", **sent) as response:
        body = await response.json()
    assert (response.status, sorted(body)) == (200, ["accessToken", "expiresIn", "refreshToken"])
    assert await try_token(server.core, body["accessToken"]) == "in"


async def test_a_refresh_is_answered_again_for_ten_seconds(server: Running, http: ClientSession, clock: Clock) -> None:
    """With the same pair, for a client that did not get the answer; later it ends the login: 401."""
    pair = await login(server.core, await join(server.core))
    bodies = []
    for _ in range(2):
        async with http.post(f"{server.url}/auth/refresh", json={"refreshToken": pair.refresh_token}) as response:
            assert response.status == 200
            bodies.append(await response.json())
        clock.forward(seconds=9.9)
    assert bodies[0] == bodies[1]
    clock.forward(seconds=0.2)
    async with http.post(f"{server.url}/auth/refresh", json={"refreshToken": pair.refresh_token}) as response:
        assert (await error(response))[:2] == (401, "SESSION_EXPIRED")
    assert await try_token(server.core, pair.access_token) == "SESSION_EXPIRED"


async def test_what_is_no_refresh_token_renews_nothing(server: Running, http: ClientSession) -> None:
    """An access token neither; what cannot be a token is a bad request."""
    tries = {"": 401, "x": 401, (await join(server.core)).token: 401, "x" * 2001: 400, 7: 400, None: 400}
    for token, status in tries.items():
        async with http.post(f"{server.url}/auth/refresh", json={"refreshToken": token}) as response:
            assert (token, response.status) == (token, status)


async def test_a_client_logs_out_with_its_access_token(server: Running, http: ClientSession) -> None:
    """The whole login ends."""
    pair = await login(server.core, await join(server.core))
    async with http.post(
        f"{server.url}/auth/logout", headers={"Authorization": f"Bearer {pair.access_token}"}
    ) as response:
        assert (response.status, await response.json()) == (200, {})
    assert await renew(server.core, pair.refresh_token) == "SESSION_EXPIRED"


async def test_a_client_logs_out_with_its_refresh_token(server: Running, http: ClientSession) -> None:
    """When its access token has run out."""
    pair = await login(server.core, await join(server.core))
    async with http.post(f"{server.url}/auth/logout", json={"refreshToken": pair.refresh_token}) as response:
        assert (response.status, await response.json()) == (200, {})
    assert await try_token(server.core, pair.access_token) == "SESSION_EXPIRED"


async def test_logging_out_with_what_is_no_token_is_refused(server: Running, http: ClientSession) -> None:
    """Whatever stands in the header."""
    for header in ("Bearer x", "Bearer a.b.c", "Bearer é"):
        async with http.post(f"{server.url}/auth/logout", headers={"Authorization": header}) as response:
            assert (await error(response))[:2] == (401, "UNAUTHENTICATED")
