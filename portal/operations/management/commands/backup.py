"""Writes a backup: every row and every file in one archive (docs/operations.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.operations.backup import back_up


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the archive to write")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        try:
            manifest = back_up(out)
        except FileExistsError as error:
            raise CommandError(f"{out} is there already; a backup overwrites nothing.") from error
        except OSError as error:
            raise CommandError(f"The backup was not made: {error}") from error
        rows = sum(facts["rows"] for facts in manifest.tables.values())
        self.stdout.write(f"{out}: {rows} rows of {len(manifest.tables)} tables, {len(manifest.files)} files")
        if manifest.missing:
            raise CommandError(
                "The backup is made, but files that rows name are not in the store: "
                + ", ".join(manifest.missing)
            )
