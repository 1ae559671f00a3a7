"""Streams: which names there are, and what holds for each kind."""

from datetime import timedelta

import pytest

from konektor.errors import Refused
from konektor.payloads import Payload, decode, encode
from konektor.streams import DIRECT, GROUP, ROOM, Stream, StreamField


class Sent(Payload, frozen=True):
    """A payload with a stream."""

    stream: StreamField


@pytest.mark.parametrize(
    "name",
    [
        *("", "r", "r:", "x:1990", "r:1990-02-30", "r:13-01", "r:199", "r: 1990", "r:1990\n", "R:1990", "d:1990"),
        *("r:0001-02-29", "r:१९९०", "d:", "d:" + "g" * 24, "r:1990-5-17", "r:05-17-1990", "\0", "$gt"),
        "d:" + "A" * 24,
    ],
)  # fmt: skip
def test_a_name_that_no_stream_has_is_a_bad_request(name: str) -> None:
    """Wrong letters, impossible dates, and ids that are none; the field is named."""
    with pytest.raises(ValueError, match="A stream is"):
        Stream.parse(name)
    with pytest.raises(Refused, match="BAD_REQUEST") as refused:
        decode(Sent, {"stream": name})
    assert refused.value.details["field"] == "stream"


@pytest.mark.parametrize("sent", [None, 5, ["r:1990"], {"name": "r:1990"}, {"$gt": ""}])
def test_a_stream_in_a_payload_is_a_text(sent: object) -> None:
    """Not even an object with its name is one."""
    with pytest.raises(Refused, match="BAD_REQUEST") as refused:
        decode(Sent, {"stream": sent})
    assert refused.value.details["field"] == "stream"


def test_a_stream_is_what_its_name_says() -> None:
    """The kind, the key behind the colon, and its text again; equal names are equal streams."""
    leap, direct, group = Stream.parse("r:02-29"), Stream.parse("d:" + "a" * 24), Stream.parse("g:" + "b" * 24)
    assert [stream.kind for stream in (leap, direct, group)] == [ROOM, DIRECT, GROUP]
    assert (leap.key, str(leap), leap) == ("02-29", "r:02-29", Stream.room("02-29"))
    assert len({leap, Stream("r:02-29"), direct}) == 2
    assert encode(decode(Sent, {"stream": "r:02-29"})) == b'{"stream":"r:02-29"}'


def test_words_in_rooms_cost_and_expire_and_private_ones_do_not() -> None:
    """A token for each code point and 24 hours; nothing and for good."""
    assert (ROOM.price, ROOM.life) == (1, timedelta(hours=24))
    assert [(kind.price, kind.life) for kind in (DIRECT, GROUP)] == [(0, None)] * 2
    assert [Stream(name).expiring for name in ("r:1990", "d:" + "a" * 24)] == [True, False]
