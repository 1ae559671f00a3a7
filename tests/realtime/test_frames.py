"""Websocket frames: strict in what is read, exact in what is written."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konektor.realtime.engineio.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    FrameReader,
    Malformed,
    contents,
    frame,
    text_frame,
)
from tests.realtime.client import masked

LIMIT = 70_000


def read(data: bytes) -> list[tuple[int, str | bytes]]:
    """All messages in `data`."""
    reader = FrameReader(LIMIT)
    reader.feed(data)
    messages = []
    while (message := reader.next()) is not None:
        if message != (CONTINUATION, b""):
            messages.append(message)
    return messages


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text(max_size=200) | st.binary(max_size=200), max_size=5), st.lists(st.integers(1, 40), max_size=60))
def test_messages_survive_any_cutting_of_the_stream(messages: list[str | bytes], cuts: list[int]) -> None:
    """However the bytes are split, the same messages result."""
    stream = b"".join(masked(1, m.encode()) if isinstance(m, str) else masked(2, m) for m in messages)
    reader, out = FrameReader(LIMIT), []
    for cut in [*cuts, len(stream) + 1]:
        piece, stream = stream[:cut], stream[cut:]
        reader.feed(piece)
        while (message := reader.next()) is not None:
            out.append(message[1])
    assert out == messages


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=400))
def test_any_bytes_are_messages_or_malformed(data: bytes) -> None:
    """Nothing else is ever raised."""
    with contextlib.suppress(Malformed):
        read(data)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, LIMIT])
def test_every_size_is_read(size: int) -> None:
    """In each of the three notations of a length."""
    assert read(masked(2, b"x" * size)) == [(BINARY, b"x" * size)]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_what_is_written_can_be_taken_apart(size: int) -> None:
    """Frames joined in one write are found again."""
    text, binary = b"t" * size, b"b" * size
    assert list(contents(text_frame(text) + frame(BINARY, binary))) == [(TEXT, text), (BINARY, binary)]


def test_fragments_become_one_message_and_controls_pass_between() -> None:
    """A PING in the middle of a message comes first."""
    stream = masked(1, "gr\u00fc".encode()[:3], first=0) + masked(9, b"!") + masked(0, "gr\u00fc".encode()[3:])
    assert read(stream) == [(PING, b"!"), (TEXT, "gr\u00fc")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x81\x01a", 1002),  # no mask
        (masked(1, b"a", first=0xC0), 1002),  # RSV1
        (masked(1, b"a", first=0xA0), 1002),  # RSV2
        (masked(1, b"a", first=0x90), 1002),  # RSV3
        (masked(3, b""), 1002),
        (masked(7, b""), 1002),
        (masked(11, b""), 1002),
        (masked(15, b""), 1002),
        (masked(9, b"a", first=0), 1002),  # a fragmented PING
        (masked(9, b"a" * 126), 1002),  # a long PING
        (masked(0, b"a"), 1002),  # a continuation of nothing
        (masked(1, b"a", first=0) + masked(1, b"b"), 1002),  # a new message inside another
        (b"\x82\xfe\x00\x05" + b"\0" * 9, 1002),  # 5 in two octets
        (b"\x82\xff" + (5).to_bytes(8, "big") + b"\0" * 9, 1002),  # 5 in eight octets
        (b"\x82\xff" + b"\xff" * 8, 1009),
        (b"\x82\xff" + (LIMIT + 1).to_bytes(8, "big"), 1009),  # before any of it is read
        (masked(1, b"a" * 60_000, first=0) + masked(0, b"a" * 60_000), 1009),  # over its fragments
        (masked(1, b"\xff"), 1007),
        (masked(1, b"\xed\xa0\x80"), 1007),  # a surrogate
        (masked(1, b"\xc3", first=0) + masked(0, b""), 1007),
    ],
)
def test_a_broken_rule_is_named_by_its_close_code(data: bytes, code: int) -> None:
    """1002 for the protocol, 1007 for the text, 1009 for the size."""
    with pytest.raises(Malformed) as broken:
        read(data)
    assert broken.value.code == code


def test_endless_empty_fragments_take_no_memory() -> None:
    """They are joined at once, and each is returned by itself, so that other sockets get their turn."""
    reader = FrameReader(LIMIT)
    reader.feed(masked(2, b"", first=0) + masked(0, b"", first=0) * 1000 + masked(CLOSE, b""))
    assert [reader.next() for _ in range(1001)] == [(CONTINUATION, b"")] * 1001
    assert reader.next() == (CLOSE, b"")


def test_a_reader_knows_whether_it_is_between_messages() -> None:
    """It is not within a frame, nor within a fragmented message."""
    for beginning, rest in ((b"\x81", masked(1, b"a")[1:]), (masked(1, b"a", first=0), masked(0, b"b"))):
        reader = FrameReader(LIMIT)
        assert reader.between_messages
        reader.feed(beginning)
        while reader.next() is not None:
            pass
        assert not reader.between_messages
        reader.feed(rest)
        assert reader.next() is not None
        assert reader.between_messages
