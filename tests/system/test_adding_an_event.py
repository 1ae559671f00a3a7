"""The guide to adding an event, followed literally in a copy of the project, and undone again."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.npm import package
from tests.support.paths import NODE, ROOT

GUIDE = ROOT / "docs" / "adding-an-event.md"
STEP = re.compile(r"^### \d+\. `(?P<path>[^`]+)`(?P<place>[^\n]*)\n.*?^```\w+\n(?P<text>.*?)^```$", re.M | re.S)
LEFT_OUT = shutil.ignore_patterns(".*", "node_modules", "var", "__pycache__", "build")
SHAPES = "greeting or not ([konektor/ or [handlers/ or [events/ or [tests/ or [static/)"
"""The shapes of the new files and of the whole; those of all other files are as the tests of the project find them."""
CHECKED = ("tests/members/test_greetings.py", "tests/events/test_greetings.py", "tests/shape", "tests/events/reference")

BROWSER_TEST = '''"""The page of the guide, in a real browser."""

from playwright.async_api import expect

from tests.browser.pages_driver import Driver
from tests.conftest import Member


async def test_members_greet_each_other(driver: Driver, ann: Member, bob: Member) -> None:
    """What one sends from the page, the other sees on theirs."""
    first, second = await driver.enter(ann, "/app#/greetings"), await driver.enter(bob, "/app#/greetings")
    await expect(second).to_have_title("Greetings · Konektor")
    await expect(second.get_by_text("No greetings yet")).to_be_visible()
    await first.get_by_label("Member").fill(str(bob.caller.member))
    await first.get_by_role("button", name="Send a greeting").click()
    await expect(second.get_by_text(f"{ann.caller.author.username}: Happy birthday!")).to_be_visible()
'''


def steps() -> list[re.Match[str]]:
    """The steps of the guide: a file, whether something is added to it, and the text."""
    return list(STEP.finditer(GUIDE.read_text(encoding="utf8")))


def follow(project: Path) -> None:
    """Does what the guide says."""
    for step in steps():
        path, text = project / step["path"], step["text"]
        if not step["place"]:
            assert not path.exists(), f"{step['path']} exists already"
            path.write_text(text, encoding="utf8")
        elif "PAGES" in step["place"]:
            before, end, after = path.read_text(encoding="utf8").rpartition("];\n")
            path.write_text(before + text + end + after, encoding="utf8")
        else:
            path.write_text(path.read_text(encoding="utf8") + text, encoding="utf8")


def undo(project: Path) -> None:
    """Deletes the files of the guide and its entries."""
    for step in steps():
        path = project / step["path"]
        if step["place"]:
            path.write_text(path.read_text(encoding="utf8").replace(step["text"], "", 1), encoding="utf8")
        else:
            path.unlink()


def contents(project: Path) -> dict[str, bytes]:
    """Every file of the project, without what its programs leave behind."""
    files = [path for path in project.rglob("*") if path.is_file() and not path.is_symlink()]
    kept = [path for path in files if not {"__pycache__", "node_modules", ".cache"} & set(path.parts)]
    return {str(path.relative_to(project)): path.read_bytes() for path in kept}


def run(project: Path, *command: str) -> str:
    """The output of a Python module or script there, which must succeed."""
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "RUFF_CACHE_DIR": str(project / ".cache")}
    done = subprocess.run(
        [sys.executable, *command], cwd=project, env=environ, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def pytest_there(project: Path, tests: Sequence[str]) -> str:
    """The output of those tests in the project."""
    return run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", SHAPES, *tests)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project without what is installed beside it, and with what mypy knows of it already."""
    package("socket.io-client")
    copy = tmp_path / "konektor"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    if (types := ROOT / ".mypy_cache").exists():
        shutil.copytree(types, copy / ".cache")
    (copy / "tests" / "js" / "node_modules").symlink_to(NODE / "node_modules")
    return copy


@pytest.mark.timeout(400)
def test_the_guide_adds_an_event_with_a_page_in_seven_files(project: Path) -> None:
    """Checks, tests, reference and page all know the event; afterwards nothing of it is left."""
    before = contents(project)
    follow(project)
    assert len(before.keys() ^ contents(project).keys()) == 5
    assert len([path for path, text in contents(project).items() if before.get(path) != text]) == 7
    run(project, "-m", "ruff", "check", ".")
    run(project, "-m", "ruff", "format", "--check", ".")
    run(project, "-m", "mypy", "--cache-dir", str(project / ".cache"))
    assert "greeting:send  {userId, text, cid?}  ->  {id}" in run(project, "run.py", "events")
    assert '"greeting:received"' in run(project, "run.py", "events", "--typescript")
    page_test = project / "tests" / "browser" / "test_greetings.py"
    page_test.write_text(BROWSER_TEST, encoding="utf8")
    pytest_there(project, [*CHECKED, str(page_test)])
    page_test.unlink()
    undo(project)
    assert contents(project) == before
    assert "greeting" not in run(project, "run.py", "events")
