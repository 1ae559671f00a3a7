"""The files below static/: addresses that contain a hash of the content, and what the modules of a page need."""

import base64
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aiohttp import web

from handlers.import_graph import graph, imports, on_demand

PREFIX = "/static/"
KEPT = "public, max-age=31536000, immutable"
"""Cache-Control of an address with the hash of its content."""
ASKED = "no-cache"
"""Cache-Control of any other address: the browser asks each time, and gets 304 while nothing has changed."""

Signature = tuple[int, int]
"""When a file was changed, in nanoseconds, and its size in bytes."""


@dataclass(frozen=True, slots=True)
class File:
    """The hash of a file's content, and the signature that the file had then."""

    hash: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Needed:
    """What a page needs for its modules: addresses to preload, the largest first, stylesheets, and the import map."""

    modules: tuple[str, ...]
    styles: tuple[str, ...]
    import_map: str
    policy: str
    """The source of the Content-Security-Policy that allows the import map."""


class Assets:
    """All files as they were at one time, by their path below static/."""

    def __init__(self, root: Path, files: Mapping[str, File]) -> None:
        self.root = root
        self.files = files
        self._needed: dict[tuple[str, ...], Needed] = {}

    def address(self, path: str) -> str:
        """The address of a file, which changes with its content."""
        return f"{PREFIX}{path}?v={self.files[path].hash}"

    def cache_control(self, path: str, version: str) -> str:
        """How long a browser may keep what it gets for that path and hash now."""
        file = self.files.get(path)
        if file is None or version != file.hash or _signature(self.root / path) != file.signature:
            return ASKED
        return KEPT

    def needed_by(self, *entries: str) -> Needed:
        """What a page needs for these modules and all that they import."""
        if entries not in self._needed:
            self._needed[entries] = self._find_needed([self.root / entry for entry in entries])
        return self._needed[entries]

    def _find_needed(self, entries: list[Path]) -> Needed:
        at_once, reachable = graph(entries), graph(entries, (imports, on_demand))
        # Browsers load about six files at a time, in this order; a large one at the end would delay the page.
        preloaded = sorted(at_once - set(entries), key=lambda path: (-path.stat().st_size, path))
        mapped = [*sorted(map(self._path, reachable)), *self._styles(reachable - at_once)]
        addresses = {PREFIX + path: self.address(path) for path in mapped}
        import_map = json.dumps({"imports": addresses}, separators=(",", ":"))
        digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
        return Needed(
            modules=tuple(self.address(self._path(module)) for module in preloaded),
            styles=tuple(map(self.address, self._styles(at_once))),
            import_map=import_map,
            policy=f"'sha256-{digest}'",
        )

    def _path(self, module: Path) -> str:
        return module.relative_to(self.root).as_posix()

    def _styles(self, modules: set[Path]) -> list[str]:
        """The stylesheets that are named like one of the modules."""
        names = [self._path(module).removeprefix("js/").removesuffix(".js") for module in modules]
        return sorted(path for path in (f"css/{name}.css" for name in names) if path in self.files)


class AssetFolder:
    """The folder static/; with `watch` its files are read again when one has changed, so that edits take effect."""

    def __init__(self, root: Path, *, watch: bool) -> None:
        self._root = root.resolve()
        self._watch = watch

    @property
    def known(self) -> Assets:
        """The files as they were when a page was last rendered."""
        return self._read

    @property
    def current(self) -> Assets:
        """The files as they are now, or as they were at the start."""
        if self._watch and any(self._changes()):
            del self._read
        return self._read

    @cached_property
    def _read(self) -> Assets:
        files = {path: File(_hash(self._root / path), found) for path, found in _signatures(self._root)}
        return Assets(self._root, files)

    def _changes(self) -> Iterator[bool]:
        known, found = self._read.files, dict(_signatures(self._root))
        yield known.keys() != found.keys()
        yield from (known[path].signature != signature for path, signature in found.items())


ASSETS = web.AppKey("assets", AssetFolder)


def _signatures(root: Path) -> Iterator[tuple[str, Signature]]:
    # Without Path, which would take most of the time; every page of a development server looks at all files.
    for folder, _, names in os.walk(root):
        below = os.path.relpath(folder, root).replace(os.sep, "/") + "/"
        for name in names:
            if found := _signature(f"{folder}/{name}"):
                yield f"{below}{name}".removeprefix("./"), found


def _signature(path: Path | str) -> Signature | None:
    try:
        found = os.stat(path)
    except OSError:  # removed meanwhile
        return None
    return found.st_mtime_ns, found.st_size


def _hash(path: Path) -> str:
    """40 bits, which tell the versions of one file apart."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
