"""Which JavaScript modules import which, read from their sources."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

STATIC_IMPORT = re.compile(r"""^\s*(?:import|export)\b(?:[^;"'()]*?\bfrom)?\s*["'](\.[^"']+)["']""", re.MULTILINE)
"""A static import or re-export; a dynamic `import()` does not match."""
ON_DEMAND = re.compile(r"""\bimport\(\s*["'](\.[^"']+)["']\s*\)""")
"""A dynamic import of a module that is named in the source."""


def imports(module: Path) -> Iterator[Path]:
    """The modules that a module imports statically."""
    yield from _named(module, STATIC_IMPORT)


def on_demand(module: Path) -> Iterator[Path]:
    """The modules that a module imports when they are needed."""
    yield from _named(module, ON_DEMAND)


def _named(module: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    for specifier in pattern.findall(module.read_text(encoding="utf8")):
        yield (module.parent / specifier).resolve()


def graph(entries: Iterable[Path], follow: Iterable[Callable[[Path], Iterator[Path]]] = (imports,)) -> set[Path]:
    """The entries and all modules that they import, directly or indirectly."""
    found: set[Path] = set()
    pending = [entry.resolve() for entry in entries]
    while pending:
        module = pending.pop()
        if module not in found:
            found.add(module)
            pending += [other for imported in follow for other in imported(module)]
    return found
