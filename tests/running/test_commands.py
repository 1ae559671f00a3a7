"""The small commands of run.py, each on an open database."""

import re
from pathlib import Path
from typing import Any

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.members.accounts import log_in
from konektor.members.invitations import usable
from konektor.running import commands
from konektor.running.command_line import arguments
from konektor.running.sample_members import PASSWORD
from konektor.store import accounts
from konektor.tokens import wallet
from tests.conftest import join
from tests.support.login_helpers import try_token


async def say(core: Core, *words: str) -> None:
    """Runs a small command in this process."""
    asked = arguments(words)
    await commands.COMMANDS[asked.command](core, asked)


async def test_an_invitation_is_good_as_often_as_it_says(core: Core, capsys: pytest.CaptureFixture[str]) -> None:
    """With the tokens that it says."""
    await say(core, "invite", "--uses", "3", "--tokens", "7")
    made = await usable(core, capsys.readouterr().out.split()[0])
    assert (made["cap"], made["tokens"], made["role"]) == (3, 7, "member")


async def test_a_role_is_given_and_taken(core: Core) -> None:
    """To a member; somebody unknown is said to be unknown."""
    member = await join(core, "Ann")
    roles = []
    for words in (["--role", "mod"], ["--role", "member"], []):
        await say(core, "admin", member.email, *words)
        roles.append((await accounts.get(core.db, member.caller.member) or {})["role"])
    assert roles == ["mod", "member", "admin"]
    with pytest.raises(Refused, match="NOT_FOUND"):
        await say(core, "admin", "nobody@example.org")


async def test_sample_members_can_be_made_again(core: Core, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing doubles: members, messages in rooms and those of friends, the ad."""
    counts = []
    for _ in range(2):
        await say(core, "demo", "--few")
        await core.tasks.finish(5)
        names: Any = ("accounts", "messages", "sponsors")
        counts.append([await core.db[name].count_documents({}) for name in names])
    assert counts[0] == counts[1] == [5 + 12, 8 + 12 + 4, 1]


async def test_the_sample_members_are_printed_with_how_to_log_in(
    core: Core, capsys: pytest.CaptureFixture[str]
) -> None:
    """The address of the page, the password, every e-mail address, and who answers."""
    await say(core, "demo", "--few", "--born", "1988-03-09")
    said = capsys.readouterr().out
    addresses = re.findall(r"(\S+@demo\.example) +born (\S+?)(, online)?\n", said)
    assert len(addresses) == 12
    assert sum(bool(online) for *_, online in addresses) >= 2
    assert f"{core.config.public_url}/login" in said
    for email, born, _ in addresses:
        account = await log_in(core, email, PASSWORD, "test")
        assert (account["dob"], PASSWORD in said) == (born, True)


async def test_a_birth_date_that_nobody_has_is_refused(core: Core) -> None:
    """With the sentence that the signup form shows."""
    for born, code in (
        ("1988-02-30", "BAD_REQUEST"),
        ("9 March", "BAD_REQUEST"),
        (f"{core.now():%Y-%m-%d}", "UNDERAGE"),
    ):
        with pytest.raises(Refused, match=code):
            await say(core, "demo", "--born", born)
    assert await accounts.is_empty(core.db)


async def test_members_for_load_tests_have_full_wallets(core: Core, tmp_path: Path) -> None:
    """Each line of the file is a token that works, of a member of that room."""
    await say(core, "tokens", str(tmp_path / "tokens"), "--count", "3", "--room", "02-29")
    tokens = (tmp_path / "tokens").read_text().split()
    assert [await try_token(core, token) for token in tokens] == ["in"] * 3
    made = await core.db["accounts"].find({"labels": "02-29"}).to_list(9)
    assert [await wallet.balance(core, member["_id"]) for member in made] == [10_000_000] * 3
