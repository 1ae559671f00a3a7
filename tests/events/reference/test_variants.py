"""Variants: a list of messages is described by what it can contain."""

import msgspec

from events.reference import asyncapi, rows, typescript
from events.reference.variants import VARIANTS
from run import EVENTS


def test_every_variant_is_a_kind_of_what_it_stands_for() -> None:
    """What is sent fits the description."""
    assert all(issubclass(kind, base) for base, kinds in VARIANTS.items() for kind in kinds)
    assert all(set(kinds) == set(base.__subclasses__()) for base, kinds in VARIANTS.items())


def test_a_list_of_messages_names_both_kinds() -> None:
    """In the schema, in the types and in the table."""
    document = asyncapi.document(EVENTS.values(), "https://konektor.example")
    schemas = document["components"]["schemas"]
    assert schemas["AnyMessage"]["anyOf"] == [
        {"$ref": "#/components/schemas/Message"},
        {"$ref": "#/components/schemas/HiddenMessage"},
    ]
    assert {"Message", "HiddenMessage"} <= schemas.keys()
    assert "messages: Array<Message | HiddenMessage>;" in typescript.text(EVENTS.values())
    ack = next(row["ack"] for row in rows.rows(EVENTS.values())["events"] if row["name"] == "message:list")
    assert ack[0]["type"] == "list of Message or HiddenMessage"


def test_an_example_is_a_message() -> None:
    """Not only the place of one."""
    [row] = [row for row in rows.rows(EVENTS.values())["events"] if row["name"] == "message:list"]
    assert "body" in msgspec.json.decode(row["example"]["ack"])["data"]["messages"][0]
