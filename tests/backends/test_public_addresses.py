"""Public addresses: nothing in a private network is connected to, however it is written."""

import socket

import pytest

from konektor.backends.public_addresses import PrivateAddressError, PublicResolver, addresses, is_public

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "239.255.255.250", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1", "2001:db8::1",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


def test_addresses_are_told_apart() -> None:
    """Loopback, private, link-local, shared, multicast, reserved, and those of IPv4 inside IPv6."""
    assert [text for text in PRIVATE if is_public(text)] == []
    assert [text for text in PUBLIC if not is_public(text)] == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f000001", "2130706433", "127.1"])
async def test_no_spelling_of_this_machine_is_connected_to(host: str) -> None:
    """Names are resolved at the moment of connecting, numbers in whatever form the system takes."""
    with pytest.raises(PrivateAddressError):
        await addresses(host, 443)
    with pytest.raises(PrivateAddressError):
        await PublicResolver().resolve(host, 443)


async def test_public_addresses_are_resolved_as_they_are() -> None:
    """So that what was checked is what is connected to."""
    resolver = PublicResolver()
    [found] = await resolver.resolve("8.8.8.8", 443)
    assert (found["host"], found["hostname"], found["port"]) == ("8.8.8.8", "8.8.8.8", 443)
    await resolver.close()


async def test_an_unknown_host_is_an_error_of_the_system() -> None:
    """Which passes by itself, maybe."""
    with pytest.raises(socket.gaierror):
        await addresses("nowhere.invalid", 443)
