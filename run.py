"""Konektor's one command: builds everything, serves, and hosts the small commands."""

import asyncio
import logging
import os
import signal
import sys
import warnings
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import uvloop
from aiohttp import web
from pymongo.errors import PyMongoError

from events import asyncapi, invitations, messages, reference, rooms, sessions, sync, wallet
from events.connection import Connections
from events.wire import RESERVED, Dispatcher, events_of
from handlers.app import make_app
from handlers.context import cookie_session
from handlers.reference import Reference
from konektor import logs, recovery, samples
from konektor.backends import embedded
from konektor.backends.bcrypt_passwords import ROUNDS, BcryptPasswords
from konektor.backends.engine_metrics import show_engine
from konektor.backends.live import SocketLive
from konektor.backends.memory import MemoryLimits, MemoryPresence, MemoryTyping
from konektor.batching import Batcher, Tasks
from konektor.command_line import arguments
from konektor.config import Config, ConfigError, note_address, read, with_address, with_secret
from konektor.core import Core
from konektor.errors import Refused
from konektor.heads import Heads
from konektor.invitations import for_first_member, issue, link
from konektor.metrics import make_metrics
from konektor.realtime import Server, create_server
from konektor.rounds import rounds
from konektor.store import STORES
from konektor.store import accounts as people
from konektor.store.database import Mongo, make_indexes, open_database

log = logging.getLogger("konektor")

EVENTS = events_of((sessions, sync, rooms, messages, invitations, wallet))
BATCH = 128
DRAIN = 20.0


@dataclass(frozen=True, slots=True)
class House:
    """What stands while the server or a command runs."""

    core: Core
    db: Mongo
    server: Server
    live: SocketLive


def now() -> datetime:
    """The time in UTC, in whole milliseconds as the database keeps them."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stream_of(payload: Any) -> Any:
    """What makes a newer sign of writing or read mark take the place of one that still waits."""
    return payload["stream"]


@asynccontextmanager
async def opened(
    config: Config, *, serving: bool, now: Callable[[], datetime] = now, rounds: int = ROUNDS
) -> AsyncIterator[House]:
    """Opens the database and builds everything on it; closes it all in reverse. `rounds` are those of bcrypt."""
    async with AsyncExitStack() as stack:
        uri = config.mongodb_uri
        if config.embedded:
            start = embedded.serve if serving else embedded.borrow
            uri = await stack.enter_async_context(start(config.data_dir))
        db = await open_database(config, uri)
        stack.push_async_callback(db.close)
        await make_indexes(db, [store.INDEXES for store in STORES])
        passwords = BcryptPasswords(rounds)
        stack.callback(passwords.close)
        tasks, metrics = Tasks(), make_metrics()
        stack.push_async_callback(tasks.finish, DRAIN)
        server = create_server(
            trusted_proxies=config.trusted_proxies,
            origins=(config.public_url, *config.allowed_origins),
            reserved_answer=RESERVED,
            coalesce={"message:typing": stream_of, "message:read": stream_of},
        )
        show_engine(metrics.registry, server.stats)
        live = SocketLive(server, tasks.start)
        core = Core(
            config=config,
            db=db,
            live=live,
            presence=MemoryPresence(now),
            typing=MemoryTyping(now),
            limits=MemoryLimits(now),
            passwords=passwords,
            metrics=metrics,
            tasks=tasks,
            heads=Heads(),
            sends=Batcher(tasks, most=BATCH, observe=metrics.batch_size.observe, patience=0.001),
            settles=Batcher(tasks, most=BATCH, pause=0.05),
            now=now,
        )
        yield House(core, db, server, live)


def application(house: House) -> web.Application:
    """The HTTP application with the Socket.IO server on it."""
    core = house.core
    described = Reference(reference.rows(EVENTS.values()), asyncapi.document(EVENTS.values(), core.config.public_url))
    app = make_app(core, {"mongodb": lambda: house.db.command("ping")}, described)
    Connections(core, house.live, Dispatcher(core, EVENTS), cookie_session).attach(house.server)
    house.server.attach(app)
    return app


async def serve(config: Config) -> None:
    """Serves until SIGTERM or SIGINT; a second signal ends at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: os._exit(1) if stop.is_set() else stop.set())
    async with opened(config, serving=True) as house, rounds(house.core):
        await recovery.sweep(house.core)
        runner = web.AppRunner(application(house), access_log=None, shutdown_timeout=2, handle_signals=False)
        await runner.setup()
        site = web.TCPSite(runner, config.host, config.port, backlog=1024)
        try:
            try:
                await site.start()
            except OSError as error:
                raise ConfigError(f"Konektor cannot listen on {config.host}:{config.port}: {error.strerror}") from None
            note_address(config)
            await welcome(house.core)
            await stop.wait()
            log.info("stopping")
            await site.stop()
            house.live.end_all("shutdown")
            await house.server.close(DRAIN)
        finally:
            await runner.cleanup()


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
    account = await people.set_role(core.db, words.email.strip().lower(), words.role)
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


async def command(config: Config, words: Namespace) -> None:
    """Runs a small command beside a running server, or without one."""
    if config.production and words.command in DEVELOPMENT:
        raise Refused("FORBIDDEN", f"`{words.command}` is for development; production refuses it.")
    async with opened(config, serving=False) as house:
        await COMMANDS[words.command](house.core, words)


def main(words: Sequence[str]) -> int:
    """The exit status: 0 when all went well, 1 for a refusal or a missing piece, 2 for wrong settings."""
    asked = arguments(words)
    # aiohttp-session and aiohttp-jinja2 keep their own string keys, which is none of an operator's business.
    warnings.simplefilter("ignore", web.NotAppKeyWarning)
    if asked.command == "events":
        print(reference.text(EVENTS.values()))
        return 0
    try:
        config = with_secret(read(os.environ, host=asked.host, port=asked.port))
        if asked.command:
            config = with_address(config, os.environ)
        logs.setup(machine=config.production, level=logging.WARNING if asked.command else logging.INFO)
        uvloop.run(command(config, asked) if asked.command else serve(config))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except (Refused, embedded.EmbeddedError, OSError) as error:
        print(error.message if isinstance(error, Refused) else error, file=sys.stderr)
        return 1
    except PyMongoError as error:
        print(f"The database at MONGODB_URI does not answer: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
