"""POST /uploads: what it takes, from whom, and how it refuses."""

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import ClientSession

import run
from konektor.backends.pictures.processes import PictureProcesses
from konektor.config import settings
from konektor.core import Core
from konektor.media import uploads
from tests.conftest import Clock, Member, Running, join, listening, until
from tests.support.picture_samples import HOSTILE, picture
from tests.support.upload_helpers import bearer, form, log_in, post, state, uploaded

MB = 1 << 20


async def test_a_client_uploads_with_its_token(server: Running, http: ClientSession) -> None:
    """And gets the id, the URL and the size."""
    ada = await join(server.core)
    status, body = await post(server, http, form(picture(), "message"), bearer(ada))
    assert (status, body.keys()) == (201, {"mediaId", "url", "width", "height"})
    assert (body["url"], body["width"], body["height"]) == (f"/media/{body['mediaId']}", 64, 48)
    assert await state(server.core, body["mediaId"]) == "unused"


async def test_a_browser_uploads_with_its_cookie_and_token(server: Running, http: ClientSession) -> None:
    """The token of its page, in the header."""
    csrf = await log_in(server, http, await join(server.core))
    status, body = await post(server, http, form(picture()), {"X-CSRF-Token": csrf})
    assert (status, body.get("error")) == (201, None)


async def test_another_site_uploads_nothing(server: Running, http: ClientSession) -> None:
    """Without the token of the page, or with another one, whatever the browser says about where it comes from."""
    csrf = await log_in(server, http, await join(server.core))
    for headers in (
        {},
        {"X-CSRF-Token": csrf[:-1]},
        {"X-CSRF-Token": "", "Origin": "https://evil.example"},
        {"X-CSRF-Token": "\u00e9"},
    ):
        status, body = await post(server, http, form(picture()), headers)
        assert (status, body["error"]["code"]) == (403, "FORBIDDEN")
    assert await server.core.db["media"].count_documents({}) == 0


async def test_nobody_uploads_without_a_login(server: Running, http: ClientSession) -> None:
    """Neither without any, nor with a wrong token."""
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
        status, body = await post(server, http, form(picture()), headers)
        assert (status, body["error"]["code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_gets_a_clear_refusal(server: Running, http: ClientSession, name: str) -> None:
    """A code, the field and a sentence, as JSON; nothing of it is kept."""
    make, code = HOSTILE[name]
    ada, sent = await join(server.core), make()
    status, body = await post(server, http, form(sent, "message"), bearer(ada))
    wanted = (400, "BAD_REQUEST") if not sent else ({"TOO_LARGE": 413}.get(code, 415), code)
    assert (status, body["error"]["code"]) == wanted
    assert (body["error"]["field"], body["error"]["message"][-1]) == ("file", ".")
    assert await server.core.db["media"].count_documents({}) == 0


@pytest.mark.parametrize(("kind", "most"), [("avatar", 3 * MB), ("message", 10 * MB), ("ad", MB)])
@pytest.mark.parametrize("kind_first", [True, False])
async def test_a_file_is_as_large_as_its_kind_allows(
    server: Running, http: ClientSession, kind: str, most: int, kind_first: bool
) -> None:
    """To the byte, whichever field comes first."""
    admin = await join(server.core, role="admin")
    whole = picture()
    for size, wanted in ((most, 201), (most + 1, 413)):
        made = form(None, kind if kind_first else None)
        made.add_field("file", io.BytesIO(whole + bytes(size - len(whole))), filename="large.png")
        if not kind_first:
            made.add_field("kind", kind)
        status, body = await post(server, http, made, bearer(admin))
        assert status == wanted
    assert (body["error"]["code"], body["error"]["limit"]) == ("TOO_LARGE", most)


async def test_a_file_without_end_is_refused_while_it_comes(server: Running, http: ClientSession) -> None:
    """Counted as it comes: a stream says nothing of its length before."""
    ada, sent = await join(server.core), 0

    async def endless() -> object:
        nonlocal sent
        yield b'--x\r\ncontent-disposition: form-data; name="kind"\r\n\r\navatar\r\n'
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while sent < 100 * MB:
            sent += 1 << 16
            yield bytes(1 << 16)

    headers = bearer(ada) | {"Content-Type": "multipart/form-data; boundary=x"}
    try:
        status, body = await post(server, http, endless(), headers)
    except aiohttp.ClientError:  # the server has closed the connection before all was sent
        pass
    else:
        assert (status, body["error"]["code"]) == (413, "TOO_LARGE")
    assert sent < 100 * MB


async def test_a_length_that_is_too_large_is_refused_at_once(server: Running) -> None:
    """Before anything is sent."""
    ada = await join(server.core)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    writer.write(
        b"POST /uploads HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        b"Content-Length: 99999999\r\nAuthorization: Bearer " + ada.token.encode() + b"\r\n\r\n"
    )
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 30)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        (lambda: form(None), "BAD_REQUEST", "file"),
        (lambda: form(b""), "BAD_REQUEST", "file"),
        (lambda: form(picture(), None), "BAD_REQUEST", "kind"),
        (lambda: form(picture(), "video"), "BAD_REQUEST", "kind"),
        (lambda: form(picture(), ""), "BAD_REQUEST", "kind"),
        (lambda: form(picture(), "avatar" * 100), "BAD_REQUEST", "kind"),
        (lambda: form(picture(), "ad"), "FORBIDDEN", "kind"),
        (lambda: form(picture(), **{f"more{number}": "x" for number in range(20)}), "BAD_REQUEST", "file"),
        (lambda: form(picture(), more="x" * 1000), "BAD_REQUEST", "more"),
        (lambda: {"kind": "avatar", "file": "text"}, "UNSUPPORTED_MEDIA", None),
        (lambda: b'{"kind": "avatar"}', "UNSUPPORTED_MEDIA", None),
    ],
)
async def test_a_wrong_form_names_what_is_wrong(
    server: Running, http: ClientSession, sent: object, code: str, field: str | None
) -> None:
    """As JSON, with the field."""
    ada = await join(server.core)
    assert callable(sent)
    _, body = await post(server, http, sent(), bearer(ada))
    assert (body["error"]["code"], body["error"].get("field")) == (code, field)


