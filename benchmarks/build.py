"""Builds what the benchmarks run: the load client with cc, the rival server with npm."""

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE / "build"


def load_client() -> Path:
    """The compiled load client."""
    BUILD.mkdir(exist_ok=True)
    program = BUILD / "load"
    subprocess.run(["cc", "-O2", "-Wall", "-o", str(program), str(HERE / "load.c")], check=True)
    return program


def peer() -> Path:
    """The rival's main file, with its exact packages installed beside it."""
    source, target = HERE / "peer", BUILD / "peer"
    target.mkdir(parents=True, exist_ok=True)
    lock, installed = source / "package-lock.json", target / "node_modules" / ".installed"
    shutil.copy(source / "server.js", target)
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        shutil.copy(source / "package.json", target)
        shutil.copy(lock, target)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=target, check=True)
        shutil.copy(lock, installed)
    return target / "server.js"
