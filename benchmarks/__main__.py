"""The command line of the benchmarks: `python -m benchmarks [name…]`."""

import argparse
import os

from benchmarks import (
    build,
    bystander,
    direct,
    discovery,
    loop_lag,
    matching,
    message_path,
    report,
    search,
    thread,
    transport,
)
from benchmarks.rounds import Effort

BENCHMARKS = {
    "message_path": message_path.run,
    "message_path_single": message_path.run_single,
    "matching": matching.run,
    "direct": direct.run,
    "thread": thread.run,
    "loop_lag": loop_lag.run,
    "transport": transport.run,
    "bystander": bystander.run,
    "discovery": discovery.run,
    "search": search.run,
}


def main() -> None:
    """Builds, measures, prints, and keeps what was measured in the README."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures Konektor beside its rivals.")
    parser.add_argument("names", nargs="*", help=f"which ones: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured (3)")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each time (4)")
    parser.add_argument("--forget", action="store_true", help="only print; leave the README as it is")
    words = parser.parse_args()
    if unknown := set(words.names) - BENCHMARKS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    os.chdir(build.HERE.parent)
    build.load_client()
    build.peer()
    build.codec()
    how_much = f"Medians of {words.rounds} rounds of {words.seconds:g} s, the sides in turn."
    for name in words.names or BENCHMARKS:
        print(f"{name}: {how_much}", flush=True)
        result = BENCHMARKS[name](Effort(words.rounds, words.seconds))
        print(f"\n{result.text}\n", flush=True)
        if not words.forget:
            report.write(name, result, how_much)


if __name__ == "__main__":
    main()
