"""The commands of docs/deploy as systemd would start them, against this test's database and broker."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.processes import environment

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "docs" / "deploy"
#: Where the unit files expect Samspel's programs, and where they are here.
INSTALLED, HERE = "/opt/samspel/.venv/bin", str(Path(sys.executable).parent)
HOST = "samspel.example.org"
UNITS = ("web", "worker", "beat")
#: The file descriptor at which systemd hands over the first socket.
FIRST_HANDED_OVER = 3
TOKEN = "the-token-of-this-test"
#: As in samspel-web.socket.
BACKLOG = 2048


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
    keys = {"SECRET_KEY": settings.SECRET_KEY, "IDENTITY_KEYS": ",".join(settings.IDENTITY_KEYS)}
    secrets = keys | {"OPERATIONS_TOKEN": TOKEN}
    places = {"VAR_DIR": str(var_dir), "BROKER_URL": broker_url, "DATABASE_URL": own["DATABASE_URL"]}
    cache = {"CACHE_URL": broker_url.replace("redis://", "rediscache://"), "EMAIL_URL": "filemail://"}
    return own | example_settings() | secrets | places | cache


@dataclass
class Installation:
    """Pages, worker and clock, running."""

    port: int
    env: dict[str, str]
    logs: Path
    listening: socket.socket
    cookies: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start a unit's command; for the pages with the open socket, as systemd hands it over."""
        command = "exec " + exec_start(f"samspel-{name}.service").replace(INSTALLED, HERE)
        handed: dict[str, Any] = {}
        if name == "web":
            command = f"LISTEN_PID=$$ LISTEN_FDS=1 {command}"
            handed = {"pass_fds": (FIRST_HANDED_OVER,), "preexec_fn": self._hand_over}
        with (self.logs / f"{name}.log").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                ["/bin/sh", "-c", command],
                env=self.env,
                cwd=ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **handed,
            )

    def _hand_over(self) -> None:
        os.dup2(self.listening.fileno(), FIRST_HANDED_OVER)

    def stop(self, name: str) -> None:
        """End a unit's processes as systemd does: politely, then by force."""
        process = self.processes[name]
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

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
def running(var_dir: Path, broker_url: str, units: Sequence[str] = UNITS) -> Iterator[Installation]:
    """The units as their files say, but for the port and where programs and data lie."""
    env = production(var_dir, broker_url)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        env=env,
        cwd=ROOT,
        check=True,
    )
    with serving(env, var_dir / "log", units) as installation:
        yield installation


@contextmanager
def serving(env: dict[str, str], logs: Path, units: Sequence[str]) -> Iterator[Installation]:
    """The commands of some units with an environment that is made ready."""
    logs.mkdir()
    with socket.socket() as listening:  # as samspel-web.socket holds it
        listening.bind(("127.0.0.1", 0))
        listening.listen(BACKLOG)
        installation = Installation(listening.getsockname()[1], env, logs, listening)
        try:
            for name in units:
                installation.start(name)
            yield installation
        finally:
            for name in installation.processes:
                installation.stop(name)
