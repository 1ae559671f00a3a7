"""Socket.IO packets as text."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konektor.realtime.engineio.frames import Malformed, contents
from konektor.realtime.socketio import packets
from konektor.realtime.socketio.packets import Packet, decode


def text(frames: bytes) -> str:
    """The content of one text frame."""
    [(_opcode, payload)] = contents(frames)
    return payload.decode()


@pytest.mark.parametrize(
    ("packet", "meaning"),
    [
        ("0", Packet(packets.CONNECT, "/", None, None)),
        ('0{"token":"x"}', Packet(packets.CONNECT, "/", None, {"token": "x"})),
        ("0/a", Packet(packets.CONNECT, "/a", None, None)),
        ('0/a?b=c,{"d":1}', Packet(packets.CONNECT, "/a", None, {"d": 1})),
        ("1", Packet(packets.DISCONNECT, "/", None, None)),
        ("1/a,", Packet(packets.DISCONNECT, "/a", None, None)),
        ('2["e"]', Packet(packets.EVENT, "/", None, ["e"])),
        ('212["e",1]', Packet(packets.EVENT, "/", 12, ["e", 1])),
        ('2/a,12["e",[]]', Packet(packets.EVENT, "/a", 12, ["e", []])),
        ("312[]", Packet(packets.ACK, "/", 12, [])),
        ("3/a,0[null]", Packet(packets.ACK, "/a", 0, [None])),
        ('51-/a,7["e",{"_placeholder":true,"num":0}]',
         Packet(packets.BINARY_EVENT, "/a", 7, ["e", {"_placeholder": True, "num": 0}], 1)),
        ('61-7[{"_placeholder":true,"num":0}]',
         Packet(packets.BINARY_ACK, "/", 7, [{"_placeholder": True, "num": 0}], 1)),
        ('2["e","\\ud800"]', Packet(packets.EVENT, "/", None, ["e", "\ud800"])),
    ],
)  # fmt: skip
def test_every_packet_a_client_may_send_is_understood(packet: str, meaning: Packet) -> None:
    """With namespace, number, content and attachments."""
    assert decode(packet) == meaning


@settings(deadline=None, derandomize=True)
@given(
    st.text(max_size=80)
    | st.from_regex(r'[0-6][0-9]{0,3}-?(/[a-z]?,?)?[0-9]{0,18}[\[{]?"?[a-z]?"?[\]}]?', fullmatch=True)
)
def test_any_text_is_a_packet_or_malformed(packet: str) -> None:
    """Nothing else is ever raised, and what is understood keeps the rules."""
    try:
        found = decode(packet)
    except Malformed:
        return
    assert found.kind in range(7)
    assert found.namespace.startswith("/")
    if found.kind == packets.EVENT:
        assert isinstance(found.data[0], str)


@settings(deadline=None, derandomize=True)
@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists, max_leaves=20))
def test_what_is_sent_is_what_json_says(data: Any) -> None:
    """An event's argument survives, lone surrogates and all."""
    assert json.loads(text(packets.event_frame("e", (data,)))[2:]) == ["e", data]


@pytest.mark.parametrize(
    ("data", "wire"),
    [(None, '42["e"]'), (1, '42["e",1]'), ([1, 2], '42["e",[1,2]]'), ((1, 2), '42["e",1,2]'), ((), '42["e"]')],
)
def test_a_tuple_is_several_arguments(data: Any, wire: str) -> None:
    """None is none, anything else is one."""
    assert text(packets.event_frame("e", data)) == wire


def test_structs_are_sent_as_objects() -> None:
    """Whatever msgspec can encode."""
    point = msgspec.defstruct("Point", [("x", int)])
    assert text(packets.event_frame("e", {"at": point(x=1)}, "/a", 3)) == '42/a,3["e",{"at":{"x":1}}]'
    assert text(packets.ack_frame(5, point(x=2), "/a")) == '43/a,5[{"x":2}]'


@pytest.mark.parametrize(("answer", "wire"), [(None, "435[]"), ((1, 2), "435[1,2]"), ([1], "435[[1]]"), (0, "435[0]")])
def test_an_ack_has_the_arguments_of_the_answer(answer: Any, wire: str) -> None:
    """As for events."""
    assert text(packets.ack_frame(5, answer)) == wire


def test_a_lone_surrogate_is_sent_as_an_escape() -> None:
    """UTF-8 has no octets for it."""
    assert text(packets.ack_frame(1, {"a": "\ud800"})) == '431[{"a":"\\ud800"}]'


def test_bytes_become_attachments() -> None:
    """In the order in which they are found; None without any."""
    frames = packets.binary_frames(packets.EVENT, ["e", {"a": b"1", "b": [b"2"]}], "/", None)
    assert frames is not None
    head, *rest = contents(frames)
    assert head[1] == b'452-["e",{"a":{"_placeholder":true,"num":0},"b":[{"_placeholder":true,"num":1}]}]'
    assert rest == [(2, b"1"), (2, b"2")]
    assert packets.binary_frames(packets.EVENT, ["e", "text"], "/", None) is None


def test_the_answers_to_connect() -> None:
    """An id, an error object, and the end of a namespace."""
    assert text(packets.connect_frame("/a", "x")) == '40/a,{"sid":"x"}'
    assert text(packets.connect_error_frame("/", {"message": "NO"})) == '44{"message":"NO"}'
    assert (text(packets.disconnect_frame("/")), text(packets.disconnect_frame("/a"))) == ("41", "41/a,")


def test_an_infinite_number_is_refused_beside_an_unpaired_surrogate() -> None:
    """Where the standard library reads instead of msgspec, too."""
    assert decode('2["a","\\ud800",1e308]').data[2] == 1e308
    with pytest.raises(Malformed):
        decode('2["a","\\ud800",1e400]')


def test_an_attachment_is_used_only_once() -> None:
    """A repeated placeholder would multiply the data, and deep nesting is malformed."""
    place = {"_placeholder": True, "num": 0}
    assert packets.with_attachments([place], [b"x"]) == [b"x"]
    with pytest.raises(Malformed):
        packets.with_attachments([place, place], [b"x"])
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Malformed):
        packets.with_attachments(deep, [b"x"])
