"""The event reference as an AsyncAPI 3 document (asyncapi.com, version 3.0.0)."""

from collections.abc import Iterable
from typing import Any

import msgspec

from events.reference.samples import sample
from events.reference.variants import VARIANTS
from events.wire import Event
from konektor import VERSION
from konektor.server_events import server_events

TEMPLATE = "#/components/schemas/{name}"
CHANNELS = {"/": "members", "/staff": "staff"}
"""The channel of each namespace."""


def document(events: Iterable[Event], public_url: str) -> dict[str, Any]:
    """The document: a receive operation with a reply for each event, a send operation for each server event."""
    listed, pushed = list(events), list(server_events().values())
    types = [kind for item in listed for kind in (item.payload, item.ack)]
    variants = [kind for kinds in VARIANTS.values() for kind in kinds]
    schemas, components = msgspec.json.schema_components(
        [*types, *pushed, *variants], ref_template=TEMPLATE, schema_hook=lambda kind: {"type": "string"}
    )
    for kind, kinds in VARIANTS.items():
        references = [{"$ref": TEMPLATE.format(name=one.__name__)} for one in kinds]
        components = {**components, kind.__name__: {"title": kind.__name__, "anyOf": references}}
    messages: dict[str, dict[str, Any]] = {channel: {} for channel in CHANNELS.values()}
    operations: dict[str, Any] = {}
    for place, item in enumerate(listed):
        key, channel = _key(item.name), CHANNELS[item.namespace]
        messages[channel][key] = _message(item.name, item.summary, schemas[2 * place], sample(item.payload))
        messages[channel][f"{key}Ack"] = _message(f"{item.name} ack", "The ack.", _ack(schemas[2 * place + 1]))
        operations[key] = _operation("receive", channel, key, item.summary) | {"reply": _place(channel, f"{key}Ack")}
    for kind, schema in zip(pushed, schemas[2 * len(listed) : -len(variants)], strict=True):
        key, summary = _key(kind.event), (kind.__doc__ or "").strip()
        key += "Sent" if key in operations else ""  # a client may send one of that name too
        messages["members"][key] = _message(kind.event, summary, schema, sample(kind))
        operations[key] = _operation("send", "members", key, summary)
    return _whole(public_url, messages, operations, dict(components))


def _operation(action: str, channel: str, message: str, summary: str) -> dict[str, Any]:
    return {"action": action, "summary": summary} | _place(channel, message)


def _place(channel: str, message: str) -> dict[str, Any]:
    """The reference of an operation to a message of a channel."""
    return {
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
    }


def _whole(
    public_url: str, messages: dict[str, dict[str, Any]], operations: dict[str, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    scheme, _, host = public_url.partition("://")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Konektor",
            "version": VERSION,
            "description": "Every event is acknowledged with {ok: true, data} or {ok: false, error}.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "konektor": {
                "host": host,
                "pathname": "/socket.io/",
                "protocol": "wss" if scheme == "https" else "ws",
                "description": "Socket.IO protocol 5 (Engine.IO 4)",
            }
        },
        "channels": {
            channel: {"address": namespace, "title": f"The namespace {namespace}", "messages": messages[channel]}
            for namespace, channel in CHANNELS.items()
            if messages[channel]
        },
        "operations": operations,
        "components": {"schemas": schemas},
    }


def _message(name: str, summary: str, payload: dict[str, Any], example: Any = None) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "title": name, "summary": summary, "payload": payload}
    if isinstance(example, dict):
        made["examples"] = [{"payload": example}]
    return made


def _ack(data: dict[str, Any]) -> dict[str, Any]:
    """The schema of an ack with that data."""
    error = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "field": {"type": "string"}},
    }
    return {
        "oneOf": [
            {
                "type": "object",
                "required": ["ok", "data"],
                "properties": {"ok": {"const": True}, "data": data, "dup": {"const": True}},
            },
            {"type": "object", "required": ["ok", "error"], "properties": {"ok": {"const": False}, "error": error}},
        ]
    }


def _key(name: str) -> str:
    """`message:send` as `messageSend`."""
    head, *rest = name.split(":")
    return head + "".join(part.capitalize() for part in rest)
