"""The vocabulary: pages, templates and docs name no event that does not exist."""

import re
from pathlib import Path

import pytest

from konektor.server_events import server_events
from run import ALL_EVENTS
from tests.support.paths import ROOT

KNOWN = {name for _, name in ALL_EVENTS} | set(server_events())
FAMILIES = "|".join(sorted({name.partition(":")[0] for name in KNOWN}))

QUOTED = re.compile(r"""(?<=["'`>])([a-z]+:[a-z]+)(?=["'`<])""")
"""Two words and a colon, and nothing else between quotes or tags: whatever the words are, an event is meant."""
FAMILIAR = re.compile(rf"(?<![\w/.:\"'`>-])((?:{FAMILIES}):[a-z]+)(?![\w/:-])")
"""A family that events have, anywhere in a sentence."""
PSEUDO = frozenset({"active", "checked", "disabled", "empty", "focus", "hover", "invalid", "root", "target", "visited"})
"""What follows the colon in a CSS selector like `a:hover`."""


def named(text: str) -> set[str]:
    """The events that a text names; `og:title` and its like are what pages tell of themselves (Open Graph)."""
    found = {*QUOTED.findall(text), *FAMILIAR.findall(text)}
    return {name for name in found if name.partition(":")[2] not in PSEUDO and not name.startswith(("og:", "twitter:"))}


def sources() -> list[Path]:
    """Everything that people write and that may name an event; what others wrote is in static/vendor."""
    found = [*ROOT.glob("static/js/**/*.js"), *ROOT.glob("templates/**/*.html"), *ROOT.glob("docs/**/*.md")]
    found.remove(ROOT / "docs" / "adding-an-event.md")  # its event exists once its steps are done
    return sorted(path.relative_to(ROOT) for path in [*found, *ROOT.glob("*.md"), *ROOT.glob("benchmarks/*.md")])


@pytest.mark.parametrize("path", sources(), ids=str)
def test_every_event_that_is_named_exists(path: Path) -> None:
    """A misspelt or forgotten name is found here and not by a user to whom nothing happens."""
    assert not named((ROOT / path).read_text(encoding="utf8")) - KNOWN


def test_the_browser_asks_and_hears() -> None:
    """The pages name events at all, so that the test above has something to look at."""
    pages = set().union(
        *(named((ROOT / path).read_text(encoding="utf8")) for path in sources() if path.suffix == ".js")
    )
    assert {"message:send", "room:enter", "message:new", "session:ended"} <= pages


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('ask("message:sned", {})', {"message:sned"}),
        ("on('coffee:ready', brew)", {"coffee:ready"}),
        ("<code>room:open</code> lets you in", {"room:open"}),
        ("the client sends room:open, then waits", {"room:open"}),
        ("asks `swipe:send`.", {"swipe:send"}),
        ('querySelector("a:hover")', set()),
        ('fetch("https://example.org/room:open/x")', set()),
        ("data:image/png;base64,AAAA", set()),
        ("background:url(x); color:red", set()),
        ('"mailto:ada@example.org"', set()),
        ('<meta property="og:title">', set()),
        ("at 12:30 or r:1990-05-17", set()),
    ],
)
def test_what_looks_like_an_event_is_found(text: str, found: set[str]) -> None:
    """Misspelt ones are seen in code, markup and sentences; selectors, addresses and times are not."""
    assert named(text) == found
