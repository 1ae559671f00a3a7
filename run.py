"""Konektor's program: builds everything, serves, and runs the commands."""

import asyncio
import gc
import logging
import os
import signal
import sys
import warnings
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import uvloop
from aiohttp import web
from pymongo.errors import PyMongoError

from events.connection import Connections
from events.dispatcher import RESERVED, Dispatcher
from events.reference import asyncapi, rows, typescript
from events.wire import coalescing, events_of
from handlers.app import make_app
from handlers.context import cookie_session
from handlers.health import Probes
from handlers.reference import Reference
from konektor.backends.bcrypt_passwords import ROUNDS, BcryptPasswords
from konektor.backends.cluster import ClusterBackends, cluster_backends
from konektor.backends.database import opened_database
from konektor.backends.engine_metrics import show_bus, show_engine
from konektor.backends.live.socket_live import SocketLive
from konektor.backends.media import media_backends
from konektor.backends.mongod import embedded
from konektor.backends.web_push import web_push
from konektor.config.files import with_address, with_secret, write_address
from konektor.config.settings import Config, ConfigError, read
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.batching import Tasks
from konektor.flow.clock import now
from konektor.flow.discovery import modules_in
from konektor.flow.head_cache import HeadCache
from konektor.limiter import Limiter
from konektor.metrics import Metrics, make_metrics
from konektor.realtime import Server, create_server
from konektor.running import commands, logs, recovery, workers
from konektor.running.batches import make_batches
from konektor.running.command_line import arguments
from konektor.running.periodic_work import periodic_work
from konektor.store.database import Mongo
from konektor.talk import receipts
from konektor.talk.history import Reader

log = logging.getLogger("konektor")

ALL_EVENTS = events_of(modules_in("events"))
EVENTS = {key: item for key, item in ALL_EVENTS.items() if not item.development}
"""The events that production has, and that the reference describes."""
UNSCANNED = 25_000
"""New objects before the youngest are scanned for garbage: events in progress hold thousands that need no scan, and by
default (700) would be scanned again and again.
"""
DRAIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that is open while the server or a command runs."""

    core: Core
    db: Mongo
    server: Server
    live: SocketLive
    cluster: ClusterBackends


def make_server(config: Config) -> Server:
    """The Socket.IO server, without event handlers."""
    return create_server(
        trusted_proxies=config.trusted_proxies,
        origins=(config.public_url, *config.allowed_origins),
        max_frame=config.limits.max_frame,
        handshakes_per_second=config.limits.handshakes_per_second if config.rate_limits else None,
        reserved_answer=RESERVED,
        route_header="X-Konektor-Route",
        coalesce=coalescing(EVENTS.values()),
    )


def show_realtime(metrics: Metrics, server: Server, cluster: ClusterBackends) -> None:
    """Makes /metrics show the engine, and pub/sub between instances."""
    show_engine(metrics.registry, server.stats)
    if cluster.bus:
        show_bus(metrics.registry, cluster.bus)


@asynccontextmanager
async def opened(
    config: Config, *, serving: bool, now: Callable[[], datetime] = now, rounds: int = ROUNDS
) -> AsyncIterator[Runtime]:
    """Opens the database and builds everything on it; closes all of it in reverse. `rounds` are those of bcrypt."""
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(opened_database(config, serving=serving))
        passwords = stack.enter_context(closing(BcryptPasswords(rounds)))
        pictures, media = await stack.enter_async_context(media_backends(config.media))
        push = await stack.enter_async_context(web_push(config, db, now))
        tasks, metrics = Tasks(), make_metrics()
        stack.push_async_callback(tasks.finish, DRAIN_SECONDS)
        server = make_server(config)
        # A command does not join the cluster: the servers find what it changes in the store.
        standalone_config = config if serving else replace(config, redis_url="")
        cluster = await stack.enter_async_context(
            cluster_backends(standalone_config, now, lambda channel, payload: live.on_message(channel, payload))
        )
        show_realtime(metrics, server, cluster)
        heads, standalone = HeadCache(now), serving and not config.redis_url
        live = SocketLive(
            server, tasks, cluster.pubsub, db, Reader(db, now), heads.see,
            lambda *delivered: receipts.delivered(core, *delivered), standalone=standalone,
        )  # fmt: skip
        core = Core(
            config=config,
            now=now,
            db=db,
            live=live,
            presence=cluster.presence,
            typing=cluster.typing,
            limiter=Limiter(cluster.attempts),
            passwords=passwords,
            pictures=pictures,
            media=media,
            push=push,
            tasks=tasks,
            metrics=metrics,
            **make_batches(lambda: core, heads, tasks, metrics),
        )
        yield Runtime(core, db, server, live, cluster)


@cache
def reference(public_url: str) -> Reference:
    """The reference of the events, made once in a process."""
    return Reference(rows.rows(EVENTS.values()), asyncapi.document(EVENTS.values(), public_url))


def application(runtime: Runtime) -> web.Application:
    """The HTTP application with the Socket.IO server on it."""
    core = runtime.core
    needed = {"mongodb": lambda: runtime.db.command("ping"), "server": runtime.server.check_accepting}
    app = make_app(core, Probes(needed, runtime.cluster.probes), reference(core.config.public_url))
    Connections(
        core,
        runtime.live,
        Dispatcher(core, EVENTS if core.config.production else ALL_EVENTS),
        cookie_session=cookie_session,
        disconnect=runtime.server.disconnect,
    ).attach(runtime.server)
    runtime.server.attach(app)
    return app


async def serve(config: Config) -> None:
    """Serves until SIGTERM or SIGINT; a second signal exits immediately."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: os._exit(1) if stop.is_set() else stop.set())
    async with opened(config, serving=True) as runtime, periodic_work(runtime.core, runtime.live.polls):
        await runtime.core.push.key()  # which the first start makes
        await recovery.sweep(runtime.core)
        runner = web.AppRunner(
            application(runtime), access_log=None, shutdown_timeout=2, handle_signals=False, keepalive_timeout=75
        )
        await runner.setup()
        # Everything built so far is permanent; scanning it for garbage would block the event loop each time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(UNSCANNED)
        site = web.TCPSite(runner, config.host, config.port, backlog=1024)
        try:
            try:
                await site.start()
            except OSError as error:
                raise ConfigError(f"Konektor cannot listen on {config.host}:{config.port}: {error.strerror}") from None
            write_address(config)
            await commands.welcome(runtime.core)
            await stop.wait()
            await shut_down(runtime, runner, site)
        finally:
            await runner.cleanup()


