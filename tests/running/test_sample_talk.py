"""What sample members have said: lines that fit the date, by members who are there."""

from datetime import date

from konektor.core import Core
from konektor.dates import stored
from konektor.running.sample_circle import FIRST, circle
from konektor.running.sample_rooms import make_all
from konektor.running.sample_talk import LINES, talk
from tests.support.message_helpers import bodies

BORN = stored("1988-03-09")


def test_everybody_who_speaks_is_made_first() -> None:
    """So that a dozen of them says everything."""
    assert all(number < FIRST[group] for group, number, _, _ in LINES)


async def test_lines_name_the_date(core: Core) -> None:
    """No placeholder is left, and nobody speaks who is not there."""
    around = circle(BORN, date(2026, 3, 14), {**FIRST, "week": 0})
    await make_all(core, [sample for found in around.values() for sample in found])
    await talk(core, BORN, around)
    said = [line for room in ("r:1988-03-09", "r:03-09", "r:1988", "r:1988-W10") for line in await bodies(core, room)]
    assert len(said) == len(LINES) - 1
    assert any("9 March 1988" in line for line in said)
    assert any("Wednesday" in line for line in said)
    assert not [line for line in said if "{" in line]
