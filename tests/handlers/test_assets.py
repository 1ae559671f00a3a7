"""The files of the first paint: found by following the imports of the application's entry."""

from pathlib import Path

from handlers.assets import FirstPaint, first_paint, imports

SOURCES = {
    "js/app.js": '// Entry.\nimport { a } from "./kit/a.js";\nimport {\n  b,\n  c,\n} from "./talk/b.js";\n',
    "js/kit/a.js": 'import "../../vendor/lib.js";\nexport { b } from "../talk/b.js";\n',
    "js/talk/b.js": 'import { a } from "../kit/a.js";\nconst later = () => import("./c.js");\n',
    "js/talk/c.js": "export default 1;\n",
    "vendor/lib.js": "",
    "css/kit/other.css": "",
    "css/talk/b.css": "",
    "css/talk/c.css": "",
}


def static(root: Path) -> Path:
    """A static folder with these files."""
    for name, text in SOURCES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf8")
    return root


def test_everything_that_is_imported_at_once_is_preloaded(tmp_path: Path) -> None:
    """Also by others, in circles and over several lines, the largest first; not the entry, nor what loads on demand."""
    found = first_paint(static(tmp_path))
    modules = ("js/talk/b.js", "js/kit/a.js", "vendor/lib.js")
    assert found == FirstPaint(modules=modules, styles=("css/talk/b.css",))


def test_words_about_imports_are_none(tmp_path: Path) -> None:
    """Neither a comment nor a text in the middle of a line names a module."""
    module = tmp_path / "a.js"
    module.write_text('// import { b } from "./b.js";\nconst text = `import "./c.js"`;\nimport("./d.js");\n')
    assert list(imports(module)) == []
