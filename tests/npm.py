"""What tests take from npm, as `npm ci` in tests/js puts it there."""

import os
import shutil
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "js"


def missing(what: str) -> None:
    """Fails where everything has to run, and skips elsewhere with the way to get it."""
    reason = f"{what} is missing; `make test` gets what is needed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def package(name: str) -> Path:
    """The folder of an installed package."""
    folder = FOLDER / "node_modules" / name
    if not folder.is_dir():
        missing(f"the npm package {name}")
    return folder


def node() -> str:
    """The path of Node.js."""
    found = shutil.which("node")
    if not found:
        missing("Node.js")
    return str(found)
