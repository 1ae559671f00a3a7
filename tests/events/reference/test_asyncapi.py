"""The reference for machines: a valid AsyncAPI 3 document of every event, with examples that hold."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import ClientSession
from jsonschema import Draft7Validator, Draft202012Validator

from events.reference import asyncapi
from konektor.server_events import server_events
from run import EVENTS
from tests.conftest import Running
from tests.support.npm import package
from tests.support.paths import NODE

Document = dict[str, Any]


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    """The schema that the makers of AsyncAPI publish for version 3.0.0."""
    path = package("@asyncapi/specs") / "schemas" / "3.0.0.json"
    return Draft7Validator(json.loads(path.read_text(encoding="utf8")))


@pytest.fixture
async def document(server: Running, http: ClientSession) -> Document:
    """What the server gives out."""
    async with http.get(f"{server.url}/asyncapi.json") as response:
        assert (response.status, response.content_type) == (200, "application/json")
        return dict(await response.json())


def references(part: Any) -> Iterator[str]:
    """Every `$ref` in the document."""
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def resolved(document: Document, reference: str) -> Any:
    """What a `$ref` points to."""
    part: Any = document
    for step in reference.removeprefix("#/").split("/"):
        part = part[step.replace("~1", "/")]
    return part


async def test_the_document_is_valid(document: Document, official: Draft7Validator) -> None:
    """By the official schema, which finds a fault when there is one."""
    assert [error.message for error in official.iter_errors(document)] == []
    broken = copy.deepcopy(document)
    broken["operations"]["messageSend"]["action"] = "shout"
    assert list(official.iter_errors(broken))


async def test_every_event_is_in_the_document(document: Document) -> None:
    """Events of clients are received and replied to, those of the server are sent."""
    actions: dict[str, list[str]] = {"receive": [], "send": []}
    for operation in document["operations"].values():
        (first,) = operation["messages"]
        name = resolved(document, resolved(document, first["$ref"]).get("$ref", first["$ref"]))["name"]
        actions[operation["action"]].append(name)
        assert ("reply" in operation) == (operation["action"] == "receive")
    assert sorted(actions["receive"]) == sorted(name for _, name in EVENTS)
    assert sorted(actions["send"]) == sorted(server_events())


async def test_every_reference_leads_somewhere(document: Document) -> None:
    """No part of the document is named that is not in it."""
    found = set(references(document))
    assert found
    assert all(resolved(document, reference) for reference in found)


async def test_every_example_fits_its_payload(document: Document) -> None:
    """Every message that is no ack has one, and a program that checks it finds no fault."""
    messages = document["channels"]["members"]["messages"]
    for key, message in messages.items():
        payload = message["payload"] | {"components": document["components"]}
        for example in message.get("examples", []):
            errors = [error.message for error in Draft202012Validator(payload).iter_errors(example["payload"])]
            assert not errors, (key, errors)
        assert key.endswith("Ack") or message["examples"]


async def test_a_schema_refuses_what_the_server_refuses(document: Document) -> None:
    """Unknown fields, over-long text and wrong types are faults for a program that checks before it sends."""
    payload = document["channels"]["members"]["messages"]["messageSend"]["payload"]
    check = Draft202012Validator(payload | {"components": document["components"]})
    good = {"stream": "r:1990", "body": "hello", "cid": "c-1"}
    assert check.is_valid(good)
    for wrong in (
        {"body": "x" * 2001},
        {"mediaId": "me.png"},
        {"member": "me"},
        {"cid": "a b"},
        {"stream": 5},
        {"body": None},
    ):
        assert not check.is_valid(good | wrong), wrong


def test_the_server_is_named_as_it_is_reached() -> None:
    """wss behind https, and the host of the public address."""
    server = asyncapi.document(EVENTS.values(), "https://konektor.example")["servers"]["konektor"]
    assert (server["protocol"], server["host"], server["pathname"]) == ("wss", "konektor.example", "/socket.io/")


def test_examples_need_no_package_that_is_not_locked() -> None:
    """What tests take from npm is pinned exactly, checked by its hash, and names no place to get it from."""
    wanted = json.loads((NODE / "package.json").read_text())["devDependencies"]
    packages = json.loads((NODE / "package-lock.json").read_text())["packages"]
    assert wanted == packages[""]["devDependencies"]
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(set(item) >= {"version", "integrity"} for name, item in packages.items() if name)
    assert not [name for name, item in packages.items() if "resolved" in item]
