"""A real nginx with the files of docs/deploy, in front of a server on this machine."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

import debian
from tests.operations.deployment import DEPLOY, HOST
from tests.processes import wait_until
from with_services import free_port, is_free

#: As Debian's own nginx.conf has it.
SIZE = "worker_processes auto;\nevents { worker_connections 768; }\n"
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Front:
    """Where nginx listens: to browsers, and to those who have not heard of https."""

    port: int
    plain_port: int
    folder: Path

    def connect(self, address: str = "127.0.0.1", timeout: float = 60) -> HTTPSConnection:
        """A connection of a browser that sits at `address`; all of 127.0.0.0/8 is this machine."""
        own_certificate = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        own_certificate.check_hostname = False  # the certificate's name is not 127.0.0.1
        return HTTPSConnection(
            "127.0.0.1", self.port, timeout=timeout, context=own_certificate, source_address=(address, 0)
        )


@contextmanager
def nginx_before(port: int, folder: Path) -> Iterator[Front]:
    """Run nginx before a server at `port`, with all that it writes in `folder`."""
    program = debian.program("nginx")
    assert program, "nginx is not installed: `make setup-dev` does that"
    folder.mkdir()
    _certify(folder)
    front = Front(free_port(), free_port(), folder)
    (folder / "nginx.conf").write_text(_configuration(front, port))
    command = [program, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"]
    with (folder / "output.log").open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_until(lambda: _is_up(server, front), "nginx answers", 30)
        yield front
    finally:
        server.terminate()
        server.wait(timeout=30)


def _certify(folder: Path) -> None:
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj"
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*make.split(), f"/CN={HOST}", *files], check=True, capture_output=True)


def _configuration(front: Front, port: int) -> str:
    """The site as it is deployed, but for where its files lie and where it listens."""
    site = (DEPLOY / "nginx.conf").read_text()
    for there, here in {
        "/etc/ssl/samspel": str(front.folder),
        "/etc/nginx/samspel-proxy.conf": str(DEPLOY / "samspel-proxy.conf"),
        "/var/log/nginx": str(front.folder),
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{port};",
        "listen 80;": f"listen 127.0.0.1:{front.plain_port};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{front.port} ssl http2;",
    }.items():
        assert there in site, there
        site = site.replace(there, here)
    site = re.sub(r"listen \[::\]:.*;", "", site)
    folders = "".join(f"{kind}_temp_path {kind};\n" for kind in KINDS)
    user = "user root;\n" if os.geteuid() == 0 else ""  # the folder is nobody else's
    return f"{user}pid nginx.pid;\n{SIZE}http {{\n{folders}{site}}}\n"


def _is_up(server: subprocess.Popen[bytes], front: Front) -> bool:
    log = front.folder / "error.log"
    assert server.poll() is None, log.read_text() if log.exists() else "nginx ended"
    return not is_free(front.port)
