"""The event reference as rows: payload, ack, codes and example of each event, generated from the code."""

from collections.abc import Iterable
from typing import Any, get_args, get_origin

import msgspec

from events.reference.samples import sample
from events.reference.variants import VARIANTS
from events.wire import Event
from konektor.errors import STATUS, USUAL
from konektor.server_events import server_events

MEANING = {
    "BAD_REQUEST": "The payload has a wrong, missing, unknown or over-long field; `field` names it.",
    "UNAUTHENTICATED": "You are not logged in, or the password or token is wrong.",
    "SESSION_EXPIRED": "The login or token is over; refresh it or log in.",
    "FROZEN": "The account is frozen.",
    "FORBIDDEN": "It is not yours, or your role does not allow it.",
    "NOT_FOUND": "It does not exist, or you may not see it.",
    "RATE_LIMITED": "Too fast; try again in `retryAfter` seconds.",
    "UNKNOWN_EVENT": "No event has this name.",
    "UNAVAILABLE": "The server is busy or the database unavailable; repeat it with the same `cid` in `retryAfter` s.",
    "INTERNAL": "A fault on the server; the message carries a reference.",
    "CONFLICT": "Taken, already there, or a `cid` used for another payload.",
    "GONE": "It existed and was deleted.",
    "LOCKED": "It cannot be opened yet.",
    "INSUFFICIENT_TOKENS": "The wallet has `remaining` tokens and `limit` are needed.",
    "QUOTA_EXCEEDED": "The plan's allowance is used up until `resetsAt`.",
    "PLAN_REQUIRED": "The plan does not include it.",
    "EDIT_WINDOW_CLOSED": "More than 15 minutes have passed.",
    "UNSUPPORTED_MEDIA": "This kind of file or body is not accepted.",
    "TOO_LARGE": "Larger than the limit.",
    "INVITE_INVALID": "The code is unknown, used up, revoked or expired.",
    "UNDERAGE": "Younger than 18.",
}


def _rows(kind: Any) -> list[dict[str, Any]]:
    """The fields of a Struct: `{name, type, required, rule}`."""
    if get_origin(kind) is list:
        return [{"name": "[ ]", "type": f"list of {get_args(kind)[0].__name__}", "required": True, "rule": ""}]
    info = _plain(msgspec.inspect.type_info(kind))
    if not isinstance(info, msgspec.inspect.StructType):
        return []
    return [
        {
            "name": field.encode_name,
            "type": _named(field.type),
            "required": field.required,
            "rule": _rule(field.type),
        }
        for field in info.fields
    ]


def _plain(info: Any) -> Any:
    """The type without the metadata around it."""
    while isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    return info


def _named(info: Any) -> str:
    """The name of a type."""
    match _plain(info):
        case msgspec.inspect.StructType(cls=cls):
            return " or ".join(kind.__name__ for kind in VARIANTS.get(cls, (cls,)))
        case msgspec.inspect.ListType(item_type=item):
            return f"list of {_named(item)}"
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return f"object of {_named(key)} to {_named(value)}"
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(_named(kind) for kind in types)
        case msgspec.inspect.StrType() | msgspec.inspect.CustomType():
            return "text"
        case msgspec.inspect.LiteralType(values=values):
            return " or ".join(f'"{value}"' for value in values)
        case msgspec.inspect.IntType():
            return "whole number"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.NoneType():
            return "null"
        case _:
            return "anything"


def _rule(info: Any) -> str:
    """The bounds of a field."""
    match _plain(info):
        case msgspec.inspect.UnionType(types=types):
            return "; ".join(filter(None, map(_rule, types)))
        case msgspec.inspect.StrType(pattern=pattern) if pattern:
            return pattern.removeprefix("^").removesuffix(r"(?!\n)$")
        case msgspec.inspect.StrType(min_length=least, max_length=most) if most:
            return f"{least or 0}-{most} characters"
        case msgspec.inspect.IntType(ge=least, le=most) if most:
            return f"{least or 0}-{most if most < 2**53 else '2^53'}"
        case msgspec.inspect.CustomType():
            return "r:<label>, d:<id> or g:<id>"
        case msgspec.inspect.DictType(max_length=most) if most:
            return f"at most {most}"
        case _:
            return ""


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _event_row(item: Event) -> dict[str, Any]:
    return {
        "namespace": item.namespace,
        "name": item.name,
        "summary": item.summary,
        "retry_safe": item.repeatable,
        "who": ", ".join(sorted(item.roles)) or "every member",
        "limit": str(item.limit) if item.limit else "30 events a second, 60 at once, for each connection",
        "budget": f"{item.budget:g} s",
        "payload": _rows(item.payload),
        "ack": _rows(item.ack),
        "codes": list(item.codes),
        "example": {"request": _json(sample(item.payload)), "ack": _json({"ok": True, "data": sample(item.ack)})},
    }


def rows(events: Iterable[Event]) -> dict[str, Any]:
    """Everything the reference page shows."""
    return {
        "events": [_event_row(item) for item in events],
        "server_events": [
            {
                "name": name,
                "summary": (kind.__doc__ or "").strip(),
                "payload": _rows(kind),
                "example": _json(sample(kind)),
            }
            for name, kind in server_events().items()
        ],
        "codes": [{"code": code, "status": STATUS[code], "meaning": MEANING[code]} for code in MEANING],
        "usual": list(USUAL),
    }


def text(events: Iterable[Event]) -> str:
    """The reference for a terminal."""
    lines: list[str] = []
    for row in rows(events)["events"]:
        fields = ", ".join(f["name"] + ("" if f["required"] else "?") for f in row["payload"])
        ack = ", ".join(f["name"] for f in row["ack"])
        lines += [f"{row['name']}  {{{fields}}}  ->  {{{ack}}}", f"    {row['summary']}"]
        lines += [f"    refuses with {' '.join(row['codes'])}"] if row["codes"] else []
    lines.append("")
    for name, kind in server_events().items():
        lines += [f"{name}  (from the server)", f"    {(kind.__doc__ or '').strip()}"]
    return "\n".join(lines)
