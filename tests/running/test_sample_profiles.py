"""Profiles of sample members: made once by the ordinary rule, never over what somebody has changed."""

from datetime import date

from konektor.caller import Caller
from konektor.core import Core
from konektor.people import profile_changes
from konektor.running.sample_circle import Sample
from konektor.running.sample_people import fixed_people, people
from konektor.running.sample_profiles import describe
from konektor.running.sample_rooms import make_all
from konektor.store import accounts
from konektor.store.ids import new_id

TODAY = date(2026, 3, 14)


def somebody(key: str) -> Sample:
    """The sample member who is that person."""
    return Sample(next(person for person in (*people(), *fixed_people()) if person.key == key), "1988-03-09")


async def test_a_sample_member_has_a_profile(core: Core) -> None:
    """With the folded forms that discovery finds them by, and when they were here last."""
    mira = somebody("mira")
    await make_all(core, [mira])
    await describe(core, [mira])
    account = await accounts.by_email(core.db, mira.email) or {}
    assert {name: account[name] for name in mira.person.profile} == mira.person.profile
    assert account["find"]["city"] == "vienna"
    assert (account["badges"], account["seen"] <= core.now()) == (["Local VIP"], True)


async def test_some_have_premium_and_some_hide_something(core: Core) -> None:
    """The tick comes with the plan; a setting is off."""
    made = [somebody(key) for key in ("leila", "lukas", "greta")]
    await make_all(core, made)
    await describe(core, made)
    leila, lukas, greta = [await accounts.by_email(core.db, sample.email) or {} for sample in made]
    assert (leila["plan"], leila["tick"], "plan" in lukas) == ("premium", True, False)
    assert (lukas["settings"], greta["settings"]) == ({"age": False}, {"online": False})


async def test_what_was_changed_stays(core: Core) -> None:
    """A second run changes nothing, also when somebody has logged in as them and written something else."""
    mira = somebody("mira")
    await make_all(core, [mira])
    await describe(core, [mira])
    account = await accounts.by_email(core.db, mira.email)
    assert account
    await profile_changes.update(core, Caller.of(account, new_id()), {"about": "New here.", "city": None})
    await describe(core, [mira])
    after = await accounts.by_email(core.db, mira.email) or {}
    assert (after["about"], "city" in after) == ("New here.", False)
