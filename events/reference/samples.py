"""Samples: an example value for any payload or ack, from the examples beside its fields."""

from collections.abc import Sequence
from typing import Any, get_args, get_origin

import msgspec

from events.reference.variants import VARIANTS
from konektor.payloads import Payload

NUMBER = 42


def sample(kind: Any) -> Any:
    """An example value of a type; ValueError for a text without an example."""
    if get_origin(kind) is list:
        return [sample(get_args(kind)[0])]
    return _sample(msgspec.inspect.type_info(kind), str(kind))


def _sent(cls: type, fields: Sequence[msgspec.inspect.Field]) -> list[msgspec.inspect.Field]:
    """The fields that an example shows: all of an ack; of a payload those that a typical request has."""
    if not issubclass(cls, Payload):
        return list(fields)
    needed = [field for field in fields if field.required or field.name == "cid"]
    return needed if any(field.required for field in fields) else [*fields[:1]]


def _sample(info: msgspec.inspect.Type, name: str) -> Any:
    match info:
        case msgspec.inspect.Metadata(extra_json_schema={"examples": [example, *_]}):
            return example
        case msgspec.inspect.Metadata(type=inner):
            return _sample(inner, name)
        case msgspec.inspect.StructType(cls=cls) if cls in VARIANTS:
            return sample(VARIANTS[cls][0])
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            sent = _sent(cls, fields)
            return {field.encode_name: _sample(field.type, f"{name}.{field.name}") for field in sent}
        case msgspec.inspect.ListType(item_type=item):
            return [_sample(item, name)]
        case msgspec.inspect.DictType():
            return {}
        case msgspec.inspect.LiteralType(values=values):
            return values[0]
        case msgspec.inspect.IntType():
            return NUMBER
        case msgspec.inspect.BoolType():
            return False
        case msgspec.inspect.UnionType(types=types):
            return _sample(types[0], name)
        case msgspec.inspect.NoneType():
            return None
        case _:
            raise ValueError(f"{name} needs an example: Annotated[…, Meta(examples=[…])]")
