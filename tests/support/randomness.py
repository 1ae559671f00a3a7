"""One seed for everything that chance decides in the tests; KONEKTOR_TEST_SEED repeats that of an earlier run."""

import os
import random
import secrets

VARIABLE = "KONEKTOR_TEST_SEED"

# In the environment, so that the workers of a run have the seed of their parent.
SEED = int(os.environ.setdefault(VARIABLE, str(secrets.randbits(32))))
HINT = f"{VARIABLE}={SEED} repeats what chance decided"


def begin(name: str) -> None:
    """Starts `random` anew for a test or module of that name, whatever ran before it."""
    random.seed(f"{SEED} {name}")
