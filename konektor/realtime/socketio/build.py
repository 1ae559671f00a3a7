"""Compiles the optional codec in place, given a C compiler: `python konektor/realtime/socketio/build.py`."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).parent


def build(target: Path) -> str:
    """Compiles into the folder `target`; returns why that was not possible, empty if it was."""
    source, suffix = HERE / "_codec.c", sysconfig.get_config_var("EXT_SUFFIX")
    made = target / f"_codec{suffix}"
    compiler = os.environ.get("CC", "cc")
    unfinished = made.with_suffix(f".{os.getpid()}")  # a running server must never load half a file
    command = [compiler, "-O2", "-shared", "-fPIC", f"-I{sysconfig.get_path('include')}", str(source)]
    try:
        subprocess.run([*command, "-o", str(unfinished)], check=True, capture_output=True, text=True)  # noqa: S603
        unfinished.replace(made)
    except FileNotFoundError:
        return f"there is no C compiler ({compiler})"
    except subprocess.CalledProcessError as error:
        return str(error.stderr).strip().partition("\n")[0] or f"{compiler} failed"
    finally:
        unfinished.unlink(missing_ok=True)
    return ""


def main() -> int:
    """Always succeeds: without the compiled codec the engine uses the Python one."""
    if reason := build(HERE):
        print(f"The engine runs without its compiled codec, a little slower: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
