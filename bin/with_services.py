"""Run a command with PostgreSQL and Redis behind it, starting those that do not answer.

    with_services.py pytest -k name

Looks at `DATABASE_URL` and `BROKER_URL`, by default PostgreSQL and Redis on their usual ports of this
machine. What it starts lives in a temporary folder and is stopped and deleted afterwards.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

import debian
from console import ROOT, fail, say
from processes import GRACE_SECONDS, Interrupted, before_exec, end_group, signals_ignored, stop_on_signals

DATABASE_URL = "postgresql://postgres@127.0.0.1:5432/postgres"
BROKER_URL = "redis://127.0.0.1:6379/15"
START_SECONDS = 30.0
HERE = {"127.0.0.1", "localhost"}


class Services:
    """The servers started here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []

    def start(
        self, name: str, command: list[str], answers: Callable[[], bool], user: str | None = None
    ) -> None:
        """Start a server and wait until it answers; ends with its log when it does not."""
        say(f"Starting {name}")
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                command,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                cwd=self.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=before_exec,
            )
        self.started.append(server)
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            if server.poll() is not None or time.monotonic() > deadline:
                fail(f"{name} did not start:\n\n{log.read_text(errors='replace')}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop them at once: PostgreSQL takes SIGINT as not to wait for who is still connected."""
        for server in self.started:
            server.send_signal(signal.SIGINT)
        for server in self.started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(GRACE_SECONDS)
            end_group(server)


def database_answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True


def broker_answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url, socket_connect_timeout=5).ping())
    except (redis.RedisError, ValueError):  # ValueError: no address of a Redis
        return False


def database(services: Services) -> str:
    """The address of a PostgreSQL that answers."""
    if database_answers(url := os.environ.get("DATABASE_URL", DATABASE_URL)):
        return url
    port = port_to_start("PostgreSQL", "DATABASE_URL", url)
    if debian.postgresql_programs() is None:
        debian.install(["postgresql"])
    programs = debian.postgresql_programs()
    if programs is None:
        fail("PostgreSQL's server programs (initdb, postgres) are not found. Put them on PATH and try again.")
    data = services.folder / "postgresql"
    data.mkdir()
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "postgres"
        shutil.chown(data, user)
    initialise = [str(programs / "initdb"), "--username=postgres", "--auth=trust", "--encoding=UTF8"]
    initialise += ["--locale=C.UTF-8", f"--pgdata={data}"]
    done = subprocess.run(
        initialise, user=user, group=user, cwd=data, capture_output=True, text=True, check=False
    )
    if done.returncode:
        fail(f"initdb failed:\n\n{done.stderr}")
    if not is_free(port):  # Debian's package may have started a server of its own just now
        port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": data,
        "max_connections": 200,
        "fsync": "off",  # a test has nothing to lose in a crash of the machine
    }
    server = [str(programs / "postgres"), "-D", str(data)]
    server += [f"--{option}={value}" for option, value in options.items()]
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    services.start("postgresql", server, lambda: database_answers(url), user)
    return url


def broker(services: Services) -> str:
    """The address of a Redis that answers."""
    if broker_answers(url := os.environ.get("BROKER_URL", BROKER_URL)):
        return url
    port = port_to_start("Redis", "BROKER_URL", url)
    if shutil.which("redis-server") is None:
        debian.install(["redis-server"])
    port = port if is_free(port) else free_port()
    server = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    url = f"redis://127.0.0.1:{port}{urlsplit(url).path}"
    services.start("redis", server, lambda: broker_answers(url))
    return url


def port_to_start(name: str, variable: str, url: str) -> int:
    """The port at which to start a server; ends when `url` was given and names one not ours to replace."""
    address = urlsplit(url)
    if variable in os.environ and (
        address.hostname not in HERE or not address.port or not is_free(address.port)
    ):
        fail(f"{name} does not answer at {variable}, or refuses the login. Correct or unset {variable}.")
    return address.port or free_port()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_command(command: list[str], env: dict[str, str]) -> int:
    """Run in our own process group, so that it has the terminal, and give it time to tidy up when stopped."""
    with subprocess.Popen(command, cwd=ROOT, env=env, preexec_fn=before_exec) as child:
        try:
            return child.wait()
        except Interrupted as interrupted:
            if interrupted.number != signal.SIGINT:  # Ctrl-C it has had from the terminal
                child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_SECONDS)
            child.kill()
            raise


def main(command: list[str]) -> int:
    stop_on_signals()
    # In the system's folder for temporary files, which the postgres user may enter; a home folder often not.
    with tempfile.TemporaryDirectory(prefix="samspel-services-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        services = Services(folder)
        try:
            found = {"DATABASE_URL": database(services), "BROKER_URL": broker(services), "DEBUG": "on"}
            return run_command(command, os.environ | found)
        except Interrupted as interrupted:
            return 128 + interrupted.number
        finally:
            with signals_ignored():
                services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
