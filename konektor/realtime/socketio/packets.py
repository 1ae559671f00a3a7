"""Socket.IO packets (protocol 5): a strict decoder for client messages and an encoder to websocket frames."""

import json
import math
import re
from functools import lru_cache
from typing import Any, Final, NoReturn

import msgspec
from msgspec.structs import replace

from konektor.realtime.engineio.frames import BINARY, Malformed, contents, frame, text_frame
from konektor.realtime.socketio.codec import codec

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK = range(7)

MAX_ATTACHMENTS: Final = 10
RESERVED: Final = frozenset(
    ("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener")
)
"""Event names reserved by the client or server library; no peer may send them."""

GRAMMAR = re.compile(r"([0-6])(?:([0-9]{1,2})-)?(?:(/[^,?]*)(?:\?[^,]*)?(?:,|$))?([0-9]{1,16})?(.*)", re.DOTALL)

_NAMESPACE = re.compile(rb"4[0-6](?:[0-9]+-)?(/[^,]*),")

decode_list = msgspec.json.Decoder(list[Any]).decode
encode_value = msgspec.json.Encoder().encode


class Packet(msgspec.Struct, frozen=True):
    """One packet. `number` requests or identifies an ack; `attachments`: how many binary messages follow it."""

    kind: int
    namespace: str
    number: int | None
    data: Any
    attachments: int = 0


class Reserved(Malformed):
    """The client sent an event with a reserved name, in `packet`."""

    def __init__(self, packet: Packet) -> None:
        super().__init__("reserved event name")
        self.packet = packet


def decode(text: str) -> Packet:
    """Decodes the packet in an Engine.IO message. Raises Malformed for anything a client must not send."""
    if text[:1] == "2":
        start = text.find("[", 1, 18)
        number = text[1:start]
        if start == 1 or (start > 1 and number.isascii() and number.isdigit()):
            return _event(Packet(EVENT, "/", int(number) if number else None, _list(text[start:])))
    match = GRAMMAR.fullmatch(text)
    if match is None:
        raise Malformed("not a packet")
    kind, count, namespace, number, rest = match.groups()
    return _checked(
        Packet(int(kind), namespace or "/", int(number) if number else None, rest, int(count or 0)), count is not None
    )


def _checked(packet: Packet, counted: bool) -> Packet:
    """Checks that kind, number, attachments and content fit each other, and decodes the JSON text."""
    kind, rest = packet.kind, packet.data
    if counted != (kind in (BINARY_EVENT, BINARY_ACK)) or packet.attachments > MAX_ATTACHMENTS:
        raise Malformed("attachments")
    if kind in (EVENT, BINARY_EVENT):
        return _event(replace(packet, data=_list(rest)))
    if kind in (ACK, BINARY_ACK) and packet.number is not None:
        return replace(packet, data=_list(rest))
    if packet.number is not None:
        raise Malformed("unexpected ack number")
    if kind == CONNECT:
        return replace(packet, data=_auth(rest))
    if kind == DISCONNECT and not rest:
        return replace(packet, data=None)
    raise Malformed("not a packet that a client may send")


def _event(packet: Packet) -> Packet:
    """Checks that the data is an event name that a client may use, followed by arguments."""
    data = packet.data
    if not data or type(data[0]) is not str:
        raise Malformed("not an event")
    if data[0] in RESERVED:
        raise Reserved(packet)
    return packet


