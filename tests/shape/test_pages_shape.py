"""The shape of the pages' sources: what may import what, sizes, sentences and names, read off the files."""

import ast
import re
from pathlib import Path

import pytest

from handlers.app import ROOT
from handlers.assets import AssetFolder
from handlers.import_graph import graph, imports, on_demand
from handlers.install import WORKER

STATIC = ROOT / "static"
JS, CSS = STATIC / "js", STATIC / "css"
MANIFEST = JS / "manifest.js"
SUBJECTS = ("conversations", "members", "notices", "people", "staff", "talk", "tokens")
MOST_LINES = 250

STYLES = re.compile(r'\bstyle: (\[[^]]+\]|"[^"]+")')
ADDRESS = re.compile(r"""["'`(]/static/([^"'`)\s?{}]+)""")
ASSET = re.compile(r"""\basset\("([^"]+)"\)""")
SCRIPTS = re.compile(r"""\bset scripts = (\[[^]]+\])""")
LINKED = re.compile(r"""url\("([^"?]+)(?:\?v=([^"]*))?"\)""")
"""A file that a stylesheet refers to, and its hash."""
KEYS = re.compile(r"""["'](?:Enter|Escape|Arrow(?:Up|Down|Left|Right))["']|\bArrow(?:Up|Down|Left|Right):""")
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def modules() -> list[Path]:
    """Every JavaScript module of ours."""
    return sorted(JS.rglob("*.js"))


def sources() -> list[Path]:
    """Every module and stylesheet of ours."""
    return [*modules(), *sorted(CSS.rglob("*.css"))]


def styles_named_in(path: Path) -> list[str]:
    """The stylesheets that a module loads on demand, as it names them."""
    found = STYLES.findall(path.read_text(encoding="utf8"))
    return [name for one in found for name in re.findall(r'"([^"]+)"', one)]


def templates() -> str:
    """The text of all templates."""
    return "".join(path.read_text(encoding="utf8") for path in sorted((ROOT / "templates").glob("*.html")))


def entries() -> set[Path]:
    """The modules that templates load."""
    lists = SCRIPTS.findall(templates())
    return {STATIC / path for found in lists for path in ast.literal_eval(found)}


