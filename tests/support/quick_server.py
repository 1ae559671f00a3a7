"""Does what run.py does, with passwords hashed quickly: the instances of tests, which share few cores."""

import functools
import sys
from collections.abc import Sequence

import run


def main(words: Sequence[str]) -> int:
    """Its exit status."""
    run.opened = functools.partial(run.opened, rounds=4)
    return run.main(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
