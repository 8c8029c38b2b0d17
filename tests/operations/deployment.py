"""The commands of docs/deploy as systemd would start them, against this test's database and broker."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tests.processes import PATIENCE_SECONDS, environment

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "docs" / "deploy"
#: Where the unit files expect Samspel's programs, and where they are here.
INSTALLED, HERE = "/opt/samspel/.venv/bin", str(Path(sys.executable).parent)
HOST = "samspel.example.org"
TOKEN = "the-token-of-this-test"


def exec_start(unit: str) -> str:
    """The command of a unit file."""
    (command,) = re.findall(r"^ExecStart=(.+)$", (DEPLOY / unit).read_text(), re.MULTILINE)
    return str(command)


def example_settings() -> dict[str, str]:
    """What the example of an environment file sets."""
    lines = (DEPLOY / "samspel.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def production(var_dir: Path, broker_url: str) -> dict[str, str]:
    """The example's settings, with this test's servers behind them."""
    own = environment(var_dir, broker_url)
    secrets = {"SECRET_KEY": settings.SECRET_KEY, "OPERATIONS_TOKEN": TOKEN}
    places = {"VAR_DIR": str(var_dir), "BROKER_URL": broker_url, "DATABASE_URL": own["DATABASE_URL"]}
    cache = {"CACHE_URL": broker_url.replace("redis://", "rediscache://"), "EMAIL_URL": "filemail://"}
    return own | example_settings() | secrets | places | cache


@dataclass
class Installation:
    """Pages, worker and clock, running."""

    port: int
    env: dict[str, str]
    logs: Path
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, method: str = "GET", body: str = "", **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        """What nginx would ask after a visitor came over TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "Cookie": cookies, "Referer": f"https://{HOST}/"}
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, sent | {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        return answer, text

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text()


@contextmanager
def running(var_dir: Path, broker_url: str) -> Iterator[Installation]:
    """The three units as their files say, but for the port and where programs and data lie."""
    env = production(var_dir, broker_url)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        env=env,
        cwd=ROOT,
        check=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    logs = var_dir / "log"
    logs.mkdir()
    with ExitStack() as ends:
        for name in ("web", "worker", "beat"):
            command = (
                exec_start(f"samspel-{name}.service").replace(INSTALLED, HERE).replace(":8000", f":{port}")
            )
            output = ends.enter_context((logs / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                shlex.split(command), env=env, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
            )
            ends.callback(stop, process)
        installation = Installation(port, env, logs)
        wait_for_pages(installation)
        yield installation


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()


def wait_for_pages(installation: Installation) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if installation.ask("/halsa/lever/")[0].status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"No pages: {installation.log('web')}")