async def test_a_field_that_comes_twice_is_refused(server: Running, http: ClientSession) -> None:
    """Which of the two is meant nobody can say."""
    ada = await join(server.core)
    files, kinds = form(picture()), form(picture())
    files.add_field("file", picture(), filename="other.png")
    kinds.add_field("kind", "message")
    for sent in (files, kinds):
        status, body = await post(server, http, sent, bearer(ada))
        assert (status, body["error"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\ncontent-disposition: form-data; name=kind\r\n\r\n\xff\xfe\r\n--x--",
        ),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data; name=file\r\n\r\nabc"),
        ("multipart/form-data; boundary=" + "x" * 200, b"--" + b"x" * 200),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\ncontent-type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--",
        ),
    ],
)
async def test_a_broken_form_is_the_senders_fault(
    server: Running, http: ClientSession, content_type: str, body: bytes
) -> None:
    """400, never an error of ours."""
    ada = await join(server.core)
    status, found = await post(server, http, body, bearer(ada) | {"Content-Type": content_type})
    assert (status, found["error"]["code"]) == (400, "BAD_REQUEST")


async def test_a_member_who_sends_too_much_waits(environ: dict[str, str], clock: Clock, http: ClientSession) -> None:
    """100 MB an hour: after ten pictures of 10 MB the next one is refused with the time to wait."""
    limited = settings.read(environ | {"KONEKTOR_RATE_LIMITS": "on"})
    async with run.opened(limited, serving=False, now=clock, rounds=4) as runtime, listening(runtime) as server:
        ada = await join(server.core)
        sent = picture() + bytes(10 * MB - len(picture()))
        found = [(await post(server, http, form(sent, "message"), bearer(ada)))[0] for _ in range(10)]
        assert found == [201] * 10
        status, body = await post(server, http, form(picture(), "message"), bearer(ada))
        assert (status, body["error"]["code"]) == (429, "RATE_LIMITED")
        assert 3_500 < body["error"]["retryAfter"] <= 3_600


