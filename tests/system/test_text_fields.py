"""Every text that a client can send: control characters, half characters and nothing visible are refused by name."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession

import run
from events.reference.samples import sample
from handlers.auth import LoginBody, SignupBody, TokenBody
from konektor.core import Core
from tests.conftest import Client, Member, Running, join
from tests.support.login_helpers import fields, read
from tests.support.payload_helpers import filled

BAD = ["\0", "a\x1bb", "a\x0bb", "\x7f", "a\u0085b", "\ud83d", "a\udc00"]
Place = tuple[str, Callable[[Any, str], Any]]
"""The path of a text in a payload, and what puts another text there."""


def texts(info: msgspec.inspect.Type, path: str = "") -> Iterator[Place]:
    """Every place in a payload of that type where a text is read."""
    match info:
        case msgspec.inspect.Metadata(type=inner):
            yield from texts(inner, path)
        case msgspec.inspect.StrType() | msgspec.inspect.CustomType():
            yield path, lambda sent, text: text
        case msgspec.inspect.UnionType(types=types):
            for part in types:
                yield from texts(part, path)
        case msgspec.inspect.ListType(item_type=item):
            for found, put in texts(item, f"{path}[0]"):
                yield found, lambda sent, text, put=put: [put(sent[0] if sent else None, text)]
        case msgspec.inspect.DictType(value_type=value):
            yield path, lambda sent, text: {text: sample_of(value)}
            for found, put in texts(value, path):
                yield found, lambda sent, text, put=put: {"a": put(sample_of(value), text)}
        case msgspec.inspect.StructType(fields=fields):
            for field in fields:
                name = field.encode_name
                for found, put in texts(field.type, f"{path}.{name}" if path else name):
                    yield (
                        found,
                        lambda sent, text, name=name, put=put: {
                            **(sent or {}),
                            name: put((sent or {}).get(name), text),
                        },
                    )


def sample_of(info: msgspec.inspect.Type) -> Any:
    """A value for a key whose name is the text."""
    return "a" if isinstance(info, msgspec.inspect.StrType) else 1


FIELDS = [
    pytest.param(event.name, path, put(sample(event.payload), "{}"), id=f"{event.name} {path}")
    for event in run.EVENTS.values()
    if event.namespace == "/"
    for path, put in texts(msgspec.inspect.type_info(event.payload))
]
FORMS = [
    pytest.param(form, field, id=f"{form} {field}")
    for form, shape in (("signup", SignupBody), ("login", LoginBody), ("refresh", TokenBody))
    for field in (found.encode_name for found in msgspec.structs.fields(shape))
]


def test_the_texts_of_the_events_are_found() -> None:
    """Those that members write, those that programs write, and the keys of an object."""
    found = {param.id for param in FIELDS}
    known = ("message:send body", "message:edit cid", "message:react emoji", "room:enter label", "sync:resume offsets")
    assert found >= set(known)


@pytest.mark.parametrize(("event", "path", "payload"), FIELDS)
async def test_no_event_takes_harmful_text(
    core: Core, connect: Callable[[Member], Awaitable[Client]], event: str, path: str, payload: dict[str, Any]
) -> None:
    """The ack is BAD_REQUEST and names the field, and the connection stays open."""
    client = await connect(await join(core))
    for text in BAD:
        refused = await client.refused(event, filled(payload, text))
        assert (refused["code"], refused["field"]) == ("BAD_REQUEST", path), text
    await client.ask("session:hello")


REPEATABLE = sorted(event.name for event in run.EVENTS.values() if event.repeatable)


@pytest.mark.parametrize("event", REPEATABLE)
async def test_a_cid_is_left_out_or_something(
    core: Core, connect: Callable[[Member], Awaitable[Client]], event: str
) -> None:
    """An empty one or null would make every such request a repeat of the others, or none."""
    client = await connect(await join(core))
    for cid in ("", None):
        refused = await client.refused(event, {**sample(run.EVENTS["/", event].payload), "cid": cid})
        assert (refused["code"], refused["field"]) == ("BAD_REQUEST", "cid")


@pytest.mark.parametrize(("form", "field"), FORMS)
async def test_no_form_takes_harmful_text(server: Running, http: ClientSession, form: str, field: str) -> None:
    """JSON is answered with 400 and the name of the field."""
    needed = {param.values[1] for param in FORMS if param.values[0] == form} - {"username"}
    for text in BAD:
        body = {**dict.fromkeys(needed, "a"), field: text}
        async with http.post(f"{server.url}/auth/{form}", json=body) as response:
            told = (await response.json())["error"]
            assert (response.status, told["code"], told["field"]) == (400, "BAD_REQUEST", field), text


@pytest.mark.parametrize("field", ["email", "password", "username", "invite", "dob"])
async def test_a_form_shows_what_is_wrong_with_a_text(server: Running, http: ClientSession, field: str) -> None:
    """Beside the field, in words."""
    csrf = fields(await read(http, f"{server.url}/signup"))["csrf"]
    headers = {"Origin": server.url}
    words = {"csrf": csrf, field: "a\x1bb"}
    async with http.post(f"{server.url}/auth/signup", data=words, headers=headers) as response:
        page = await response.text()
    assert response.status == 400
    assert "control character U+001B" in page
