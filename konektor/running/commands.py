"""The small commands of run.py, each on an open Core, and what it prints."""

from argparse import Namespace

from konektor.core import Core
from konektor.errors import Refused
from konektor.members.invitations import for_first_member, issue, link
from konektor.running import samples
from konektor.store import accounts


async def welcome(core: Core) -> None:
    """Prints where the server is, and on an empty database how the first member gets in."""
    print(f"Konektor is at {core.config.public_url}  (Ctrl-C stops it)", flush=True)
    first = await for_first_member(core)
    if first:
        address = link(core, first["_id"])
        print(f"Nobody is here yet. The first member, who becomes admin, joins at\n  {address}", flush=True)


async def invite(core: Core, words: Namespace) -> None:
    """`run.py invite`: makes a code and prints its link."""
    made = await issue(core, words.code, cap=words.uses, tokens=words.tokens)
    print(made["_id"], link(core, made["_id"]), sep="\n")


async def admin(core: Core, words: Namespace) -> None:
    """`run.py admin`: makes a member an admin."""
    account = await accounts.set_role(core.db, words.email.strip().lower(), words.role)
    if account is None:
        raise Refused("NOT_FOUND", f"No member has the address {words.email}; sign up first.")
    print(f"{account['username']} is {words.role} now; it holds from their next connection on.")


async def demo(core: Core, words: Namespace) -> None:
    """`run.py demo`: makes sample members."""
    for email in await samples.demo(core):
        print(f"{email}  {samples.PASSWORD}")


async def tokens(core: Core, words: Namespace) -> None:
    """`run.py tokens`: makes members for load tests and writes their access tokens."""
    words.file.touch()  # a file that cannot be written is said so before anybody is made for it
    made = await samples.load_members(core, words.count, words.room)
    words.file.write_text("".join(f"{token}\n" for token in made))
    print(f"{len(made)} members of {words.room}, their tokens in {words.file}")


COMMANDS = {"invite": invite, "admin": admin, "demo": demo, "tokens": tokens}
DEVELOPMENT = frozenset({"demo", "tokens"})
