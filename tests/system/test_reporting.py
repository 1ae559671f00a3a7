"""The report of a failed test: the seed that repeats it, and the logs of the servers that it started."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT

FAILING = '''
import random
from pathlib import Path

from hypothesis import given, strategies
from tests.support.server_logs import keep, shown

LOG = Path(__file__).with_name("server.log")


def test_with_a_server():
    """Fails while its server runs."""
    print("chance:", random.random())
    with shown("the server", LOG):
        LOG.write_text("the server says why")
        keep("a command", "the command says why")
        raise AssertionError


@given(strategies.integers())
def test_with_examples(number):
    """Fails for some numbers."""
    assert number < 100
'''


def report(folder: Path, seed: int) -> str:
    """What pytest prints about the failing tests."""
    (folder / "test_failing.py").write_text(FAILING)
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.reporting", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(
        [*command, "--rootdir", str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KONEKTOR_TEST_SEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def chance(printed: str) -> str:
    """The number that chance decided."""
    return next(line for line in printed.splitlines() if line.startswith("chance:"))


def test_a_failed_test_shows_the_logs_of_its_servers_and_how_to_repeat_it(tmp_path: Path) -> None:
    """Logs of servers that still run and of those that have ended; the seed, which gives the same numbers again."""
    printed = report(tmp_path, 7)
    for part in ("log of the server", "the server says why", "the command says why", "reproduce_failure"):
        assert part in printed
    assert "KONEKTOR_TEST_SEED=7" in printed
    assert chance(report(tmp_path, 7)) == chance(printed)
