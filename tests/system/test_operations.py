"""docs/operations.md speaks of nothing that is not there."""

import re
from collections.abc import Iterable

from prometheus_client.core import Metric

from konektor.backends.engine_metrics import BusMetrics, EngineMetrics
from konektor.metrics import make_metrics
from konektor.realtime import Bus, Stats
from tests.support.paths import ROOT

TEXT = (ROOT / "docs" / "operations.md").read_text()


def names(families: Iterable[Metric]) -> set[str]:
    """What Prometheus calls them."""
    return {family.name + ("_total" if family.type == "counter" else "") for family in families}


def test_every_metric_to_watch_is_there() -> None:
    """Under the name that it has."""
    bus = Bus("redis://127.0.0.1:1", "test:", lambda channel, payload: None)
    known = names(make_metrics().registry.collect())
    known |= names(EngineMetrics(Stats()).collect()) | names(BusMetrics(bus).collect())
    named = set(re.findall(r"`(konektor_\w+)", TEXT))
    assert len(named) > 12
    assert named <= known


def test_every_file_it_leads_to_is_there() -> None:
    """Links are relative to docs/."""
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_every_setting_is_one_that_konektor_reads() -> None:
    """A misspelt one would be ignored without a word."""
    source = "".join(path.read_text() for path in (ROOT / "konektor" / "config").glob("*.py"))
    named = set(re.findall(r"\b(KONEKTOR_[A-Z_]+|MONGODB_URI|REDIS_URL)\b", TEXT))
    assert named
    assert [name for name in named if f'"{name}"' not in source] == []
