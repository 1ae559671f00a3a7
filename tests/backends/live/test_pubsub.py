"""What instances tell each other, and a bell for one that is alone."""

import msgspec
import pytest

from konektor.backends.live import pubsub as bell
from konektor.backends.live.pubsub import Ended, LocalOnly, Told, encode


def test_what_is_told_arrives_as_it_was() -> None:
    """With the frames untouched, whatever is in them."""
    said = Told(b"\x81\x00\xff", 7, "a" * 24, b"mine", droppable=True)
    assert bell.told(encode(said)) == said
    over = Ended("b" * 24, "revoked")
    assert bell.ended(encode(over)) == over


def test_what_another_release_rings_is_refused() -> None:
    """Rather than sent to members: nobody knows what it means."""
    for payload in (b"", b"\xc1", encode([1, 2]), encode(["text", 1, "", b"", False])):
        with pytest.raises(msgspec.DecodeError):
            bell.told(payload)


async def test_an_instance_that_is_alone_is_always_well() -> None:
    """Watching is done at once, and ringing reaches nobody."""
    alone = LocalOnly()
    await alone.subscribe("s:r:1990")
    alone.publish("s:r:1990", b"hello")
    alone.unsubscribe("s:r:1990")
    assert (alone.healthy, alone.outages) == (True, 0)
