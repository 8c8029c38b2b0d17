"""`make run`: from a fresh checkout to a running Samspel with its demo data and the committee's first pack.

Starts web, Celery worker and beat on the embedded database and broker under var/, waits for them,
and stops everything it started at Ctrl-C.
"""

import argparse
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import prepare
from console import ROOT, VAR, VENV, Steps, fail
from processes import Interrupted, ProcessEnded, Supervisor, run, stop_on_signals

WEB_START_SECONDS = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port: int = parser.parse_args().port
    stop_on_signals()
    serving = False
    try:
        refuse_taken_port(port)
        steps = Steps(prepare.STEPS + 4)
        prepare.prepare(steps)
        with Supervisor(VAR / "log", os.environ | {"PYTHONUNBUFFERED": "1"}) as processes:
            start(processes, steps, port)
            serving = True
            processes.watch()
    except ProcessEnded as ended:
        fail(f"{ended}\n\nEverything is stopped.")
    except Interrupted as interrupted:
        print("\nStopped.", flush=True)
        return 0 if serving else 128 + interrupted.number
    return 0


def start(processes: Supervisor, steps: Steps, port: int) -> None:
    """The steps after preparation, to the point where someone can sign in and the pack is made."""
    address = f"http://127.0.0.1:{port}/"
    pack_folder = VAR / "demo"
    steps.begin("Database")
    manage(processes, "migrate", "--verbosity", "0")
    steps.begin("Demo data")
    manage(processes, "demo")
    steps.begin("Web, worker and beat")
    start_web(processes, port)
    # Gossip and the like are talk between several workers, which the file-based broker has no use for.
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    celery = (VENV / "celery", "-A", "portal.celery")
    processes.start("worker", *celery, "worker", "--concurrency", "2", "--loglevel", "INFO", *quiet)
    processes.start("beat", *celery, "beat", "--loglevel", "INFO")
    wait_for_web(processes, address)
    steps.begin("The meeting's decision pack, by the worker")
    manage(processes, "demo", "--wait-for-pack", "--out", shown(pack_folder))
    print("\nSamspel is running. Ctrl-C stops it; `make reset` begins anew.\n", flush=True)
    manage(processes, "demo", "--sign-ins", "--address", address)
    print(
        f"\nDecision pack: {shown(pack_folder / 'handlingar.pdf')}\nLogs:          {shown(processes.logs)}/",
        flush=True,
    )


def start_web(processes: Supervisor, port: int) -> None:
    """One process, since the embedded cache lives inside it; it starts again when a file changes."""
    templates = sorted((ROOT / "templates").rglob("*.*"))
    processes.start(
        "web",
        VENV / "gunicorn",
        "portal.wsgi",
        f"--bind=127.0.0.1:{port}",
        "--workers=1",
        "--threads=4",
        "--graceful-timeout=5",
        "--no-control-socket",
        "--reload",
        *(f"--reload-extra-file={path}" for path in templates),
    )


def manage(processes: Supervisor, *arguments: str | Path) -> None:
    command = (VENV / "python", "manage.py", *arguments)
    if code := run(*command, env=processes.env, meanwhile=processes.check):
        raise ProcessEnded(f"`manage.py {arguments[0]}` failed with exit code {code}.")


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            fail(f"Port {port} cannot be used ({error}). Choose another: make run PORT={port + 1}")


def wait_for_web(processes: Supervisor, address: str) -> None:
    """Return when the start page answers, whatever the status below 500."""
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + WEB_START_SECONDS
    while time.monotonic() < deadline:
        processes.check()
        try:
            no_proxy.open(address, timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            raise ProcessEnded(
                f"{address} answers with error {error.code}: see {shown(processes.logs)}/web.log"
            ) from None
        except OSError:
            time.sleep(0.2)
    raise ProcessEnded(
        f"{address} did not answer in {WEB_START_SECONDS:.0f} seconds: see {shown(processes.logs)}/web.log"
    )


def shown(path: Path) -> str:
    """The path as one would type it from the project's folder."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


if __name__ == "__main__":
    sys.exit(main())
