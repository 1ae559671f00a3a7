"""Files of the data directory: the secret made in development, and the address of a running server."""

import stat
from pathlib import Path

import pytest

from konektor.config.files import with_address, with_secret, write_address
from konektor.config.settings import ConfigError, read


def test_development_makes_a_secret_once(tmp_path: Path) -> None:
    """Logins survive a restart, and nobody else on the machine can read what signs them."""
    config = read({"KONEKTOR_DATA_DIR": str(tmp_path / "var")})
    first = with_secret(config).secret
    mode = stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode)
    assert (with_secret(config).secret, len(first), mode) == (first, 64, 0o600)


def test_a_damaged_secret_is_not_used(tmp_path: Path) -> None:
    """An empty file, as a full disk leaves it, would let anybody sign tokens."""
    (tmp_path / "secret").write_text("")
    with pytest.raises(ConfigError, match="secret"):
        with_secret(read({"KONEKTOR_DATA_DIR": str(tmp_path)}))


def test_a_data_directory_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path) -> None:
    """The operator reads which path, and which variable moves it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="KONEKTOR_DATA_DIR"):
        with_secret(read({"KONEKTOR_DATA_DIR": str(tmp_path / "file" / "var")}))


def test_links_of_a_command_lead_to_the_running_server(tmp_path: Path) -> None:
    """A server started with --port notes where it is for the commands beside it."""
    environ = {"KONEKTOR_DATA_DIR": str(tmp_path)}
    write_address(read(environ, port=8091))
    assert with_address(read(environ), environ).public_url == "http://127.0.0.1:8091"


def test_a_public_url_wins_over_the_note_of_a_server(tmp_path: Path) -> None:
    """What the operator has written is what people are given."""
    environ = {"KONEKTOR_DATA_DIR": str(tmp_path), "KONEKTOR_PUBLIC_URL": "https://konektor.example"}
    write_address(read({"KONEKTOR_DATA_DIR": str(tmp_path)}, port=8091))
    assert with_address(read(environ), environ).public_url == "https://konektor.example"


def test_a_server_runs_where_it_cannot_leave_a_note(tmp_path: Path) -> None:
    """Beside an outside database it needs no data directory."""
    (tmp_path / "address").mkdir()
    write_address(read({"KONEKTOR_DATA_DIR": str(tmp_path)}))
