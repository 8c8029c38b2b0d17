"""`make run` from an empty var/: it serves, its worker makes the pack, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from pypdf import PdfReader

from with_services import free_port

ROOT = Path(__file__).parents[2]


def embedded(var: Path) -> dict[str, str]:
    """The environment of someone who has set nothing, with files of its own."""
    ours = {"DATABASE_URL", "BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in ours} | {"VAR_DIR": str(var)}


def start(port: int, var: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "bin/run.py", "--port", str(port)],
        cwd=ROOT,
        env=embedded(var),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.soak
def test_runs_from_nothing_and_stops_whole(tmp_path: Path) -> None:
    port = free_port()
    running = start(port, tmp_path)
    lines: list[str] = []
    try:
        assert running.stdout is not None
        for line in running.stdout:
            lines.append(line)
            if line.startswith("Logs:"):
                break
        said = "".join(lines)
        assert "[8/8]" in said, said
        assert f"http://127.0.0.1:{port}/" in said
        assert len(PdfReader(tmp_path / "demo" / "handlingar.pdf").pages) > 50
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
            assert b"<h1" in page.read()
    finally:
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=30)
    assert (running.returncode, rest.strip()) == (0, "Stopped.")
    assert left_behind(tmp_path) == []


def test_a_taken_port_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = start(port, tmp_path)
        said, _ = running.communicate(timeout=30)
    assert running.returncode == 1
    assert said.strip() == (
        f"Port {port} cannot be used ([Errno 98] Address already in use). "
        f"Choose another: make run PORT={port + 1}"
    )
    assert list(tmp_path.iterdir()) == []


def left_behind(var: Path) -> list[int]:
    """Processes that still have this var/ in their environment."""
    mark = f"VAR_DIR={var}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
        except OSError:
            continue  # ended meanwhile, or someone else's
    return found
