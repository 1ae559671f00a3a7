"""Settings: what they default to, what is refused, and what the data directory adds to them."""

from pathlib import Path

import pytest

from konektor.config.limits import ConnectionLimits
from konektor.config.media import MediaSettings
from konektor.config.settings import Config, ConfigError, read
from tests.conftest import SECRET

PRODUCTION = {
    "KONEKTOR_ENV": "production",
    "KONEKTOR_SECRET": SECRET,
    "MONGODB_URI": "mongodb://db.example/konektor",
    "KONEKTOR_PUBLIC_URL": "https://konektor.example",
}


def refused(environ: dict[str, str], *, port: int = 0) -> str:
    """What an operator with these settings reads."""
    with pytest.raises(ConfigError) as caught:
        read(environ, port=port)
    return str(caught.value)


def test_nothing_configured_is_a_server_on_this_machine() -> None:
    """The defaults are those that the contract names."""
    assert read({}) == Config(
        env="development",
        secret=b"",
        public_url="http://127.0.0.1:8080",
        allowed_origins=(),
        host="127.0.0.1",
        port=8080,
        data_dir=Path("var").absolute(),
        trusted_proxies=(),
        mongodb_uri="",
        mongo_driver="pymongo",
        redis_url="",
        rate_limits=True,
        log_level="info",
        referral_tokens=5_000,
        connection_alerts=True,
        donate_url="",
        limits=ConnectionLimits(),
        media=MediaSettings(Path("var").absolute() / "media"),
    )


def test_blank_variables_count_as_unset() -> None:
    """A compose file passes variables that nobody filled in as empty texts."""
    words = "SECRET PUBLIC_URL ALLOWED_ORIGINS HOST PORT DATA_DIR TRUSTED_PROXIES RATE_LIMITS LOG_LEVEL"
    words += " REFERRAL_TOKENS DONATE_URL MEDIA_DIR"
    blank = {f"KONEKTOR_{word}": "  " for word in ("ENV", *words.split())} | {"MONGODB_URI": " ", "CLOUDINARY_URL": " "}
    assert read(blank) == read({})


