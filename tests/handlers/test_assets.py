"""Addresses of static files: they change with the content and with nothing else, and lead every import there."""

import base64
import hashlib
import json
from pathlib import Path

from handlers.assets import ASKED, KEPT, AssetFolder

SOURCES = {
    "js/app.js": 'import { a } from "./kit/a.js";\nimport "./talk/b.js";\n',
    "js/kit/a.js": 'import "../../vendor/lib.js";\nexport { b } from "../talk/b.js"; // the largest of all\n',
    "js/talk/b.js": 'import { a } from "../kit/a.js";\nconst later = () => import("./c.js");\n',
    "js/talk/c.js": "export default 1;\n",
    "js/other.js": "",
    "vendor/lib.js": "",
    "css/kit/other.css": "",
    "css/talk/b.css": "",
    "css/talk/c.css": "",
}


def folder(root: Path, *, watch: bool = True) -> AssetFolder:
    """A static folder with these files."""
    for name, text in SOURCES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf8")
    return AssetFolder(root, watch=watch)


def paths(addresses: tuple[str, ...]) -> list[str]:
    """The addresses without their hashes."""
    return [address.removeprefix("/static/").partition("?v=")[0] for address in addresses]


def test_what_is_needed_at_once_is_preloaded(tmp_path: Path) -> None:
    """The largest module first, without the entry and what loads on demand, and the stylesheets of these names."""
    needed = folder(tmp_path).current.needed_by("js/app.js")
    assert paths(needed.modules) == ["js/kit/a.js", "js/talk/b.js", "vendor/lib.js"]
    assert paths(needed.styles) == ["css/talk/b.css"]


def test_the_import_map_leads_every_import_to_the_address_with_its_hash(tmp_path: Path) -> None:
    """Also what loads on demand with its stylesheet; the policy allows exactly this text."""
    assets = folder(tmp_path).current
    needed = assets.needed_by("js/app.js")
    reachable = [name for name in SOURCES if name.startswith(("js/", "vendor/")) and name != "js/other.js"]
    expected = {f"/static/{name}": assets.address(name) for name in [*reachable, "css/talk/c.css"]}
    assert json.loads(needed.import_map) == {"imports": expected}
    digest = base64.b64encode(hashlib.sha256(needed.import_map.encode()).digest()).decode()
    assert needed.policy == f"'sha256-{digest}'"


def test_a_changed_file_changes_its_address_under_the_same_version(tmp_path: Path) -> None:
    """And no other; the address before is no longer kept, and a developer need not start the server again."""
    opened = folder(tmp_path)
    before, old = opened.current, opened.current.files["js/kit/a.js"].hash
    assert before.cache_control("js/kit/a.js", old) == KEPT
    (tmp_path / "js/kit/a.js").write_text("export const a = 2;\n")
    after = opened.current
    changed = {name for name in SOURCES if after.address(name) != before.address(name)}
    assert changed == {"js/kit/a.js"}
    new = after.files["js/kit/a.js"].hash
    assert [after.cache_control("js/kit/a.js", version) for version in (old, new, "")] == [ASKED, KEPT, ASKED]
    assert after.address("js/kit/a.js") in after.needed_by("js/app.js").import_map


def test_the_same_content_has_the_same_address(tmp_path: Path) -> None:
    """On every instance and after every start, whenever its file was written."""
    first, second = folder(tmp_path / "a").current, folder(tmp_path / "b").current
    assert [first.address(name) for name in SOURCES] == [second.address(name) for name in SOURCES]


def test_files_that_come_and_go_are_noticed(tmp_path: Path) -> None:
    """By a server that watches."""
    opened = folder(tmp_path)
    assert "js/new.js" not in opened.current.files
    (tmp_path / "js/new.js").write_text("")
    (tmp_path / "js/other.js").unlink()
    assert {"js/new.js", "js/other.js"} & opened.current.files.keys() == {"js/new.js"}


def test_production_reads_its_files_once(tmp_path: Path) -> None:
    """A file that is exchanged under a running server is served, but kept by no browser as what it was."""
    opened = folder(tmp_path, watch=False)
    address, version = opened.current.address("js/app.js"), opened.current.files["js/app.js"].hash
    (tmp_path / "js/app.js").write_text("changed")
    assert opened.current.address("js/app.js") == address
    assert opened.current.cache_control("js/app.js", version) == ASKED
    (tmp_path / "js/app.js").unlink()
    assert opened.current.cache_control("js/app.js", version) == ASKED
