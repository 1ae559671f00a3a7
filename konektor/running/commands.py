"""The commands of run.py, each on an open Core."""

from argparse import Namespace

from konektor.core import Core
from konektor.members.accounts import set_role
from konektor.members.invitations import for_first_member, issue, link
from konektor.running import sample_members, samples
from konektor.running.sample_activity import online_now, unattended
from konektor.store import accounts


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
    made = await samples.demo(core, args.born)
    online = {account["email"] for account in online_now(await unattended(core), core.now())}
    print(f"Log in at {core.config.public_url}/login with the password {sample_members.PASSWORD} as one of:\n")
    for email in made:
        account = await accounts.by_email(core.db, email)
        if account:
            print(f"  {email:36} born {account['dob']}{', online' if email in online else ''}")
    if args.born:
        print(f"\nOr sign up with the date of birth {args.born}: `python run.py invite` makes an invitation.")
    print("\nWhile a server runs, those online answer within 10 seconds in a room that you have open.")
    print("Others come online every 20 minutes. Whom you log in as is left to you.")


async def tokens(core: Core, args: Namespace) -> None:
    """`run.py tokens`: makes members for load tests and writes their access tokens."""
    args.file.touch()  # fails before members are created if the file cannot be written
    made = await samples.load_members(core, args.count, args.room)
    args.file.write_text("".join(f"{token}\n" for token in made))
    print(f"{len(made)} members of {args.room}, their tokens in {args.file}")


COMMANDS = {"invite": invite, "admin": admin, "demo": demo, "tokens": tokens}
DEVELOPMENT = frozenset({"demo", "tokens"})
