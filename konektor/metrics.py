"""The metrics that /metrics shows, in their own registry."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LAG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of the application; those of the engine are read on each scrape."""

    registry: CollectorRegistry
    events: Counter
    event_seconds: Histogram
    requests: Counter
    request_seconds: Histogram
    batch_size: Histogram
    loop_lag: Histogram
    connections: Gauge
    connects: Counter
    recovered: Counter
    unknown_intents: Counter
    struck: Counter
    pushes: Counter


def make_metrics() -> Metrics:
    """The metrics, all at zero."""
    registry = CollectorRegistry()
    return Metrics(
        registry=registry,
        events=Counter(
            "konektor_events", "Events by name and by the code of their ack.", ["name", "code"], registry=registry
        ),
        event_seconds=Histogram(
            "konektor_event_seconds",
            "Time from receiving an event to its ack.",
            ["name"],
            buckets=QUICK,
            registry=registry,
        ),
        requests=Counter("konektor_requests", "HTTP requests.", ["route", "status"], registry=registry),
        request_seconds=Histogram(
            "konektor_request_seconds",
            "Time from receiving a request to its response.",
            ["route"],
            buckets=QUICK,
            registry=registry,
        ),
        batch_size=Histogram("konektor_batch_size", "Messages in one batch.", buckets=SIZES, registry=registry),
        loop_lag=Histogram(
            "konektor_loop_lag_seconds", "How late the event loop ran a timer.", buckets=LAG, registry=registry
        ),
        connections=Gauge("konektor_connections", "Signed-in connections.", registry=registry),
        struck=Counter(
            "konektor_struck", "Connections closed because they went on sending too many events.", registry=registry
        ),
        pushes=_pushes(registry),
        connects=Counter(
            "konektor_connects", "Connections accepted (ok) or refused, by code.", ["code"], registry=registry
        ),
        recovered=Counter("konektor_recovered", "Intents finished for an instance that died.", registry=registry),
        unknown_intents=Counter(
            "konektor_unknown_intents", "Stale intents left alone: their effect is unknown here.", registry=registry
        ),
    )


def _pushes(registry: CollectorRegistry) -> Counter:
    text = "Pushes to browsers by what became of them: sent, gone, later, refused, given up."
    return Counter("konektor_pushes", text, ["outcome"], registry=registry)
