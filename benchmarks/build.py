"""Builds what the benchmarks run: the load client with cc, the rival servers with npm."""

import shutil
import subprocess
import sys
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
    for name in ("app.js", "bun.js", "direct.js", "server.js", "swipes.js"):
        shutil.copy(source / name, target)
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        shutil.copy(source / "package.json", target)
        shutil.copy(lock, target)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=target, check=True)
        shutil.copy(lock, installed)
    return target / "server.js"


def bun() -> Path:
    """The Bun that was installed with the rival."""
    packages = BUILD / "peer" / "node_modules"
    # The package moves the program of this platform into its own folder after the installation, where scripts may run.
    places = [packages / "bun" / "bin" / "bun.exe", *sorted(packages.glob("@oven/bun-*/bin/bun"))]
    return next(place for place in places if place.is_file() and place.stat().st_size > 1_000_000)


def codec() -> None:
    """Compiles the engine's optional codec, as `make install` does."""
    subprocess.run([sys.executable, "konektor/realtime/socketio/build.py"], cwd=HERE.parent, check=True)
