"""Real processes for tests: Celery workers against this test's own database, files and broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from django.db import connection

PATIENCE_SECONDS = float(os.environ.get("PATIENCE", "240"))


def environment(var_dir: Path, broker_url: str) -> dict[str, str]:
    """Settings that point another process at this test's database, files and broker."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        assert "mode=memory" not in str(settings["NAME"]), "Another process cannot see this: use `make test`"
        database = f"sqlite:///{settings['NAME']}"
    else:
        who = quote(settings["USER"] or "")
        if settings["PASSWORD"]:
            who += f":{quote(settings['PASSWORD'])}"
        database = f"postgresql://{who}@{settings['HOST']}:{settings['PORT'] or 5432}/{settings['NAME']}"
    return os.environ | {
        "DATABASE_URL": database,
        "BROKER_URL": broker_url,
        "VAR_DIR": str(var_dir),
        "EMAIL_URL": os.environ.get("EMAIL_URL", "filemail://"),
        "DEBUG": "on",
    }


class Worker:
    """A running Celery worker."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def kill(self) -> None:
        """kill -9 of the worker and its children, as a machine that loses power."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def running_worker(
    env: dict[str, str],
    concurrency: int = 1,
    *,
    beat: bool = False,
    largest_file_kb: int | None = None,
    prefix: Sequence[str] = (),
) -> Iterator[Worker]:
    """A worker process group; with `beat` it also sweeps.

    `largest_file_kb` is a disk that is soon full: the system refuses to let any file grow further.
    `prefix` stands before the command and runs it somewhere else.
    """
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "--loglevel", "WARNING"]
    command += ["--concurrency", str(concurrency), "--without-gossip", "--without-mingle"]
    if beat:
        command += ["--beat", "--schedule", str(Path(env["VAR_DIR"]) / f"schedule-{uuid4().hex}")]
    if largest_file_kb is not None:
        command = ["prlimit", f"--fsize={largest_file_kb * 1024}", *command]
    command += ["--hostname", f"{uuid4().hex}@%h"]
    worker = Worker(subprocess.Popen([*prefix, *command], env=env, start_new_session=True))
    try:
        yield worker
    finally:
        worker.stop()


def wait_until(
    condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS, every: float = 0.1
) -> None:
    """Return when `condition` holds, asked again after `every` seconds; fail with `what` when time is out."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} s: {what}")
        time.sleep(every)
