"""Servers that a test may kill, cut off and slow down: PostgreSQL, Redis, and a slow wire."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis

import debian
from tests.processes import wait_until
from with_services import free_port

START_SECONDS = 60


@dataclass
class Server:
    """A server process; `start` after `kill` finds what it had written."""

    command: Sequence[str]
    url: str
    folder: Path
    user: str | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self.answers, f"{self.command[0]} answers", START_SECONDS)

    def kill(self) -> None:
        """kill -9 of all its processes, as a machine that loses power."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def answers(self) -> bool:
        raise NotImplementedError


class PostgreSQL(Server):
    def answers(self) -> bool:
        with suppress(psycopg.Error):
            psycopg.connect(self.url, connect_timeout=2).close()
            return True
        return False

    def one(self, query: str) -> Any:
        """The first value that a query gives."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]

    def kill(self) -> None:
        """kill -9; its backends end when they see that it is gone, and it must be started anew."""
        super().kill()
        # Backends have process groups of their own.
        wait_until(
            lambda: not _has_processes(self.folder), "PostgreSQL's processes have ended", START_SECONDS
        )


class Redis(Server):
    def answers(self) -> bool:
        with suppress(redis.RedisError):
            return bool(redis.Redis.from_url(self.url, socket_connect_timeout=2).ping())
        return False


def _has_processes(folder: Path) -> bool:
    """Whether any process still works in the folder."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdecimal() and (entry / "cwd").resolve() in {folder, folder / "data"}:
                return True
    return False


@contextmanager
def own_postgresql(folder: Path, copy_of: str, address: str = "127.0.0.1") -> Iterator[PostgreSQL]:
    """A PostgreSQL that holds a copy of the database at `copy_of`."""
    programs = debian.postgresql_programs()
    assert programs is not None, "PostgreSQL's server programs (initdb, postgres) are not found"
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    folder.mkdir()
    if user:
        shutil.chown(folder, user, user)
    programs = (programs / "initdb").resolve().parent  # what is on PATH may be a link to it
    data = folder / "data"
    run: dict[str, Any] = {"user": user, "group": user, "extra_groups": [] if user else None, "cwd": folder}
    initialise = ["initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    initialise += ["--no-sync", f"--pgdata={data}"]
    subprocess.run([programs / initialise[0], *initialise[1:]], check=True, capture_output=True, **run)
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.0.0.0/8 trust\n")
    port = free_port()
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder), "-h", address]
    command += ["-c", "max_connections=60", "-c", "synchronous_commit=on"]
    server = PostgreSQL(command, f"postgresql://postgres@{address}:{port}/postgres", folder, user)
    server.start()
    try:
        dump = subprocess.run(
            [programs / "pg_dump", "--no-owner", copy_of], check=True, capture_output=True, cwd=folder
        )
        load: list[Any] = [programs / "psql", "--quiet", "--set=ON_ERROR_STOP=1", server.url]
        subprocess.run(load, input=dump.stdout, check=True, capture_output=True, cwd=folder)
        yield server
    finally:
        server.kill()


@contextmanager
def own_redis(folder: Path, address: str = "127.0.0.1") -> Iterator[Redis]:
    folder.mkdir()
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", address, "--save", "", "--protected-mode", "no"]
    server = Redis(command, f"redis://{address}:{port}/0", folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


class Wire:
    """A TCP proxy that holds each piece back: `delay` seconds each way, or for ever when `cut`."""

    def __init__(self, url: str) -> None:
        there = urlsplit(url)
        self.there = (there.hostname or "127.0.0.1", there.port or 0)
        self.listener = socket.create_server(("127.0.0.1", 0))
        port = self.listener.getsockname()[1]
        self.url = there._replace(netloc=f"{there.netloc.rpartition(':')[0]}:{port}").geturl()
        self.delay = 0.0
        self.cut = threading.Event()
        self.carried = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self.listener.accept()[0]
                far = socket.create_connection(self.there)
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                while self.cut.is_set():
                    time.sleep(0.02)
                time.sleep(self.delay)
                self.carried += len(piece)
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut.clear()
        self.listener.close()


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """A wire to the server at `url`, at full speed until the test slows it."""
    laid = Wire(url)
    try:
        yield laid
    finally:
        laid.close()
