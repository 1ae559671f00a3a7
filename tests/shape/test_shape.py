"""The shape of the code base: layers, sizes, sentences and a test for every module, read off the syntax tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FOLDERS = ("konektor", "handlers", "events")
MOST_LINES, MOST_IN_FUNCTION = 250, 40

DRIVERS = {"pymongo", "motor", "bson", "redis", "PIL", "cloudinary"}
EDGES = {"aiohttp", "aiohttp_session", "aiohttp_jinja2", "jinja2", "socketio", "engineio"}
INSIDE = {"konektor.backends", "handlers", "events", "run"}
RULES = ("flow", "tokens", "members", "media", "people", "talk", "notices", "staff", "running")
"""The packages of the rules, each of which may import those before it; staff and running do not import each other."""

REALTIME = (DRIVERS - {"redis"}) | INSIDE | {"konektor.store", "konektor.core", "konektor.config"}
"""What the engine may not import, so that it can be used alone."""

FORBIDDEN: dict[str, set[str]] = {
    "konektor/": DRIVERS | EDGES | INSIDE | {f"konektor.{name}" for name in ("realtime", *RULES[1:])},
    "konektor/config/": DRIVERS | EDGES | INSIDE | {"konektor.core", "konektor.store", "konektor.realtime"},
    "konektor/store/": EDGES | INSIDE | {"konektor.realtime", "konektor.core"},
    "konektor/realtime/": REALTIME,
    "konektor/realtime/bus/": REALTIME | EDGES | {"konektor.realtime.engineio", "konektor.realtime.socketio"},
    "konektor/realtime/engineio/": REALTIME | DRIVERS | {"konektor.realtime.socketio", "konektor.realtime.bus"},
    "konektor/realtime/socketio/": REALTIME | DRIVERS,
    "konektor/backends/": {"handlers", "events", "run"} | {f"konektor.{name}" for name in RULES[1:]},
    "handlers/": DRIVERS | {"events", "konektor.backends", "run"},
    "events/": DRIVERS | {"handlers", "konektor.backends", "run"},
}
"""What the modules of each folder may not import, with all that lies below it; the longest prefix counts."""
FORBIDDEN |= {
    f"konektor/{name}/": DRIVERS | EDGES | INSIDE | {f"konektor.{later}" for later in ("realtime", *RULES[place + 1 :])}
    for place, name in enumerate(RULES)
}
FORBIDDEN["konektor/flow/"] |= {"konektor.core", "konektor.store"}
FORBIDDEN["konektor/running/"] |= {"konektor.staff"}
FORBIDDEN["konektor/running/portraits/"] = FORBIDDEN["konektor/running/"] - {"PIL"}  # it draws, and decodes nothing

ELSEWHERE = {
    "konektor/core.py": "declares a dataclass; every test of a rule builds one",
    "konektor/caller.py": "declares a dataclass; tests/members/test_sessions.py checks what a session makes of it",
    "konektor/live.py": "declares an interface; tests/backends/live hold the backend to it",
    "konektor/backends/live/interfaces.py": "declares interfaces; the tests of their backends hold them to these",
    "konektor/notice_shapes.py": "declares shapes; the tests of notices receive them",
    "konektor/running/batches.py": "builds what the tests of every rule use",
    "konektor/people/swipe_path.py": "builds what the tests of swipes and of the batches use",
    "konektor/ports.py": "declares promises; the tests of the backends hold them to these",
}
"""Modules without a test of their own name, each with its reason."""

UNMIRRORED = {"browser", "js", "model", "realtime", "shape", "support", "system"}
"""Folders of tests that are not arranged by module: whole products and models, and the engine, whose modules have
their tests anywhere in tests/realtime."""


def modules() -> list[Path]:
    """Every module of the product, as a path from the root."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return [path.relative_to(ROOT) for path in sorted([*found, ROOT / "run.py"])]


