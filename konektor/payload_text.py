"""The texts of a payload: bringing each of them to its canonical form before the payload is decoded."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from msgspec import inspect

from konektor.errors import Refused
from konektor.flow import text

LINES: Final = msgspec.Meta(extra={"text": text.lines})
"""In the annotation of a field: the text may have several lines, and tabs; without it a text is one line."""
SECRET: Final = msgspec.Meta(extra={"text": text.unchanged_line})
"""In the annotation of a field: a password, which is checked here and brought to its canonical form where it is used.

A password that was hashed in another form can then still be tried as it was sent.
"""

Walk = Callable[[Any, str], Any]
"""Returns what was sent at a path with canonical texts, the same object when nothing changes; raises UnfitText."""


class UnfitText(Refused):
    """BAD_REQUEST for a text that is not taken, with a sentence for people."""


_walks: dict[Any, Walk] = {}


def walk_of(kind: Any) -> Walk:
    """What brings the texts of a payload of that type to their canonical form.

    It follows the type, and leaves everything that does not fit it to the decoder, which refuses it.
    """
    walk = _walks.get(kind)
    if walk is None:
        walk = _walks[kind] = _walk(inspect.type_info(kind), text.line) or _unchanged
    return walk


def _unchanged(sent: Any, path: str) -> Any:
    return sent


def _walk(info: inspect.Type, rule: text.Rule) -> Walk | None:
    """The Walk of a type, None for one without texts to look at: a pattern and a `parse` already allow few of them."""
    match info:
        case inspect.Metadata(type=inner, extra=extra):
            return _walk(inner, (extra or {}).get("text", rule))
        case inspect.StrType(pattern=None):
            return _text(rule)
        case inspect.UnionType(types=types):
            return _only([walk for walk in (_walk(part, rule) for part in types) if walk])
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item) | inspect.SetType(item_type=item):
            return _list(_walk(item, rule))
        case inspect.DictType(key_type=key, value_type=value):
            return _dict(_walk(key, rule), _walk(value, rule))
        case inspect.StructType(fields=fields):
            return _struct((field.encode_name, _walk(field.type, rule)) for field in fields)
    return None


def _only(walks: list[Walk]) -> Walk | None:
    if len(walks) > 1:
        raise NotImplementedError("of the types that a field may have, one may contain text")
    return walks[0] if walks else None


def _text(rule: text.Rule) -> Walk:
    def walk(sent: Any, path: str) -> Any:
        if type(sent) is not str:
            return sent
        try:
            return rule(sent)
        except text.TextError as unfit:
            raise UnfitText("BAD_REQUEST", f"{unfit}.", field=path or None) from None

    return walk


def _list(item: Walk | None) -> Walk | None:
    if item is None:
        return None

    def walk(sent: Any, path: str) -> Any:
        return [item(value, f"{path}[{n}]") for n, value in enumerate(sent)] if type(sent) is list else sent

    return walk


def _dict(key: Walk | None, value: Walk | None) -> Walk | None:
    if key is None and value is None:
        return None
    of_key, of_value = key or _unchanged, value or _unchanged

    def walk(sent: Any, path: str) -> Any:
        return {of_key(k, path): of_value(v, path) for k, v in sent.items()} if type(sent) is dict else sent

    return walk


def _struct(fields: Iterable[tuple[str, Walk | None]]) -> Walk | None:
    walks = [(name, walk) for name, walk in fields if walk]
    if not walks:
        return None

    def walk(sent: Any, path: str) -> Any:
        if type(sent) is not dict:
            return sent
        prefix = f"{path}." if path else ""
        for name, of_field in walks:
            value = sent.get(name)
            if value is not None:
                changed = of_field(value, prefix + name)
                if changed is not value:
                    sent = {**sent, name: changed}
        return sent

    return walk
