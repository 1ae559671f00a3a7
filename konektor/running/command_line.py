"""The command line of run.py."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from konektor.members.invitations import TOKENS, USES

ROLES = ("member", "mod", "advertiser", "admin")


def count(text: str) -> int:
    """A whole number from 1 to a million."""
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError("takes 1 to 1000000")
    return number


def instances(text: str) -> int:
    """A number of instances, from 1 to 64."""
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("takes 1 to 64")
    return number


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    """The parsed command line."""
    parser = argparse.ArgumentParser(prog="run.py", description="Konektor: people meet through their birth dates.")
    parser.add_argument("--host", default="", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (8080)")
    parser.add_argument(
        "--workers",
        type=instances,
        default=0,
        help="run this many instances on the ports after --port; needs MONGODB_URI and REDIS_URL",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    code = commands.add_parser("invite", help="make an invitation and print its link")
    code.add_argument("--code", default="", help="the code, in place of a random one")
    code.add_argument("--uses", type=count, default=USES, help="how many people can join with it")
    code.add_argument("--tokens", type=count, default=TOKENS, help="tokens granted to each of them")
    role = commands.add_parser("admin", help="make a member an admin")
    role.add_argument("email")
    role.add_argument("--role", choices=ROLES, default="admin", help="another role; member removes the role")
    demo = commands.add_parser("demo", help="make 60 sample members with faces, messages and requests")
    demo.add_argument("--born", default="", metavar="DATE", help="around this birth date, like 1988-03-09")
    demo.add_argument("--few", action="store_true", help="only a dozen, without drawn faces, which is quicker")
    load = commands.add_parser("tokens", help="make members for load tests")
    load.add_argument("file", type=Path)
    load.add_argument("--count", type=count, default=100)
    load.add_argument("--room", default="1990")
    events = commands.add_parser("events", help="print the event reference")
    events.add_argument("--typescript", action="store_true", help="as TypeScript interfaces for socket.io-client")
    return parser.parse_args(argv)
