"""The event reference as an AsyncAPI 3 document (asyncapi.com, version 3.0.0)."""

from collections.abc import Iterable
from typing import Any

import msgspec

from events.reference.rows import ack_type, sample
from events.wire import Event
from konektor import VERSION
from konektor.server_events import EVENTS as TOLD

TEMPLATE = "#/components/schemas/{name}"


def document(events: Iterable[Event], public_url: str) -> dict[str, Any]:
    """The document: a receive operation with a reply for each event, a send operation for each told one."""
    listed = list(events)
    types = [kind for item in listed for kind in (item.payload, ack_type(item))]
    schemas, components = msgspec.json.schema_components([*types, *TOLD.values()], ref_template=TEMPLATE)
    told = dict(zip(TOLD, schemas[2 * len(listed) :], strict=True))
    messages: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for place, item in enumerate(listed):
        key = _key(item.name)
        messages[key] = _message(item.name, item.summary, schemas[2 * place], sample("", item.payload))
        messages[f"{key}Ack"] = _message(f"{item.name} ack", "The ack.", _ack(schemas[2 * place + 1]))
        operations[key] = {
            "action": "receive",
            "channel": {"$ref": "#/channels/members"},
            "summary": item.summary,
            "messages": [{"$ref": f"#/channels/members/messages/{key}"}],
            "reply": {
                "channel": {"$ref": "#/channels/members"},
                "messages": [{"$ref": f"#/channels/members/messages/{key}Ack"}],
            },
        }
    for name, schema in told.items():
        key = _key(name)
        messages[key] = _message(name, (TOLD[name].__doc__ or "").strip(), schema, sample("", TOLD[name]))
        operations[key] = {
            "action": "send",
            "channel": {"$ref": "#/channels/members"},
            "summary": (TOLD[name].__doc__ or "").strip(),
            "messages": [{"$ref": f"#/channels/members/messages/{key}"}],
        }
    return _whole(public_url, messages, operations, dict(components))


def _whole(
    public_url: str, messages: dict[str, Any], operations: dict[str, Any], schemas: dict[str, Any]
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
        "channels": {"members": {"address": "/", "title": "The namespace of members", "messages": messages}},
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
