"""Imports as they are read from sources: at once and on demand, and what only looks like one."""

from pathlib import Path

from handlers.import_graph import graph, imports, on_demand

SOURCES = {
    "app.js": '// Entry.\nimport { a } from "./kit/a.js";\nimport {\n  b,\n  c,\n} from "./talk/b.js";\n',
    "kit/a.js": 'import "../lib.js";\nexport { b } from "../talk/b.js";\n',
    "talk/b.js": 'import { a } from "../kit/a.js";\nconst later = () => import("./c.js");\n',
    "talk/c.js": 'import("../talk/d.js");\n',
    "talk/d.js": "",
    "lib.js": "",
}


def written(root: Path) -> Path:
    """A folder with these modules."""
    for name, text in SOURCES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf8")
    return root


def test_everything_that_is_imported_at_once_is_found(tmp_path: Path) -> None:
    """Also by others, in circles and over several lines; not what loads on demand."""
    root = written(tmp_path)
    assert graph([root / "app.js"]) == {root / name for name in ("app.js", "kit/a.js", "talk/b.js", "lib.js")}


def test_what_loads_on_demand_is_found_when_asked_for(tmp_path: Path) -> None:
    """And what these modules need."""
    root = written(tmp_path)
    assert graph([root / "app.js"], (imports, on_demand)) == {root / name for name in SOURCES}


def test_words_about_imports_are_none(tmp_path: Path) -> None:
    """Neither a comment nor a text in the middle of a line names a module."""
    module = tmp_path / "a.js"
    module.write_text('// import { b } from "./b.js";\nconst text = `import "./c.js"`;\nimport("./d.js");\n')
    assert list(imports(module)) == []
    assert list(on_demand(module)) == [tmp_path / "d.js"]
