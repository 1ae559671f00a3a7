"""Discovery: every module of a package is found, imported, and nothing else is."""

import sys
from pathlib import Path

import pytest

from konektor.flow.discovery import modules_in


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two modules, a package with a module of its own, and a file that is no module."""
    root = tmp_path / "found_here"
    (root / "inner").mkdir(parents=True)
    files = ("__init__.py", "zebra.py", "ant.py", "inner/__init__.py", "inner/deep.py", "notes.txt")
    for name in files:
        (root / name).write_text("IMPORTED = True\n" if name.endswith(".py") else "")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return "found_here"


def test_modules_are_found_by_name(package: str) -> None:
    """Those directly in the package, in the order of the alphabet, so that every start is the same."""
    assert [module.__name__ for module in modules_in(package)] == [f"{package}.{n}" for n in ("ant", "inner", "zebra")]


def test_a_found_module_is_imported(package: str) -> None:
    """What it declares is there."""
    assert all(module.IMPORTED for module in modules_in(package))


def test_a_module_that_fails_to_import_is_not_left_out(package: str, tmp_path: Path) -> None:
    """A server without one of its features would be worse than none."""
    (tmp_path / package / "broken.py").write_text("raise KeyError('broken')\n")
    with pytest.raises(KeyError, match="broken"):
        modules_in(package)
