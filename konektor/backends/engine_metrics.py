"""The engine's counters among the metrics, read when somebody asks for them."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from konektor.realtime import Stats

COUNTERS = {
    "handshakes": "Connections that were opened.",
    "refused": "Handshakes that were refused.",
    "malformed": "Connections closed for a packet that breaks the protocol.",
    "slow": "Connections cut because they did not read.",
    "dropped": "Signs of typing and presence that a slow connection missed.",
    "frames_in": "Websocket messages received.",
    "frames_out": "Websocket messages sent.",
    "bytes_in": "Bytes received over websockets.",
    "bytes_out": "Bytes sent over websockets.",
}


class EngineMetrics(Collector):
    """Shows one engine's counters as `konektor_engine_<name>`."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        yield GaugeMetricFamily("konektor_engine_sockets", "Open connections.", value=self._stats.sockets)
        for name, meaning in COUNTERS.items():
            yield CounterMetricFamily(f"konektor_engine_{name}", meaning, value=getattr(self._stats, name))


def show_engine(registry: CollectorRegistry, stats: Stats) -> None:
    """Adds an engine's counters to a registry."""
    registry.register(EngineMetrics(stats))
