"""Settings: the environment variables, read once and checked before anything starts."""

import hmac
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from konektor.config import limits, media
from konektor.config.limits import ConnectionLimits
from konektor.config.media import MediaSettings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?/?")
WEAK_SECRETS = ("secret", "changeme", "password", "konektor")


class ConfigError(Exception):
    """One or more variables are invalid; the text has one line for each."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, checked. `secret` is empty in development until it is read from the data directory."""

    env: str
    secret: bytes
    public_url: str
    allowed_origins: tuple[str, ...]
    host: str
    port: int
    data_dir: Path
    trusted_proxies: tuple[Network, ...]
    mongodb_uri: str
    mongo_driver: str
    redis_url: str
    rate_limits: bool
    log_level: str
    referral_tokens: int
    """Tokens for each of inviter and invitee; 0 for none."""
    connection_alerts: bool
    """Whether the operators are noted each new friendship."""
    donate_url: str
    """Where the page about Konektor links to for donations; empty for no link."""
    limits: ConnectionLimits
    media: MediaSettings

    @property
    def production(self) -> bool:
        """Whether the stricter rules of production apply."""
        return self.env == "production"

    @property
    def embedded(self) -> bool:
        """Whether the database is the one that Konektor starts itself."""
        return not self.mongodb_uri

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, so that what is signed for one is worthless for another."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    @property
    def secure(self) -> bool:
        """Whether browsers reach the server over TLS, so that cookies are kept to it."""
        return self.public_url.startswith("https://")


def read(environ: Mapping[str, str], *, host: str = "", port: int = 0) -> Config:
    """The Config of `environ`; `host` and `port` of the command line win. ConfigError names every invalid variable."""
    problems: list[str] = []
    env = _choice(environ, "KONEKTOR_ENV", ("development", "production"), problems)
    host = host or _text(environ, "KONEKTOR_HOST") or "127.0.0.1"
    if not 0 <= port <= 65535:
        problems.append(f"--port is {port}; it takes a number from 1 to 65535")
    port = port or _port(environ, problems)
    data_dir = Path(_text(environ, "KONEKTOR_DATA_DIR") or "var").expanduser().absolute()
    config = Config(
        env=env,
        secret=_secret(environ, problems),
        public_url=_origin(environ, "KONEKTOR_PUBLIC_URL", problems) or f"http://{_reachable(host)}:{port}",
        allowed_origins=_origins(environ, problems),
        host=host,
        port=port,
        data_dir=data_dir,
        trusted_proxies=_networks(environ, problems),
        mongodb_uri=_mongodb_uri(environ, problems),
        mongo_driver=_choice(environ, "KONEKTOR_MONGO_DRIVER", ("pymongo", "motor"), problems),
        redis_url=_redis_url(environ, problems),
        rate_limits=_choice(environ, "KONEKTOR_RATE_LIMITS", ("on", "off"), problems) == "on",
        log_level=_choice(environ, "KONEKTOR_LOG_LEVEL", ("info", "debug"), problems),
        referral_tokens=_number(environ, "KONEKTOR_REFERRAL_TOKENS", 5_000, 1_000_000, problems),
        connection_alerts=_choice(environ, "KONEKTOR_CONNECTION_ALERTS", ("on", "off"), problems) == "on",
        donate_url=_https_url(environ, "KONEKTOR_DONATE_URL", problems),
        limits=limits.read(environ, problems),
        media=media.read(environ, data_dir, problems),
    )
    if config.production:
        problems += _refused_in_production(config, environ)
    if problems:
        raise ConfigError(
            "Konektor cannot start with these settings:\n" + "\n".join(f"  - {line}" for line in problems)
        )
    return config


def _refused_in_production(config: Config, environ: Mapping[str, str]) -> list[str]:
    """What development accepts and production does not."""
    problems = []
    if not config.secret:
        problems.append("KONEKTOR_SECRET is missing; production needs 32 random bytes or more (openssl rand -hex 32)")
    if config.embedded:
        problems.append("MONGODB_URI is missing; production does not run on the embedded database")
    if not config.rate_limits:
        problems.append("KONEKTOR_RATE_LIMITS=off is for load tests; production refuses it")
    if not _text(environ, "KONEKTOR_PUBLIC_URL"):
        problems.append("KONEKTOR_PUBLIC_URL is missing; invitations and cookies need the address people use")
    return problems