async def test_what_does_not_arrive_is_given_up(
    server: Running, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form that stops in the middle is refused, and its member can send another one."""
    monkeypatch.setattr("handlers.uploads.READ_TIMEOUT", 0.2)
    ada, go_on = await join(server.core), asyncio.Event()

    async def stuck() -> object:
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc'
        await go_on.wait()

    headers = bearer(ada) | {"Content-Type": "multipart/form-data; boundary=x"}
    status, body = await post(server, http, stuck(), headers)
    go_on.set()
    assert (status, body["error"]["code"]) == (400, "BAD_REQUEST")
    monkeypatch.setattr("handlers.uploads.READ_TIMEOUT", 60)
    assert (await post(server, http, form(picture()), bearer(ada)))[0] == 201


@asynccontextmanager
async def stopped_decoder(core: Core, member: Member) -> AsyncIterator[None]:
    """The first decoder of the server does not go on until the end: whoever gets it is neither served nor refused."""
    await uploaded(core, member)
    processes = core.pictures
    assert isinstance(processes, PictureProcesses)
    [worker] = processes._idle
    os.kill(worker.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker.process.pid, signal.SIGCONT)


async def test_pictures_sent_at_once_are_all_kept(server: Running, http: ClientSession) -> None:
    """Of one member one after the other, of several members at the same time."""
    members = [await join(server.core) for _ in range(3)]
    found = await asyncio.gather(
        *(post(server, http, form(picture(size=(40, 10 + n))), bearer(members[n % 3])) for n in range(9))
    )
    assert [status for status, _ in found] == [201] * 9
    assert sorted(body["height"] for _, body in found) == list(range(10, 19))


async def test_nobody_occupies_all_decoders(server: Running, http: ClientSession) -> None:
    """While one picture of a member is decoded their next one waits, and another member is served."""
    ada, bob = await join(server.core), await join(server.core)
    lock = server.core.locks(("upload", ada.caller.member))
    async with stopped_decoder(server.core, ada):
        both = [asyncio.create_task(post(server, http, form(picture()), bearer(ada))) for _ in range(2)]
        await until(lambda: lock._waiters)
        assert (await post(server, http, form(picture()), bearer(bob)))[0] == 201
        assert not any(task.done() for task in both)
    assert [status for status, _ in await asyncio.gather(*both)] == [201, 201]


async def test_a_member_who_sends_many_at_once_is_refused_some(
    server: Running, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few wait for their turn; the next one is told to come back, and what waits too long as well."""
    monkeypatch.setattr("handlers.uploads.MOST_OF_MEMBER", 2)
    monkeypatch.setattr("handlers.uploads.WAIT_LIMIT", 0.5)
    ada = await join(server.core)
    async with stopped_decoder(server.core, ada):
        sent = [asyncio.create_task(post(server, http, form(picture()), bearer(ada))) for _ in range(3)]
        done, left = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
        refused = [task.result() for task in done]
        done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        refused += [task.result() for task in done]
        assert [(status, body["error"]["code"], body["error"]["retryAfter"]) for status, body in refused] == [
            (429, "RATE_LIMITED", 5), (503, "UNAVAILABLE", 5)
        ]  # fmt: skip
    assert [(await task)[0] for task in left] == [201]
    assert (await post(server, http, form(picture()), bearer(ada)))[0] == 201


async def test_an_instance_has_few_files_in_memory(
    environ: dict[str, str], clock: Clock, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is decoded counts: another member waits until it is saved, and is told to try again after a while."""
    monkeypatch.setattr("handlers.uploads.RECEIVED_AT_ONCE", 1)
    monkeypatch.setattr("handlers.uploads.WAIT_LIMIT", 0.5)
    config = settings.read(environ)
    async with run.opened(config, serving=False, now=clock, rounds=4) as runtime, listening(runtime) as server:
        ada, bob = await join(server.core), await join(server.core)
        async with stopped_decoder(server.core, ada):
            first = asyncio.create_task(post(server, http, form(picture()), bearer(ada)))
            processes = server.core.pictures
            assert isinstance(processes, PictureProcesses)
            await until(lambda: not processes._idle)
            status, body = await post(server, http, form(picture()), bearer(bob))
            assert (status, body["error"]["code"], body["error"]["retryAfter"]) == (503, "UNAVAILABLE", 5)
        assert (await first)[0] == 201
        assert (await post(server, http, form(picture()), bearer(bob)))[0] == 201


def test_the_hour_is_counted_in_few_parts() -> None:
    """Ten for the largest picture, since each is counted by Redis; a face is one."""
    assert uploads.HOURLY.events * uploads.PART == 100 * MB
    assert max(uploads.MOST.values()) / uploads.PART == 10
    assert len(picture("JPEG", (512, 512))) < uploads.PART
