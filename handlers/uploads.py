"""POST /uploads: a picture of the member, as a form with a file."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from handlers import cookies
from handlers.context import CORE, bearer, require_caller
from handlers.middleware import json_response
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.media import uploads
from konektor.store.ids import Id
from konektor.store.media import Kind

RECEIVED_AT_ONCE = 32
"""Files that one instance has in memory, each from its first byte until it is decoded and saved."""
MOST_OF_MEMBER = 8
"""Requests of one member at a time: one is received, the others wait."""
WAIT_LIMIT = 10
"""Seconds that a request waits for those before it."""
READ_TIMEOUT = 60
"""Seconds that a file may take to arrive."""
MAX_REST = 16 * 1024
"""Bytes of the form around the file."""
MAX_TEXT = 256
MAX_PARTS = 8


@dataclass
class Form:
    """What has been read of a form."""

    file: bytearray | None = None
    kind: Kind | None = None
    texts: dict[str, str] = field(default_factory=dict)


class Turns:
    """Lets one request of each member in, and a few of all members."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(RECEIVED_AT_ONCE)
        self._here: Counter[Id] = Counter()

    @asynccontextmanager
    async def one(self, core: Core, member: Id) -> AsyncIterator[None]:
        """Waits for a turn, and holds it. RATE_LIMITED when many of the member wait, UNAVAILABLE after WAIT_LIMIT."""
        if self._here[member] >= MOST_OF_MEMBER:
            raise Refused("RATE_LIMITED", "You’re sending too many pictures at once. Try again in 5 s.", retryAfter=5)
        self._here[member] += 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(WAIT_LIMIT):
                        # First the member's own, so that nobody occupies the slots or the decoders alone.
                        await held.enter_async_context(core.locks(("upload", member)))
                        await held.enter_async_context(self._slots)
                except TimeoutError:
                    message = "Too many pictures are being sent. Try again in 5 s."
                    raise Refused("UNAVAILABLE", message, retryAfter=5) from None
                yield
        finally:
            self._here[member] -= 1
            if not self._here[member]:
                del self._here[member]


TURNS = web.AppKey("upload_turns", Turns)


def setup(app: web.Application) -> None:
    """Makes the application receive a few files at once."""
    app[TURNS] = Turns()


async def upload(request: web.Request) -> web.StreamResponse:
    """POST /uploads"""
    core, caller = request.app[CORE], await require_caller(request)
    if not bearer(request):
        await cookies.check_csrf(request, request.headers.get("X-CSRF-Token", ""), json=True)
    if request.content_type != "multipart/form-data":
        raise Refused("UNSUPPORTED_MEDIA", "Send a form (multipart/form-data) with a file and its kind.")
    uploads.check_size((request.content_length or 0) - MAX_REST, None)
    async with request.app[TURNS].one(core, caller.member):
        form = await _received(core, caller, request)
        if form.kind is None:
            raise Refused("BAD_REQUEST", "Say what the picture is for.", field="kind")
        if not form.file:
            raise Refused(
                "BAD_REQUEST", "The file is empty." if form.file is not None else "A file is missing.", field="file"
            )
        uploads.check_size(len(form.file), form.kind)
        return json_response(await uploads.keep(core, caller, form.kind, form.file), 201)


async def _received(core: Core, caller: Caller, request: web.Request) -> Form:
    """The form, when all of it arrives in time and can be read."""
    try:
        async with asyncio.timeout(READ_TIMEOUT):
            return await _read(core, caller, request)
    except TimeoutError:
        raise Refused("BAD_REQUEST", "The picture did not arrive in time; send it again.", field="file") from None
    except (HttpProcessingError, ValueError, LookupError, RuntimeError, AssertionError):  # what the parser raises
        raise Refused("BAD_REQUEST", "This form cannot be read.", field="file") from None


async def _read(core: Core, caller: Caller, request: web.Request) -> Form:
    """Reads the parts in any order."""
    form, parts = Form(), await request.multipart()
    for _ in range(MAX_PARTS):
        part = await parts.next()
        if part is None:
            return form
        if not isinstance(part, BodyPartReader) or part.name in form.texts:
            raise Refused("BAD_REQUEST", "Send each field of the form once.", field="file")
        if part.name == "file":
            await _read_file(core, caller, part, form)
        else:
            await _read_text(caller, part, form)
    raise Refused("BAD_REQUEST", "That form has too many fields.", field="file")


async def _read_text(caller: Caller, part: BodyPartReader, form: Form) -> None:
    text = bytearray()
    while chunk := await part.read_chunk(MAX_TEXT):
        text += chunk
        if len(text) > MAX_TEXT:
            raise Refused("BAD_REQUEST", "That field is too long.", field=part.name)
    form.texts[part.name or ""] = text.decode()
    if part.name == "kind":
        form.kind = uploads.kind_of(caller, form.texts["kind"])


async def _read_file(core: Core, caller: Caller, part: BodyPartReader, form: Form) -> None:
    """Reads the file, counting what the member sends, until it is too large."""
    if form.file is not None:
        raise Refused("BAD_REQUEST", "Send one file.", field="file")
    form.file = bytearray()
    counted = 0
    while chunk := await part.read_chunk(uploads.PART):
        form.file += chunk
        uploads.check_size(len(form.file), form.kind)
        while counted < len(form.file):
            await uploads.count(core, caller)
            counted += uploads.PART
