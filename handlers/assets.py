"""The files that the first paint of the application needs, found by following the imports of its modules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IMPORT = re.compile(r"""^\s*(?:import|export)\b(?:[^;"'()]*?\bfrom)?\s*["'](\.[^"']+)["']""", re.MULTILINE)
"""A static import or re-export of a JavaScript module; a dynamic `import()` does not match."""


@dataclass(frozen=True, slots=True)
class FirstPaint:
    """Paths below static/: modules to preload, the largest first, and the stylesheets of these modules by name."""

    modules: tuple[str, ...]
    styles: tuple[str, ...]


def imports(module: Path) -> Iterator[Path]:
    """The modules that a module imports statically."""
    for specifier in IMPORT.findall(module.read_text(encoding="utf8")):
        yield (module.parent / specifier).resolve()


def graph(entry: Path) -> set[Path]:
    """A module and all modules that it imports, directly or indirectly."""
    found: set[Path] = set()
    pending = [entry.resolve()]
    while pending:
        module = pending.pop()
        if module not in found:
            found.add(module)
            pending += imports(module)
    return found


def first_paint(static: Path) -> FirstPaint:
    """The modules that js/app.js imports, and the stylesheets that are named like one of them."""
    static = static.resolve()
    entry = static / "js" / "app.js"
    # Browsers load about six files at a time, in this order; a large one at the end would delay the page.
    by_size = sorted(graph(entry) - {entry}, key=lambda path: (-path.stat().st_size, path))
    modules = [path.relative_to(static) for path in by_size]
    named = [Path("css", *path.with_suffix(".css").parts[1:]) for path in modules if path.parts[0] == "js"]
    styles = sorted(path for path in named if (static / path).is_file())
    return FirstPaint(tuple(map(Path.as_posix, modules)), tuple(map(Path.as_posix, styles)))