def test_the_command_line_wins_over_the_environment() -> None:
    """`--host` and `--port` decide where it listens, and so what the printed address is."""
    config = read({"KONEKTOR_HOST": "10.0.0.1", "KONEKTOR_PORT": "1234"}, host="10.0.0.2", port=4321)
    assert config.public_url == "http://10.0.0.2:4321"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://127.0.0.1:8080"),
        ("localhost", "http://localhost:8080"),
        ("::1", "http://[::1]:8080"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, address: str) -> None:
    """Listening everywhere is not an address that anybody can type."""
    assert read({}, host=host).public_url == address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KONEKTOR_ENV", "prod"),
        ("KONEKTOR_SECRET", "x7#q" * 7),
        ("KONEKTOR_SECRET", "ab" * 32),
        ("KONEKTOR_SECRET", "changeme-changeme-changeme-0123456789"),
        ("KONEKTOR_PUBLIC_URL", "konektor.example"),
        ("KONEKTOR_PUBLIC_URL", "https://konektor.example/chat"),
        ("KONEKTOR_PUBLIC_URL", "https://konektor.example?x"),
        ("KONEKTOR_PUBLIC_URL", "https://konektor.example#x"),
        ("KONEKTOR_PUBLIC_URL", "https://me:pass@konektor.example"),
        ("KONEKTOR_PUBLIC_URL", "https://konektor.example; script-src *"),
        ("KONEKTOR_PUBLIC_URL", "https://konektor.example:99999"),
        ("KONEKTOR_PUBLIC_URL", "https://konektor.example:0"),
        ("KONEKTOR_PUBLIC_URL", "ftp://konektor.example"),
        ("KONEKTOR_PUBLIC_URL", "https://[::1"),
        ("KONEKTOR_PUBLIC_URL", "https://"),
        ("KONEKTOR_ALLOWED_ORIGINS", "https://a.example, *"),
        ("KONEKTOR_PORT", "0"),
        ("KONEKTOR_PORT", "65536"),
        ("KONEKTOR_PORT", "٨٠٨٠"),
        ("KONEKTOR_PORT", "80.5"),
        ("KONEKTOR_TRUSTED_PROXIES", "10.0.0.0/8, nginx"),
        ("MONGODB_URI", "localhost:27017"),
        ("KONEKTOR_MONGO_DRIVER", "mongoengine"),
        ("KONEKTOR_RATE_LIMITS", "0"),
        ("KONEKTOR_LOG_LEVEL", "loud"),
        ("KONEKTOR_REFERRAL_TOKENS", "-1"),
        ("KONEKTOR_REFERRAL_TOKENS", "1000001"),
        ("KONEKTOR_REFERRAL_TOKENS", "many"),
        ("KONEKTOR_DONATE_URL", "http://donate.example"),
        ("KONEKTOR_DONATE_URL", "javascript:alert(1)"),
        ("KONEKTOR_DONATE_URL", "donate.example"),
        ("KONEKTOR_DONATE_URL", "https://"),
        ("KONEKTOR_DONATE_URL", "https://me@donate.example"),
        ("KONEKTOR_DONATE_URL", "https://donate.example:abc"),
        ("KONEKTOR_DONATE_URL", "https://donate.example/a b"),
        ("KONEKTOR_DONATE_URL", 'https://donate.example/"onclick'),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    """The operator reads which variable is wrong, and only that one."""
    lines = refused({name: value}).splitlines()[1:]
    assert [line.split()[1] for line in lines] == [name]


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Nobody has to start the server once per mistake."""
    text = refused({"KONEKTOR_PORT": "x", "KONEKTOR_ENV": "x", "MONGODB_URI": "x", "KONEKTOR_TRUSTED_PROXIES": "x,y"})
    assert len(text.splitlines()) == 1 + 5


def test_a_port_of_the_command_line_is_checked_too() -> None:
    """`--port 99999` is a wrong setting and not a traceback."""
    assert "--port" in refused({}, port=99_999)


def test_a_secret_is_never_shown() -> None:
    """A refusal of a short secret says how long it is and not what it is."""
    assert "hunter2" not in refused({"KONEKTOR_SECRET": "hunter2"})


def test_a_secret_of_any_bytes_works() -> None:
    """Bytes that are not UTF-8 reach Python as halves of characters."""
    raw = bytes(range(200, 240)).decode("utf-8", "surrogateescape")
    assert read({"KONEKTOR_SECRET": raw}).secret == bytes(range(200, 240))


def test_production_starts_when_all_is_set() -> None:
    """These four are enough."""
    assert read(PRODUCTION).production


@pytest.mark.parametrize("name", ["KONEKTOR_SECRET", "MONGODB_URI", "KONEKTOR_PUBLIC_URL"])
def test_production_refuses_to_start_without(name: str) -> None:
    """What development makes up by itself, production must be told."""
    assert f"{name} is missing" in refused({key: value for key, value in PRODUCTION.items() if key != name})


def test_production_refuses_to_run_without_limits() -> None:
    """The switch for load tests cannot be left on by mistake."""
    assert "KONEKTOR_RATE_LIMITS=off" in refused(PRODUCTION | {"KONEKTOR_RATE_LIMITS": "off"})


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Konektor.Example/", "https://konektor.example"),
        ("https://konektor.example:443", "https://konektor.example"),
        ("http://konektor.example:80", "http://konektor.example"),
        ("https://konektor.example:8443", "https://konektor.example:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_origins_are_kept_as_browsers_send_them(written: str, origin: str) -> None:
    """Otherwise every form would seem to come from another site."""
    config = read({"KONEKTOR_PUBLIC_URL": written, "KONEKTOR_ALLOWED_ORIGINS": f"https://app.example, {written}"})
    assert (config.public_url, config.allowed_origins) == (origin, ("https://app.example", origin))


def test_keys_of_different_purposes_differ() -> None:
    """What is signed for one purpose is worthless for another."""
    config = read({"KONEKTOR_SECRET": SECRET})
    assert len({config.key("access"), config.key("refresh"), config.key("cookie"), config.secret}) == 4


@pytest.mark.parametrize(
    "url", ["10.0.0.5:6379", "http://10.0.0.5", "redis://10.0.0.5:abc/0", "redis://10.0.0.5:70000", "redis://h/cache"]
)
def test_a_wrong_redis_url_is_named(url: str) -> None:
    """Also one whose port or database is no number."""
    with pytest.raises(ConfigError, match="REDIS_URL"):
        read({"REDIS_URL": url})


@pytest.mark.parametrize("url", ["redis://10.0.0.5", "rediss://:secret@[::1]:6380/2?a=b", "unix:///run/redis.sock"])
def test_a_right_redis_url_is_taken(url: str) -> None:
    """With a password, a port and a database, or without."""
    assert read({"REDIS_URL": url}).redis_url == url


def test_no_tokens_are_given_for_invitations_where_none_are_wanted() -> None:
    """0 is a number and not an unset variable."""
    assert read({"KONEKTOR_REFERRAL_TOKENS": "0"}).referral_tokens == 0


def test_an_address_for_donations_is_kept_as_it_is() -> None:
    """With its path and its query."""
    url = "https://donate.example/konektor?amount=5"
    assert read({"KONEKTOR_DONATE_URL": url}).donate_url == url
