"""A real nginx for tests, on the project's own nginx.conf with the places and ports of a test put in."""

import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.ports import free_ports
from tests.support.requirements import missing
from tests.support.server_logs import shown

NAMES = "subjectAltName=DNS:konektor.example,DNS:localhost,IP:127.0.0.1"
PATIENCE = 30.0


@dataclass(frozen=True)
class FrontDoor:
    """Where a running nginx is: `url` over TLS, `plain` without, `context` for clients that are to trust it."""

    url: str
    plain: str
    context: ssl.SSLContext
    log: Path


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate and its key for this machine and konektor.example, good for two days."""
    chain, key = folder / "fullchain.pem", folder / "privkey.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += [
        "-days",
        "2",
        "-subj",
        "/CN=konektor.example",
        "-addext",
        NAMES,
        "-out",
        str(chain),
        "-keyout",
        str(key),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return chain, key


def exchanged(text: str, old: str, new: str) -> str:
    """`text` with every `old` exchanged; a line that is no longer there fails."""
    assert old in text, f"nginx.conf has no {old!r}"
    return text.replace(old, new)


def written(folder: Path, instances: Sequence[int], secure: int, plain: int) -> Path:
    """The real nginx.conf for these ports, with all that it writes in `folder`; needs no root."""
    chain, key = certificate(folder)
    text = (ROOT / "nginx.conf").read_text()
    servers, wanted = re.subn(r"( +server 127\.0\.0\.1:\d+ [^\n]*\n)+", "INSTANCES", text)
    assert wanted == 1
    text = servers.replace("INSTANCES", "".join(f"server 127.0.0.1:{port} max_fails=0;\n" for port in instances))
    text = re.sub(r" +listen \[::\]:[^\n]*\n", "", text)
    places = [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    for old, new in (
        ("user www-data;", ""),
        ("/run/nginx.pid", f"{folder}/pid"),
        ("/var/log/nginx/error.log", f"{folder}/error.log"),
        ("worker_connections 32768", "worker_connections 1024"),
        ("http {", "http {\n" + "\n".join(places)),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{secure} "),
        ("/etc/letsencrypt/live/konektor.example/fullchain.pem", str(chain)),
        ("/etc/letsencrypt/live/konektor.example/privkey.pem", str(key)),
        ("/var/cache/konektor", f"{folder}/cache"),
    ):
        text = exchanged(text, old, new)
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


def binary() -> str:
    """The nginx of this machine."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin")
    if found is None:
        missing("nginx is missing: apt-get install nginx openssl")
    return found


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when somebody listens on `port`; fails when the process ends before."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, f"nobody listens on {port}"
        time.sleep(0.01)


@contextmanager
def nginx(instances: Sequence[int]) -> Iterator[FrontDoor]:
    """A running nginx before instances on these ports of this machine, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="kt-nginx-") as name:
        folder = Path(name)
        secure, plain = free_ports(2)
        path, log = written(folder, instances, secure, plain), folder / "error.log"
        # In one process: with a master, root's workers would be nobody and read nothing of ours.
        command = [binary(), "-p", name, "-e", str(log), "-c", str(path), "-g", "daemon off; master_process off;"]
        log.touch()
        with subprocess.Popen(command) as process:
            try:
                wait_for(secure, process, log)
                context = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
                with shown("nginx", log):
                    yield FrontDoor(f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}", context, log)
            finally:
                process.kill()
