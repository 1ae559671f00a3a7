"""Where things are in the repository, for tests that read files or start programs."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
"""The root of the repository."""
NODE = ROOT / "tests" / "js"
"""The JavaScript clients and their packages."""
