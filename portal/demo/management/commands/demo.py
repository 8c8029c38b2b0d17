"""Loads the demo data, has a worker make its decision pack, and tells who can sign in."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.committee import pack
from portal.committee.models import Pack
from portal.demo import load, people

PACK_FILE = "handlingar.pdf"
#: A worker that has made nothing for this long will not make the pack.
PATIENCE_SECONDS = 300


class Command(BaseCommand):
    """`manage.py demo` loads; `--wait-for-pack` waits for a running worker; `--pack-only` brings its own."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait-for-pack", action="store_true", help="wait until a worker has made the pack"
        )
        parser.add_argument(
            "--pack-only",
            action="store_true",
            help="run the main job with a worker of its own, without serving",
        )
        parser.add_argument("--out", type=Path, default=Path("var/demo"), help="where to write the pack")
        parser.add_argument("--sign-ins", action="store_true", help="print who can sign in")
        parser.add_argument("--address", default="http://127.0.0.1:8000/", help="printed with the sign-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            return self.print_sign_ins(options["address"])
        if options["pack_only"]:
            call_command("migrate", verbosity=0)
        self.load_once()
        if options["pack_only"]:
            with worker():
                return self.wait_for_pack(options["out"])
        if options["wait_for_pack"]:
            self.wait_for_pack(options["out"])
        return None

    def load_once(self) -> None:
        if load.is_loaded():
            return
        self.stdout.write("Loading 22 associations, their applications and assessments …")
        load.load(timezone.localdate())

    def wait_for_pack(self, out: Path) -> None:
        """Follow the newest pack until the worker has made it, then copy it to `out`."""
        newest = load.meeting_of_the_round().latest_pack
        if newest is None:
            raise CommandError("No pack has been asked for.")
        self.follow(newest)
        if newest.file is None:
            raise CommandError(f"The pack failed: {newest.error}")
        out.mkdir(parents=True, exist_ok=True)
        (out / PACK_FILE).write_bytes(newest.file.read())
        self.stdout.write(f"{out / PACK_FILE}: {newest.pages} pages")

    def follow(self, wanted: Pack) -> None:
        """Print the pack's progress as it changes."""
        said, changed_at = "", time.monotonic()
        while wanted.is_waiting:
            done = pack.progress(wanted)
            text = f"{wanted.state}: {done['ready']} of {done['total']} parts"
            if text != said:
                self.stdout.write(text)
                said, changed_at = text, time.monotonic()
            if time.monotonic() - changed_at > PATIENCE_SECONDS:
                raise CommandError("No worker has come for the pack. Is one running?")
            time.sleep(0.3)
            wanted.refresh_from_db()

    def print_sign_ins(self, address: str) -> None:
        """One person per role; of case officers two, since some acts need both."""
        rows = [("Address", address), ("Password", f"{people.PASSWORD} (the same for all)")]
        rows += people.ASSOCIATION_SIGN_INS
        seen: set[str] = set()
        for person in people.STAFF:
            label = person.role.replace("_", " ").capitalize()
            rows.append((f"Another {label.lower()}" if label in seen else label, person.email))
            seen.add(label)
        for label, value in rows:
            self.stdout.write(f"{label + ':':<22} {value}")


@contextmanager
def worker() -> Iterator[None]:
    """A Celery worker process, with beat, for as long as the block lasts."""
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "--loglevel", "WARNING"]
    command += ["--concurrency", "2", "--without-gossip", "--beat"]
    command += ["--schedule", str(settings.VAR_DIR / "pack-only-schedule")]
    process = subprocess.Popen(command, env=os.environ)  # noqa: S603 - our own worker
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)