def _text(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()


def _choice(environ: Mapping[str, str], name: str, allowed: tuple[str, ...], problems: list[str]) -> str:
    """One of `allowed`; the first is the default."""
    value = _text(environ, name) or allowed[0]
    if value not in allowed:
        problems.append(f"{name} is {value!r}; it takes {' or '.join(allowed)}")
    return value


def _number(environ: Mapping[str, str], name: str, default: int, most: int, problems: list[str]) -> int:
    """A number from 0 to `most`."""
    text = _text(environ, name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= most):
        problems.append(f"{name} is {text!r}; it takes a number from 0 to {most}")
        return default
    return int(text)


def _https_url(environ: Mapping[str, str], name: str, problems: list[str]) -> str:
    """An address of another site, with a path if it has one; empty when unset."""
    url = _text(environ, name)
    try:
        parts = urlsplit(url)
        valid = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # the port is not a number, or the host no address
        valid = False
    if url and not (valid and url.isascii() and url.isprintable() and not re.search(r'[\s"<>\\]', url)):
        problems.append(f"{name} is {url!r}; it takes an address like https://donate.example/konektor")
        return ""
    return url


def _port(environ: Mapping[str, str], problems: list[str]) -> int:
    text = _text(environ, "KONEKTOR_PORT") or "8080"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        problems.append(f"KONEKTOR_PORT is {text!r}; it takes a number from 1 to 65535")
        return 8080
    return int(text)


def _secret(environ: Mapping[str, str], problems: list[str]) -> bytes:
    """The secret as bytes, empty when unset. A short, repetitive or guessable one is a problem in development too."""
    text = _text(environ, "KONEKTOR_SECRET")
    secret = os.fsencode(text)
    if secret and len(secret) < 32:
        problems.append(f"KONEKTOR_SECRET has {len(secret)} bytes; it needs at least 32 (openssl rand -hex 32)")
    elif secret and (len(set(secret)) < 8 or any(word in text.lower() for word in WEAK_SECRETS)):
        problems.append("KONEKTOR_SECRET is too easy to guess; make one with: openssl rand -hex 32")
    return secret


def _origin_of(url: str) -> str:
    """The origin that browsers send for `url`: lower case, without the default port of its scheme.

    Empty when `url` is not exactly a scheme and an authority.
    """
    match = _ORIGIN.fullmatch(url.lower())
    if not match or not 1 <= int(match["port"] or 1) <= 65535:
        return ""
    default_port = {"http": "80", "https": "443"}[match["scheme"]] == match["port"]
    return f"{match['scheme']}://{match['host']}" + (f":{match['port']}" if match["port"] and not default_port else "")


def _origin(environ: Mapping[str, str], name: str, problems: list[str]) -> str:
    url = _text(environ, name)
    origin = _origin_of(url)
    if url and not origin:
        problems.append(f"{name} is {url!r}; it takes an address like https://konektor.example, without a path")
    return origin


def _origins(environ: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    """The comma-separated origins beside the public URL."""
    urls = [part.strip() for part in _text(environ, "KONEKTOR_ALLOWED_ORIGINS").split(",") if part.strip()]
    problems += [
        f"KONEKTOR_ALLOWED_ORIGINS has {url!r}; each is like https://app.example" for url in urls if not _origin_of(url)
    ]
    return tuple(map(_origin_of, urls))


def _networks(environ: Mapping[str, str], problems: list[str]) -> tuple[Network, ...]:
    """The comma-separated addresses or networks whose X-Forwarded-For is trusted."""
    networks = []
    for part in filter(None, (part.strip() for part in _text(environ, "KONEKTOR_TRUSTED_PROXIES").split(","))):
        try:
            networks.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            problems.append(f"KONEKTOR_TRUSTED_PROXIES has {part!r}; each is an address or a network like 10.0.0.0/8")
    return tuple(networks)


def _mongodb_uri(environ: Mapping[str, str], problems: list[str]) -> str:
    uri = _text(environ, "MONGODB_URI")
    if uri and not uri.startswith(("mongodb://", "mongodb+srv://")):
        problems.append("MONGODB_URI does not begin with mongodb:// or mongodb+srv://")
    return uri


def _redis_url(environ: Mapping[str, str], problems: list[str]) -> str:
    url = _text(environ, "REDIS_URL")
    try:
        parts = urlsplit(url)
        known = parts.scheme == "unix" or (parts.scheme in ("redis", "rediss") and parts.port != 0)
        valid = known and (parts.scheme == "unix" or re.fullmatch("(/[0-9]*)?", parts.path))
    except ValueError:  # the port is not a number
        valid = False
    if url and not valid:
        problems.append(
            "REDIS_URL is not like redis://10.0.0.5:6379/0, rediss://10.0.0.5:6379/0 or unix:///run/redis.sock"
        )
    return url


def _reachable(host: str) -> str:
    """What a person on this machine types to reach a server that listens on `host`."""
    if host in ("0.0.0.0", "::", "localhost"):  # noqa: S104 - compared, not bound
        return "127.0.0.1" if host != "localhost" else host
    return f"[{host}]" if ":" in host else host
