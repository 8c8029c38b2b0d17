"""What `make run` starts lives and ends together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from processes import ProcessEnded, Supervisor, run

BIN = Path(__file__).parents[2] / "bin"


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_tells_which_process_ended_with_its_last_lines_and_stops_the_others(tmp_path: Path) -> None:
    with Supervisor(tmp_path, dict(os.environ)) as processes:
        processes.start("long", "sleep", "60")
        other = processes.running["long"]
        processes.start("short", "sh", "-c", "echo out of paper; exit 3")
        with pytest.raises(ProcessEnded, match=r"“short” ended with exit code 3(.|\n)*out of paper"):
            processes.watch()
    assert not is_alive(other.pid)


def test_ends_grandchildren_that_do_not_listen(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    stubborn = f"(trap '' TERM; echo $BASHPID > {note}; while true; do sleep 0.1; done) & wait"
    with Supervisor(tmp_path, dict(os.environ)) as processes:
        processes.start("stubborn", "bash", "-c", stubborn)
        assert wait_until(lambda: note.is_file() and note.read_text().strip() != "")
    assert wait_until(lambda: not is_alive(int(note.read_text())))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_process_outlives_the_supervisor(tmp_path: Path, number: int) -> None:
    script = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(BIN)!r})
from processes import Interrupted, Supervisor, stop_on_signals
stop_on_signals()
try:
    with Supervisor(Path({str(tmp_path)!r}), dict(os.environ)) as processes:
        processes.start("sleeper", "sleep", "60")
        print(processes.running["sleeper"].pid, flush=True)
        processes.watch()
except Interrupted:
    print("stopped")
"""
    supervisor = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    sleeper = int(supervisor.stdout.readline())
    assert is_alive(sleeper)
    supervisor.send_signal(number)
    rest, _ = supervisor.communicate(timeout=15)
    assert rest == ("" if number == signal.SIGKILL else "stopped\n")
    assert wait_until(lambda: not is_alive(sleeper))


def test_a_command_is_broken_off_when_a_process_beside_it_ends(tmp_path: Path) -> None:
    began = time.monotonic()
    with Supervisor(tmp_path, dict(os.environ)) as processes:
        processes.start("short", "true")
        with pytest.raises(ProcessEnded):
            run("sleep", "60", meanwhile=processes.check)
    assert time.monotonic() - began < 30
