"""The client's address behind proxies."""

import ipaddress

import pytest

from konektor.realtime.engineio.addresses import AddressRateLimit, real_address

TRUSTED = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "real"),
    [
        ("203.0.113.1", ["6.6.6.6"], "203.0.113.1"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.9, nonsense"], "10.0.0.1"),
        ("::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_the_right_most_untrusted_address_counts(peer: str, forwarded: list[str], real: str) -> None:
    """The header counts only if the peer is a trusted proxy."""
    assert real_address(peer, forwarded, TRUSTED) == real


def test_without_trusted_proxies_the_header_is_ignored() -> None:
    """Any client can send it."""
    assert real_address("127.0.0.1", ["6.6.6.6"], []) == "127.0.0.1"


def test_a_rate_is_kept_for_each_address() -> None:
    """A burst at once, then a number per second, separately for each address."""
    rate = AddressRateLimit(2)
    assert [rate.allows("a", 0.0) for _try in range(3)] == [True, True, False]
    assert rate.allows("b", 0.0)
    assert [rate.allows("a", 0.5), rate.allows("a", 0.5)] == [True, False]
