"""Compiling the codec."""

import importlib.util
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from konektor.realtime.socketio import build, codec
from tests.realtime.client import masked
from tests.support.requirements import missing


def test_the_codec_is_compiled_where_there_is_a_compiler(tmp_path: Path) -> None:
    """The only file made is the module, which can be loaded."""
    reason = build.build(tmp_path)
    if shutil.which("cc") is None or "Python.h" in reason:
        missing("there is no C compiler, or there are no headers of Python: apt-get install gcc python3-dev")
    assert reason == ""
    [made] = tmp_path.iterdir()
    spec = importlib.util.spec_from_file_location("konektor.realtime.socketio._codec", made)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.VERSION == codec.VERSION
    assert module.read_event(masked(1, b'421["a"]')) == (1, b'["a"]')


@pytest.mark.parametrize("compiler", ["/nonexistent", "false"])
def test_without_a_working_compiler_nothing_is_left_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], compiler: str
) -> None:
    """The reason is said in one line; the engine does without."""
    monkeypatch.setenv("CC", compiler)
    assert compiler in build.build(tmp_path)
    assert not list(tmp_path.iterdir())
    assert build.main() == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_a_module_that_is_missing_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was not built."""

    def missing(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(codec, "import_module", missing)
    assert codec.compiled() is None


def test_a_module_of_another_version_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was built from an older source."""
    module = SimpleNamespace(VERSION=codec.VERSION)
    monkeypatch.setattr(codec, "import_module", lambda _name: module)
    assert codec.compiled() is module  # type: ignore[comparison-overlap]
    module.VERSION += 1
    assert codec.compiled() is None


def test_the_tests_run_the_compiled_codec_too() -> None:
    """Where it is not built, half of the codec's tests are skipped; the whole suite must not be without them."""
    if codec.compiled() is None:
        missing("the engine's codec is not compiled: `make install` does it where gcc and python3-dev are installed")
    assert codec.compiled() is not None
