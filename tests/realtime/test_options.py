"""Settings are checked when a server is made."""

import ipaddress
from typing import Any

import pytest

from konektor.realtime import create_engine, create_server
from konektor.realtime.options import Options


@pytest.mark.parametrize(
    "wrong",
    [
        {"ping_interval": 0},
        {"connect_timeout": -1},
        {"max_frame": 10},
        {"namespaces": ("a",)},
        {"trusted_proxies": ("x",)},
    ],
)
def test_a_value_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    """At once, not with the first client."""
    with pytest.raises(ValueError, match=r"."):
        create_server(**wrong)


def test_an_unknown_option_is_refused() -> None:
    """A misspelt limit would be no limit."""
    with pytest.raises(TypeError):
        create_engine(max_frames=1)


def test_proxies_are_networks() -> None:
    """Addresses and networks, as text or ready-made."""
    network = ipaddress.ip_network("192.168.0.0/16")
    assert Options(trusted_proxies=("10.0.0.1", network)).proxies == (ipaddress.ip_network("10.0.0.1/32"), network)
