"""What tests take from npm, as `npm ci` in tests/js puts it there."""

import shutil
from pathlib import Path

from tests.support.paths import NODE
from tests.support.requirements import missing


def package(name: str) -> Path:
    """The folder of an installed package."""
    folder = NODE / "node_modules" / name
    if not folder.is_dir():
        missing(f"the npm package {name} is missing; `make test` gets it")
    return folder


def node() -> str:
    """The path of Node.js."""
    found = shutil.which("node")
    if not found:
        missing("Node.js is missing: apt-get install nodejs")
    return str(found)
