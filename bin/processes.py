"""Start processes, keep an eye on them, and leave none behind.

Each gets a process group of its own: a Ctrl-C reaches only us, and we stop the others in order.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from console import ROOT, fail

GRACE_SECONDS = 10.0
LAST_LINES = 20
PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Someone asked us to stop, by Ctrl-C or a signal. Not an error, so no `Exception`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class ProcessEnded(Exception):
    """A process that should go on has ended; the text says which, with its last log lines."""


def stop_on_signals() -> None:
    """Turn Ctrl-C, `kill`, a closed terminal and the end of `make` above us into `Interrupted`."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        # Whoever is impatient presses again: that must not break off the stopping.
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted(number)

    for number in STOP_SIGNALS:
        signal.signal(number, interrupt)
    end_with_parent()


@contextlib.contextmanager
def signals_ignored() -> Iterator[None]:
    """What must not be broken off."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_with_parent() -> None:
    """Ask Linux to send us SIGTERM when our parent ends, also when kill -9 ended it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def before_exec() -> None:
    """In the child, before it becomes its program: take the usual signals, and end with us."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    end_with_parent()


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group that `process` leads, and take up its exit code."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(
    *command: str | Path,
    env: dict[str, str] | None = None,
    quiet: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> int:
    """Run a command to its end in the project's folder and return its exit code.

    `quiet` hides what it prints, except errors. `meanwhile` is called ten times a second; when it
    raises, the command is ended.
    """
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
        start_new_session=True,
        preexec_fn=before_exec,
    )
    try:
        while (code := child.poll()) is None:
            if meanwhile:
                meanwhile()
            time.sleep(0.1)
        return code
    finally:
        end_group(child)


def call(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command to its end without what it prints, except errors; end here too when it fails."""
    if code := run(*command, env=env, quiet=True):
        fail(f"This failed with exit code {code}: {' '.join(map(str, command))}")


class Supervisor:
    """Processes that should all run until we stop. Each writes to `<logs>/<name>.log`.

    Use as a context manager: leaving it stops everything.
    """

    def __init__(self, logs: Path, env: dict[str, str]) -> None:
        self.logs = logs
        self.env = env
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *exception: object) -> None:
        with signals_ignored():
            self.stop()

    def start(self, name: str, *command: str | Path) -> None:
        """Start a process that should run until `stop`."""
        with (self.logs / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=before_exec,
            )

    def check(self) -> None:
        """Raise `ProcessEnded` when a started process is no longer there."""
        for name, process in self.running.items():
            if (code := process.poll()) is not None:
                lines = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()
                last = "\n".join(f"    {line}" for line in lines[-LAST_LINES:])
                raise ProcessEnded(f"“{name}” ended with exit code {code}. Its last log lines:\n\n{last}")

    def watch(self) -> None:
        """Wait for as long as every process runs."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        """End all processes: politely first, the last started first; after ten seconds by force."""
        for process in reversed(self.running.values()):
            # The leader alone: Celery lets go of its work in good order only if its children still live.
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            end_group(process)
        self.running.clear()
