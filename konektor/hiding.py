"""Hiding: what is left of an event that lists members for somebody from whom some of them are hidden."""

from collections.abc import Container, Iterable
from typing import TypeAlias, cast

import msgspec
from msgspec import structs

from konektor.server_events import MessageChanged, MessageNew, ServerEvent, TypingChanged
from konektor.shapes import MAX_NAMED, Reaction

Listing: TypeAlias = MessageNew | MessageChanged | TypingChanged
"""An event that may list members, beside the one that it is of."""

_DECODERS = {kind.event: msgspec.msgpack.Decoder(kind) for kind in (MessageNew, MessageChanged, TypingChanged)}
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, msgspec.Raw]).decode


def listing(event: ServerEvent) -> bytes:
    """An event that lists members, for `listed`; empty for one that lists none."""
    if isinstance(event, TypingChanged):
        return _encode((event.event, event)) if event.user_ids else b""
    return _encode((event.event, event)) if _reactions(event) else b""


def listed(encoded: bytes) -> Listing:
    """The event that `listing` encoded."""
    name, data = _decode(encoded)
    return cast(Listing, _DECODERS[name].decode(data))


def members(event: Listing) -> set[str]:
    """The ids of the members that it lists."""
    if isinstance(event, TypingChanged):
        return set(event.user_ids)
    return {member for reaction in _reactions(event) for member in reaction.user_ids}


def without(event: Listing, hidden: Container[str]) -> Listing:
    """The event without the members `hidden`. Reactions must name MAX_LISTED members, and are cut as by `cut`."""
    if isinstance(event, TypingChanged):
        return structs.replace(event, user_ids=[member for member in event.user_ids if member not in hidden])
    if not _reactions(event):
        return event
    left = [(item, [member for member in item.user_ids if member not in hidden]) for item in _reactions(event)]
    counted = [(item.emoji, item.count - len(item.user_ids) + len(by), by[:MAX_NAMED]) for item, by in left]
    return _with_reactions(event, [Reaction(*reaction) for reaction in counted if reaction[1]])


def cut(event: ServerEvent) -> ServerEvent:
    """The event with at most MAX_NAMED members in each reaction."""
    if not isinstance(event, MessageNew | MessageChanged):
        return event
    reactions = _reactions(event)
    if all(len(item.user_ids) <= MAX_NAMED for item in reactions):
        return event
    return _with_reactions(event, [structs.replace(item, user_ids=item.user_ids[:MAX_NAMED]) for item in reactions])


def _reactions(event: ServerEvent) -> Iterable[Reaction]:
    if isinstance(event, MessageNew):
        return event.message.reactions
    return (event.reactions or ()) if isinstance(event, MessageChanged) else ()


def _with_reactions(event: MessageNew | MessageChanged, reactions: list[Reaction]) -> MessageNew | MessageChanged:
    if isinstance(event, MessageChanged):
        return structs.replace(event, reactions=reactions)
    return structs.replace(event, message=structs.replace(event.message, reactions=reactions))
