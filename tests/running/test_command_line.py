"""Tests of what the command line takes."""

import pytest

from konektor.running.command_line import arguments


def test_nothing_means_serve() -> None:
    """Without a command the server runs where the settings say."""
    asked = arguments([])
    assert (asked.command, asked.host, asked.port) == (None, "", 0)


@pytest.mark.parametrize("uses", ["0", "-1", "1000001", "many"])
def test_a_count_that_makes_no_sense_is_refused(uses: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An invitation for nobody, or for more than a million, is a slip of the finger."""
    with pytest.raises(SystemExit):
        arguments(["invite", "--uses", uses])
    assert "--uses" in capsys.readouterr().err


def test_an_unknown_role_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The roles there are, are named."""
    with pytest.raises(SystemExit):
        arguments(["admin", "ada@example.org", "--role", "king"])
    assert "advertiser" in capsys.readouterr().err