async def shut_down(runtime: Runtime, runner: web.AppRunner, site: web.TCPSite) -> None:
    """Closes all connections in an orderly way, within 30 s."""
    log.info("stopping")
    # 1. Notify the clients and close their connections, a few at a time.
    draining = asyncio.create_task(runtime.server.drain(runtime.live.announce_shutdown))
    # 2. Accept no new connections.
    await site.stop()
    # 3. End the idle connections of a proxy, so that it sends its requests to another instance.
    if runner.server:
        runner.server.pre_shutdown()
    await draining
    # 4. Wait for events whose handlers still run.
    await runtime.server.close(DRAIN_SECONDS)


async def command(config: Config, args: Namespace) -> None:
    """Runs a command, beside a running server or without one."""
    if config.production and args.command in commands.DEVELOPMENT:
        raise Refused("FORBIDDEN", f"`{args.command}` is for development; production refuses it.")
    async with opened(config, serving=False) as runtime:
        await commands.COMMANDS[args.command](runtime.core, args)


def main(argv: Sequence[str]) -> int:
    """The exit status: 0 for success, 1 for a refusal or an unavailable service, 2 for invalid settings."""
    args = arguments(argv)
    # aiohttp-session and aiohttp-jinja2 use string keys; the warning is of no use to an operator.
    warnings.simplefilter("ignore", web.NotAppKeyWarning)
    if args.command == "events":
        print((typescript if args.typescript else rows).text(EVENTS.values()))
        return 0
    try:
        config = with_secret(read(os.environ, host=args.host, port=args.port))
        config = with_address(config, os.environ) if args.command else config
        logs.setup(machine=config.production, level="WARNING" if args.command else config.log_level.upper())
        if args.workers:
            # Each instance has its own port; links and cookies are those of the one address that members use.
            os.environ["KONEKTOR_PUBLIC_URL"] = config.public_url
            return uvloop.run(workers.supervise(workers.commands(config, args.workers, (sys.executable, __file__))))
        uvloop.run(command(config, args) if args.command else serve(config))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except (Refused, embedded.EmbeddedError, OSError) as error:
        print(error.message if isinstance(error, Refused) else error, file=sys.stderr)
        return 1
    except PyMongoError as error:
        which = "at MONGODB_URI" if os.environ.get("MONGODB_URI") else "of its own"
        print(f"The database {which} does not answer: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
