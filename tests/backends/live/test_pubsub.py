"""What instances send each other, and the publisher of an instance without others."""

import msgspec
import pytest

from konektor.backends.live.pubsub import Body, End, LocalOnly, Publication, Refresh, Tell, decode, encode


@pytest.mark.parametrize(
    "body",
    [
        Publication(b"\x81\x00\xff", 7, "a" * 24, b"mine", droppable=True),
        Publication(b"", change="b" * 24),
        Tell(b"\x81\x00"),
        End("b" * 24, "revoked"),
        Refresh(),
    ],
)
def test_a_body_arrives_as_it_was_sent(body: Body) -> None:
    """With its frames untouched, whatever is in them."""
    assert decode(encode(body)) == body


@pytest.mark.parametrize("payload", [b"", b"\xc1", encode([1, 2]), encode(["p", "text"]), encode(["unknown", b""])])
def test_a_body_of_another_version_is_refused(payload: bytes) -> None:
    """Rather than sent to members."""
    with pytest.raises(msgspec.DecodeError):
        decode(payload)


async def test_an_instance_without_others_is_always_healthy() -> None:
    """Subscribing is done at once, and publishing reaches nobody."""
    alone = LocalOnly()
    await alone.subscribe("s:r:1990")
    alone.publish("s:r:1990", b"hello")
    alone.unsubscribe("s:r:1990")
    assert alone.healthy
