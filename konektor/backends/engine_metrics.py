"""Metrics of the engine and of the bus, read on each scrape."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from konektor.realtime import Bus, Stats

COUNTERS = {
    "handshakes": "Connections that were opened.",
    "refused": "Handshakes that were refused.",
    "malformed": "Connections closed for a malformed packet.",
    "slow": "Connections closed because they read too slowly.",
    "dropped": "Typing and presence events that a slow connection missed.",
    "frames_in": "Websocket messages received.",
    "frames_out": "Websocket messages sent.",
    "bytes_in": "Bytes received over websockets.",
    "bytes_out": "Bytes sent over websockets.",
}


BUS_COUNTERS = {
    "published": "Messages to other instances.",
    "received": "Messages from other instances.",
    "dropped": "Messages not published because Redis was unavailable; they are read from the store.",
    "reconnects": "Connections to Redis that were lost.",
}


class BusMetrics(Collector):
    """The counters of a bus as `konektor_bus_<name>`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        yield GaugeMetricFamily(
            "konektor_bus_healthy", "1 while pub/sub over Redis works.", value=float(self._bus.healthy)
        )
        channels = self._bus.stats.subscriptions
        yield GaugeMetricFamily("konektor_bus_subscriptions", "Channels subscribed to here.", value=channels)
        for name, meaning in BUS_COUNTERS.items():
            yield CounterMetricFamily(f"konektor_bus_{name}", meaning, value=getattr(self._bus.stats, name))


class EngineMetrics(Collector):
    """The counters of an engine as `konektor_engine_<name>`."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        yield GaugeMetricFamily("konektor_engine_sockets", "Open connections.", value=self._stats.sockets)
        for name, meaning in COUNTERS.items():
            yield CounterMetricFamily(f"konektor_engine_{name}", meaning, value=getattr(self._stats, name))


def show_engine(registry: CollectorRegistry, stats: Stats) -> None:
    """Adds the metrics of an engine to a registry."""
    registry.register(EngineMetrics(stats))


def show_bus(registry: CollectorRegistry, bus: Bus) -> None:
    """Adds the metrics of a bus to a registry."""
    registry.register(BusMetrics(bus))
