"""The functions of the fast path, in Python and compiled."""

import asyncio
import os
import socket
import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konektor.realtime import Options
from konektor.realtime.engineio.frames import TEXT, FrameReader, Malformed, contents
from konektor.realtime.socketio.codec import MAX_FRAME, Codec, PythonCodec, compiled
from tests.realtime.client import masked

COMPILED = compiled()
TWINS = [
    pytest.param(PythonCodec(), id="python"),
    pytest.param(COMPILED, id="compiled", marks=[] if COMPILED else pytest.mark.skip("there is no compiled codec")),
]
BEGINNING = st.sampled_from(
    ["42[", "420[", "4217[", '42["a"]', "43[", "42/a,[", "420x[", "42-1[", "42", "2"]
    + ["42" + count * "1" + "[" for count in (16, 17)]
)
FRAME = st.builds(lambda start, body: masked(1, start.encode() + body), BEGINNING, st.binary(max_size=150))


@pytest.mark.parametrize("codec", TWINS)
@pytest.mark.parametrize(
    ("text", "event"),
    [
        ('42["a"]', (None, b'["a"]')),
        ('420["a",1]', (0, b'["a",1]')),
        ('4207["a"]', (7, b'["a"]')),
        ('429999999999999999["a"]', (9_999_999_999_999_999, b'["a"]')),
        ('42["é' + "x" * 118 + '"]', (None, '["é'.encode() + b"x" * 118 + b'"]')),
        ('42["' + "x" * 119 + '"]', (None, b'["' + b"x" * 119 + b'"]')),
        ('42["' + "x" * 1010 + '"]', (None, b'["' + b"x" * 1010 + b'"]')),
        ("42[", (None, b"[")),
        ('42["' + "x" * 1011 + '"]', None),
        *((text, None) for text in ("", "4", "42", "2", "3", '43["a"]', '40{"a":[]}', '42/b,["a"]', '42 ["a"]')),
        *(
            (text, None)
            for text in ('42-1["a"]', '42１["a"]', '421234567890123456["a"]'.replace("42", "4212"), "421{}")
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_event_is_read_from_its_frame(codec: Codec, text: str, event: tuple[int | None, bytes] | None) -> None:
    """Any other packet, and a frame larger than the smallest limit, is left alone."""
    assert codec.read_event(masked(1, text.encode())) == event


@pytest.mark.parametrize("codec", TWINS)
@settings(deadline=None, max_examples=200, derandomize=True)
@given(BEGINNING, st.binary(max_size=200), st.binary(max_size=4), st.integers(0, 8), st.booleans())
def test_only_a_single_whole_text_frame_is_read(
    codec: Codec, start: str, body: bytes, more: bytes, opcode: int, final: bool
) -> None:
    """What is read is what the general path reads; any byte too many or too few leaves it to that."""
    data = masked(opcode, start.encode() + body, first=0x80 if final else 0)
    found = codec.read_event(data)
    assert more == b"" or codec.read_event(data + more) is None
    assert codec.read_event(data[:-1]) is None
    if found is not None:
        assert (opcode, final) == (TEXT, True)
        number, array = found
        digits = (start.encode() + body)[2:].partition(b"[")[0]
        assert start.encode() + body == b"42" + digits + array
        assert number == (int(digits) if digits else None)


@pytest.mark.parametrize("codec", TWINS)
@settings(deadline=None, max_examples=300, derandomize=True)
@given(st.binary(max_size=40) | FRAME)
def test_what_is_read_is_one_frame_for_the_general_path_too(codec: Codec, data: bytes) -> None:
    """Apart from its UTF-8, which is validated later; no bytes raise an exception."""
    if codec.read_event(data) is not None:
        reader = FrameReader(MAX_FRAME)
        reader.feed(data)
        with suppress(Malformed):
            assert reader.next() is not None
        assert reader.between_messages


@pytest.mark.skipif(COMPILED is None, reason="there is no compiled codec")
@settings(deadline=None, max_examples=400, derandomize=True)
@given(
    st.one_of(
        st.binary(max_size=40), st.builds(lambda a, b: masked(1, a.encode() + b), BEGINNING, st.binary(max_size=150))
    )
)
def test_the_twins_agree(data: bytes) -> None:
    """On every input."""
    assert COMPILED is not None
    assert COMPILED.read_event(data) == PythonCodec.read_event(data)


@pytest.mark.parametrize("codec", TWINS)
@pytest.mark.parametrize("size", [0, 1, 100, 121, 122, 123, 65530, 65531, 65532, 65533, 70_000])
@pytest.mark.parametrize("number", [0, 7, 9_999_999_999_999_999])
def test_an_ack_frame_has_the_number_and_the_array(codec: Codec, size: int, number: int) -> None:
    """In each of the three notations of a length."""
    array = b'["' + b"x" * size + b'"]'
    assert list(contents(codec.ack_frame(number, array))) == [(TEXT, b"43%d%b" % (number, array))]
    assert codec.ack_frame(number, array) == PythonCodec.ack_frame(number, array)


@pytest.mark.parametrize("codec", TWINS)
def test_a_write_tells_how_much_was_written(codec: Codec) -> None:
    """A full or broken socket takes nothing, without an exception."""
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        assert codec.write_now(near.fileno(), b"hello") == 5
        assert far.recv(10) == b"hello"
        large, written = bytes(1 << 20), 0
        while sent := codec.write_now(near.fileno(), large):
            assert 0 < sent <= len(large)
            written += sent
        assert written > 0
        far.close()
        assert codec.write_now(near.fileno(), b"hello") == 0
    closed = os.dup(1)
    os.close(closed)
    assert codec.write_now(closed, b"hello") == 0


@pytest.mark.skipif(COMPILED is None, reason="there is no compiled codec")
def test_the_compiled_twin_refuses_wrong_types() -> None:
    """With an exception instead of a crash."""
    assert COMPILED is not None
    for wrong in (
        lambda: COMPILED.read_event("text"),  # type: ignore[arg-type]
        lambda: COMPILED.ack_frame(1, "text"),  # type: ignore[arg-type]
        lambda: COMPILED.ack_frame("1", b"[]"),  # type: ignore[arg-type]
        lambda: COMPILED.ack_frame(1),  # type: ignore[call-arg]
        lambda: COMPILED.write_now("x", b""),  # type: ignore[arg-type]
        lambda: COMPILED.write_now(1, "text"),  # type: ignore[arg-type]
        lambda: COMPILED.first_step(None, None, None, None),
        lambda: COMPILED.first_step(None),  # type: ignore[call-arg]
    ):
        with pytest.raises(TypeError):
            wrong()


async def test_the_server_works_without_the_compiled_twin() -> None:
    """KONEKTOR_PURE_PYTHON=1 keeps it away; events, acks and rooms are the same."""
    code = (
        "import asyncio\n"
        "from konektor.realtime import create_server\n"
        "from konektor.realtime.socketio.codec import PythonCodec, codec\n"
        "from tests.realtime.client import Client\n"
        "from tests.realtime.conftest import serving\n"
        "async def main():\n"
        "    server = create_server()\n"
        "    server.on('echo', lambda sid, data: data)\n"
        "    async with serving(server) as port, Client(port) as client:\n"
        "        server.join(await client.join(), 'a')\n"
        "        assert await client.ask('echo', {'a': 'é'}) == {'a': 'é'}\n"
        "        server.push('n', 1, room='a')\n"
        "        assert await client.event() == ['n', 1]\n"
        "    assert isinstance(codec, PythonCodec)\n"
        "asyncio.run(main())\n"
    )
    environ = os.environ | {"KONEKTOR_PURE_PYTHON": "1"}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, env=environ)
    assert await process.wait() == 0


def test_the_smallest_limit_is_not_below_the_fast_path() -> None:
    """Otherwise it would let a frame pass that is too large."""
    with pytest.raises(ValueError, match="max_frame"):
        Options(max_frame=MAX_FRAME - 1)
