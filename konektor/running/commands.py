"""The commands of run.py, each on an open Core."""

from argparse import Namespace

from konektor.core import Core
from konektor.members.accounts import set_role
from konektor.members.invitations import for_first_member, issue, link
from konektor.running import sample_faces, sample_members, samples
from konektor.running.sample_activity import online_now, unattended
from konektor.running.sample_circle import FIRST, GROUPS

SHOWN = 12
"""Sample members whose addresses `run.py demo` prints."""


async def welcome(core: Core) -> None:
    """Prints the address of the server, and on an empty database the link for the first member."""
    print(f"Konektor is at {core.config.public_url}  (Ctrl-C stops it)", flush=True)
    first = await for_first_member(core)
    if first:
        address = link(core, first["_id"])
        print(f"Nobody is here yet. The first member, who becomes admin, joins at\n  {address}", flush=True)


async def invite(core: Core, args: Namespace) -> None:
    """`run.py invite`: makes a code and prints its link."""
    made = await issue(core, args.code, cap=args.uses, tokens=args.tokens)
    print(made["_id"], link(core, made["_id"]), sep="\n")


async def admin(core: Core, args: Namespace) -> None:
    """`run.py admin`: makes a member an admin, or gives them another role."""
    account = await set_role(core, args.email, args.role)
    print(f"{account['username']} is {args.role} now.")


async def demo(core: Core, args: Namespace) -> None:
    """`run.py demo`: makes sample members, and prints how to log in and who answers."""
    made = await samples.demo(core, args.born, FIRST if args.few else GROUPS)
    if not args.few:
        await sample_faces.draw_missing(core, made, told=_tell_left)
    online = {account["email"] for account in online_now(await unattended(core), core.now())}
    print(f"Log in at {core.config.public_url}/login with the password {sample_members.PASSWORD} as one of:\n")
    for sample in made[:SHOWN]:
        print(f"  {sample.email:36} born {sample.born}{', online' if sample.email in online else ''}")
    if len(made) > SHOWN:
        print(f"  … and {len(made) - SHOWN} more")
    print(f"\n{made[0].person.first_name}, the first of them, has friends, and requests to answer.")
    if args.born:
        print(f"\nOr sign up with the date of birth {args.born}: `python run.py invite` makes an invitation.")
        print("Run this command again afterwards, and there are friends and requests for you, too.")
    print("\nWhile a server runs, those online answer within 10 seconds in a room that you have open.")
    print("Others come online every 20 minutes. Whom you log in as is left to you.")


def _tell_left(left: int) -> None:
    """Tells how many faces are still to be drawn, every ten."""
    if left % 10 == 0:
        print(f"Drawing faces: {left} to go", flush=True)


async def tokens(core: Core, args: Namespace) -> None:
    """`run.py tokens`: makes members for load tests and writes their access tokens."""
    args.file.touch()  # fails before members are created if the file cannot be written
    made = await samples.load_members(core, args.count, args.room)
    args.file.write_text("".join(f"{token}\n" for token in made))
    print(f"{len(made)} members of {args.room}, their tokens in {args.file}")


COMMANDS = {"invite": invite, "admin": admin, "demo": demo, "tokens": tokens}
DEVELOPMENT = frozenset({"demo", "tokens"})
