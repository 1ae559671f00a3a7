"""Public addresses: connecting only to servers on the Internet, never to one in a private network."""

import asyncio
import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""The addresses in which a network of IPv6 alone writes those of IPv4."""


class PrivateAddressError(OSError):
    """A host has an address that is not one of the Internet."""


def is_public(text: str) -> bool:
    """Whether an IP address is one that everybody on the Internet reaches the same host by."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast


async def addresses(host: str, port: int, family: int = socket.AF_UNSPEC) -> list[tuple[int, str]]:
    """The addresses of a host, each behind its family. OSError without any, PrivateAddressError for a private one."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    resolved: list[tuple[int, str]] = [(kind, str(place[0])) for kind, _, _, _, place in found]
    if not all(is_public(address) for _, address in resolved):
        raise PrivateAddressError(f"{host} is in a private network")
    return resolved


class PublicResolver(AbstractResolver):
    """Resolves the names of hosts at the moment of connecting, so that nothing else is connected to than was checked.

    Addresses in place of a name never get here: whoever uses this has to refuse them.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See aiohttp's AbstractResolver. OSError, PrivateAddressError."""
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for kind, address in await addresses(host, port, family)
        ]

    async def close(self) -> None:
        """Nothing is kept."""