def _auth(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    auth = _list(f"[{text}]")
    if len(auth) != 1 or not isinstance(auth[0], dict):
        raise Malformed("auth is not an object")
    return auth[0]


def _list(text: str) -> list[Any]:
    """The JSON array in `text`."""
    try:
        return decode_list(text)
    except msgspec.DecodeError:
        return _lenient_list(text)
    except RecursionError:
        raise Malformed("nested too deep") from None


def _lenient_list(text: str) -> list[Any]:
    """Decodes again with the standard library: JSON.stringify writes unpaired surrogates, which msgspec rejects."""
    if "\\u" not in text:
        raise Malformed("not JSON")
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(value, list):
        raise Malformed("not an array")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(number: str) -> float:
    if not math.isfinite(value := float(number)):
        raise ValueError(f"{number} is too large")
    return value


def to_json(value: Any) -> bytes:
    """Encodes a value as JSON; it may contain msgspec Structs and all other types that msgspec encodes."""
    try:
        return encode_value(value)
    except (UnicodeEncodeError, TypeError):  # unpaired surrogates, subclasses of str, keys that are not strings
        return json.dumps(value, default=msgspec.to_builtins, separators=(",", ":")).encode()


def with_attachments(data: Any, attachments: list[bytes]) -> Any:
    """Replaces the placeholders in `data`. Raises Malformed for an unknown or repeated attachment number."""
    try:
        return _filled(data, dict(enumerate(attachments)))
    except RecursionError:
        raise Malformed("nested too deep") from None


def _filled(data: Any, left: dict[int, bytes]) -> Any:
    if isinstance(data, list):
        return [_filled(item, left) for item in data]
    if not isinstance(data, dict):
        return data
    if data.get("_placeholder") is not True:
        return {key: _filled(item, left) for key, item in data.items()}
    number = data.get("num")
    if type(number) is not int or number not in left:
        raise Malformed("no such attachment")
    return left.pop(number)


def _without_attachments(data: Any, attachments: list[bytes]) -> Any:
    """Replaces bytes in `data` by placeholders, appending them to `attachments`."""
    if isinstance(data, bytes | bytearray):
        attachments.append(bytes(data))
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(data, list | tuple):
        return [_without_attachments(item, attachments) for item in data]
    if isinstance(data, dict):
        return {key: _without_attachments(item, attachments) for key, item in data.items()}
    return data


@lru_cache(maxsize=1024)
def _event_head(event: str, namespace: str, number: int | None) -> bytes:
    return _head(EVENT, namespace, number) + b"[" + to_json(event)


def _head(kind: int, namespace: str, number: int | None) -> bytes:
    prefix = "" if namespace == "/" else namespace + ","
    return f"4{kind}{prefix}{'' if number is None else number}".encode()


def event_frame(event: str, data: Any, namespace: str = "/", number: int | None = None) -> bytes:
    """Encodes an EVENT as a frame. A tuple is several arguments, None is none, any other value is one."""
    head = (
        _event_head(event, namespace, number)
        if number is None
        else _head(EVENT, namespace, number) + b"[" + to_json(event)
    )
    if data is None:
        return text_frame(head + b"]")
    if type(data) is tuple:
        return text_frame(b"".join((head, *(b"," + to_json(item) for item in data), b"]")))
    return text_frame(b"%b,%b]" % (head, to_json(data)))


def ack_frame(number: int, answer: Any, namespace: str = "/") -> bytes:
    """Encodes an ACK as a frame. A tuple is several arguments, None is none, any other value is one."""
    if type(answer) is not tuple:
        answer = () if answer is None else (answer,)
    if namespace == "/":
        return codec.ack_frame(number, to_json(answer))
    return text_frame(_head(ACK, namespace, number) + to_json(answer))


def binary_frames(kind: int, data: list[Any], namespace: str, number: int | None) -> bytes | None:
    """The joined frames of an event or ack whose `data` contains bytes; None if it contains none."""
    attachments: list[bytes] = []
    bare = _without_attachments(data, attachments)
    if not attachments:
        return None
    prefix = "" if namespace == "/" else namespace + ","
    head = f"4{kind + 3}{len(attachments)}-{prefix}{'' if number is None else number}".encode()
    return text_frame(head + to_json(bare)) + b"".join(frame(BINARY, item) for item in attachments)


def connect_frame(namespace: str, sid: str) -> bytes:
    """The response to an accepted CONNECT."""
    return text_frame(_head(CONNECT, namespace, None) + to_json({"sid": sid}))


def connect_error_frame(namespace: str, error: dict[str, Any]) -> bytes:
    """The response to a rejected CONNECT: `{"message": ..., "data"?: ...}`."""
    return text_frame(_head(CONNECT_ERROR, namespace, None) + to_json(error))


def namespace_of(frames: bytes) -> str:
    """The namespace of a packet encoded by this module, possibly followed by attachments."""
    _opcode, packet = next(contents(frames))
    head = _NAMESPACE.match(packet)
    return head[1].decode() if head else "/"


def disconnect_frame(namespace: str) -> bytes:
    """The packet that disconnects a client from a namespace."""
    return text_frame(_head(DISCONNECT, namespace, None))