def tree(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse((ROOT / path).read_text(encoding="utf8"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """What a module imports, with the line; `from a import b` counts as a.b too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module), node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def named(path: Path) -> str:
    """The dotted name of a module."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_imports_only_what_stands_above_it(path: Path) -> None:
    """No rule knows a driver, no edge knows another edge, and nothing but run.py knows everything."""
    folder = max((name for name in FORBIDDEN if str(path).startswith(name)), key=len, default="")
    forbidden = FORBIDDEN.get(folder, set())
    wrong = [
        f"{path}:{line} imports {name}"
        for name, line in imports(path)
        if any(name == bad or name.startswith(f"{bad}.") for bad in forbidden)
    ]
    assert not wrong


def test_rules_import_each_other_downhill() -> None:
    """No circle of imports among the modules of konektor/, so that each can be read after those it builds on."""
    known = {named(path): {name for name, _ in imports(path)} for path in modules() if path.parts[0] == "konektor"}
    below = {name: {other for other in used if other in known and other != name} for name, used in known.items()}
    packages = {name for name in known if (ROOT / name.replace(".", "/")).is_dir()}
    for name in below:
        # A package names its parts, and every part names its package: that is no circle of knowledge.
        below[name] -= packages
    while below:
        ready = [name for name, used in below.items() if not used & below.keys()]
        assert ready, f"these import each other in a circle: {sorted(below)}"
        for name in ready:
            del below[name]


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_says_in_one_sentence_what_it_is_for(path: Path) -> None:
    """The first line of every module is one sentence."""
    first = (ast.get_docstring(tree(path)) or "").split("\n")[0]
    assert first.endswith(".")
    assert ". " not in first


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_is_short(path: Path) -> None:
    """No file is longer than 250 lines, no function longer than 40."""
    assert len((ROOT / path).read_text(encoding="utf8").splitlines()) <= MOST_LINES
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > MOST_IN_FUNCTION]
    assert not long


@pytest.mark.parametrize("path", modules(), ids=str)
def test_imports_stand_at_the_top(path: Path) -> None:
    """Nothing is imported inside a function or only for a type checker, and nothing global is written to."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom | ast.Global)]
            assert not inner, f"{path}:{inner[0].lineno}"
        assert not (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")


@pytest.mark.parametrize("path", modules(), ids=str)
def test_public_things_are_described(path: Path) -> None:
    """Every public class and function has a docstring."""
    top = list(tree(path).body)
    top += [node for part in top if isinstance(part, ast.ClassDef) for node in part.body]
    bare = [
        f"{path}:{node.lineno} {node.name}"
        for node in top
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not bare


def mirror(path: Path) -> Path:
    """Where the test of a module is: tests/talk/test_rooms.py for konektor/talk/rooms.py."""
    folder = path.parent.relative_to("konektor") if path.parts[0] == "konektor" else path.parent
    return Path("tests") / folder / f"test_{path.name}"


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_has_a_test_of_its_name(path: Path) -> None:
    """In the folder that mirrors its own, so that no test of one layer passes for that of another."""
    if path.name == "__init__.py" or str(path) in ELSEWHERE:
        return
    if path.is_relative_to("konektor/realtime"):
        assert list((ROOT / "tests" / "realtime").rglob(f"test_{path.name}"))
    else:
        assert (ROOT / mirror(path)).is_file(), f"{mirror(path)} is missing"


def test_a_test_stands_for_a_module() -> None:
    """test_rooms.py and test_rooms_paging.py are tests of rooms.py; what tests the whole is in tests/system."""
    known = {str(mirror(path).with_suffix("")) for path in modules()}
    files = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "tests").rglob("test_*.py")]
    mirrored = [str(path) for path in files if path.parts[1] not in UNMIRRORED]
    assert not [path for path in mirrored if not any(path == name or path.startswith(f"{name}_") for name in known)]


def test_exceptions_from_the_mirror_are_needed() -> None:
    """A module that has got its test, or is gone, leaves the list."""
    assert not [name for name in ELSEWHERE if (ROOT / mirror(Path(name))).exists() or not (ROOT / name).exists()]


def test_broad_excepts_stand_only_at_the_edges() -> None:
    """`except Exception` turns a failure into an answer or a log line in these modules and nowhere else."""
    allowed = {
        "events/dispatcher.py",  # every event
        "events/connection.py",  # the handshake
        "handlers/middleware.py",  # every request
        "handlers/health.py",  # whatever a dependency fails with is the answer
        "konektor/backends/pictures/worker.py",  # decoders raise anything over a hostile file
        "konektor/flow/batching.py",  # hands it to each caller who waits
        "konektor/backends/live/balances.py",  # tries again once the database is back
        "konektor/backends/live/signals.py",  # keeps what an unavailable store did not take
        "konektor/flow/periodic.py",  # logs it, and the next run tries again
        "konektor/flow/retrying.py",  # raises what is no outage
        "konektor/running/recovery.py",  # logs it, and the next intent goes on
    }
    for path in modules():
        if "realtime" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
                assert not broad or str(path) in allowed, f"{path}:{node.lineno}"
