"""A pytest plugin: a failed test shows the seed of the run and the logs of the servers it started."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support import randomness, server_logs

# How long an example takes says nothing on a busy machine; what it was is printed.
settings.register_profile("konektor", print_blob=True, deadline=None)
settings.load_profile("konektor")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hypothesis takes the seed of the run, unless it was given one."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(randomness.SEED)


def pytest_report_header() -> str:
    """The seed of the run."""
    return f"seed: {randomness.HINT}"


def pytest_collectstart(collector: pytest.Collector) -> None:
    """What a module chooses while it is imported is the same in every worker."""
    randomness.begin(collector.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each test has its own chance and its own part of the logs."""
    # Not its nodeid, which workers extend by the group that it runs in.
    randomness.begin(f"{item.path.name}::{item.name}")
    server_logs.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Adds what helps to repeat and to understand a failure."""
    report = yield
    if report.failed:
        report.sections += [(f"log of {title}", text) for title, text in server_logs.sections()]
        report.sections.append(("seed", randomness.HINT))
    return report
