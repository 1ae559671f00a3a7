"""Files of the data directory: the secret, and the address of a running server."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from konektor.config.settings import Config, ConfigError


def with_secret(config: Config) -> Config:
    """The settings with a secret: in development one is generated once and stored in the data directory."""
    if config.secret:
        return config
    path = config.data_dir / "secret"
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Written under another name first, so that another process reads the whole secret or none.
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.touch(0o600)
            fresh.write_text(secrets.token_hex(32))
            with suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
    except OSError as error:
        raise ConfigError(
            f"Konektor cannot write to {config.data_dir}: {error.strerror}. Set KONEKTOR_DATA_DIR."
        ) from error
    secret = path.read_bytes()
    if len(secret) < 32:
        raise ConfigError(f"The secret in {path} is damaged; delete the file, and all members have to log in again.")
    return replace(config, secret=secret)


def write_address(config: Config) -> None:
    """Writes the public URL to the data directory for commands beside the server; ignored if not writable."""
    if config.data_dir.is_dir():
        with suppress(OSError):
            (config.data_dir / "address").write_text(config.public_url)


def with_address(config: Config, environ: Mapping[str, str]) -> Config:
    """The settings of a command that runs beside a server: its links lead to that server."""
    file = config.data_dir / "address"
    if environ.get("KONEKTOR_PUBLIC_URL", "").strip() or not file.is_file():
        return config
    return replace(config, public_url=file.read_text().strip())