def shown(path: Path) -> str:
    """The path as a reader of a failure wants it."""
    return str(path.relative_to(STATIC))


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_a_module_imports_what_it_may(path: Path) -> None:
    """The kit imports only the kit; subjects import the kit and each other, never the entry; every import exists."""
    used = [*imports(path), *on_demand(path)]
    assert [str(other) for other in used if not other.is_file()] == []
    top = path.relative_to(JS).parts[0]
    allowed = {JS / "kit", STATIC / "vendor"}
    if top in SUBJECTS:
        allowed |= {JS / subject for subject in SUBJECTS}
    if top != "kit" and top not in SUBJECTS:
        return  # the entry and the manifest connect everything
    assert [shown(other) for other in used if not any(folder in other.parents for folder in allowed)] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Each can be read after those that it builds on."""
    below = {path: {other for other in imports(path) if JS in other.parents} for path in modules()}
    while below:
        ready = [path for path, used in below.items() if not used & below.keys()]
        assert ready, f"these import each other in a circle: {sorted(map(shown, below))}"
        for path in ready:
            del below[path]


def test_every_module_is_used() -> None:
    """It is part of a page, of one that a template loads or that the manifest names; or the service worker."""
    reached = graph(entries(), (imports, on_demand)) | {STATIC / path for path in ASSET.findall(templates())}
    reached.add(STATIC / WORKER)
    assert JS / "app.js" in entries()
    assert [shown(path) for path in modules() if path not in reached] == []


def test_every_stylesheet_is_used() -> None:
    """A template links it, a module of the first paint has its name, or a module names it that loads it on demand."""
    linked = {path for path in ASSET.findall(templates()) if path.startswith("css/")}
    needed = AssetFolder(STATIC, watch=False).current.needed_by("js/app.js")
    linked |= {address.removeprefix("/static/").partition("?")[0] for address in needed.styles}
    linked |= {f"css/{name}" for path in modules() for name in styles_named_in(path)}
    assert linked == {shown(path) for path in CSS.rglob("*.css")}


def test_the_manifest_names_pages_that_exist() -> None:
    """A page that is loaded on demand is a default export; a stylesheet has the name of one of its modules."""
    pages = list(on_demand(MANIFEST))
    assert [shown(page) for page in pages if "\nexport default function " not in page.read_text(encoding="utf8")] == []
    assert len(pages) > 2
    needed = {path for path in graph(pages) if JS in path.parents}
    assert set(styles_named_in(MANIFEST)) <= {path.relative_to(JS).with_suffix(".css").as_posix() for path in needed}


def test_the_pages_of_the_manifest_have_names_and_addresses_of_their_own() -> None:
    """No page hides another one."""
    text = MANIFEST.read_text(encoding="utf8")
    for field in ("name", "path"):
        found = re.findall(rf'\b{field}: "([^"]*)"', text)
        assert len(found) == len(set(found)) > 4, field


@pytest.mark.parametrize("path", sources(), ids=shown)
def test_a_source_is_short_and_says_what_it_is_for(path: Path) -> None:
    """At most 250 lines, the first of them one comment of one line."""
    lines = path.read_text(encoding="utf8").splitlines()
    assert len(lines) <= MOST_LINES
    opening = r"// .+[.:]" if path.suffix == ".js" else r"/\* .+[.] \*/"
    assert re.fullmatch(opening, lines[0]), lines[0]


@pytest.mark.parametrize("path", sources(), ids=shown)
def test_a_source_has_a_name_in_snake_case(path: Path) -> None:
    """So have its folders."""
    parts = path.relative_to(STATIC).with_suffix("").parts
    assert [part for part in parts if not SNAKE_CASE.fullmatch(part)] == []


def test_no_key_of_an_input_method_is_taken_for_a_command() -> None:
    """A module that handles Enter, Escape or an arrow key asks whether the key belongs to an input method."""
    handlers = [path for path in modules() if KEYS.search(path.read_text(encoding="utf8"))]
    assert len(handlers) > 2
    assert [shown(path) for path in handlers if "isComposing(event)" not in path.read_text(encoding="utf8")] == []
    own = [path for path in modules() if re.search(r"\.isComposing|keyCode", path.read_text(encoding="utf8"))]
    assert [shown(path) for path in own] == ["js/kit/keys.js"]


def test_names_are_kept_from_translation_in_the_way_that_preact_understands() -> None:
    """It sets the property, for which the text "no" is true."""
    assert [shown(path) for path in modules() if 'translate="no"' in path.read_text(encoding="utf8")] == []


def test_no_address_of_a_file_is_broken() -> None:
    """Whatever a page or the server names below /static/ is there."""
    named = [*sources(), *(ROOT / "templates").glob("*.html"), *ROOT.glob("konektor/**/*.py")]
    texts = [path.read_text(encoding="utf8") for path in named]
    paths = {found for text in texts for pattern in (ADDRESS, ASSET) for found in pattern.findall(text)}
    paths |= {shown(entry) for entry in entries()}
    assert len(paths) > 10
    assert [found for found in paths if not (STATIC / found).is_file()] == []


def test_a_stylesheet_refers_to_files_by_their_hash() -> None:
    """A picture or font that has changed gets another address; the failure shows the hash that it has now."""
    assets = AssetFolder(STATIC, watch=False).current
    linked = [
        (path, shown((path.parent / name).resolve()), version)
        for path in sorted(CSS.rglob("*.css"))
        for name, version in LINKED.findall(path.read_text(encoding="utf8"))
    ]
    assert len(linked) > 1
    wrong = [
        f"{shown(path)} needs {assets.address(name)}"
        for path, name, version in linked
        if version != assets.files[name].hash
    ]
    assert wrong == []


def test_a_template_names_files_through_asset() -> None:
    """So that their addresses change with their content."""
    assert re.findall(r"""["']/static/[^"']*""", templates()) == []
