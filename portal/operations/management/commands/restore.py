"""Puts a backup back into an empty database, or with --replace into any (docs/operations.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from post_office.models import STATUS, Email

from portal.operations.restoring import RestoreRefused, restore


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, metavar="FILE")
        parser.add_argument("--replace", action="store_true", help="delete what the database holds first")

    def handle(self, *args: Any, archive: Path, replace: bool, **options: Any) -> None:
        try:
            manifest = restore(archive, replace=replace)
        except RestoreRefused as error:
            raise CommandError(str(error)) from error
        rows = sum(facts["rows"] for facts in manifest.tables.values())
        self.stdout.write(f"{rows} rows and {len(manifest.files)} files as of {manifest.made_at}.")
        if waiting := Email.objects.filter(status__in=[STATUS.queued, STATUS.requeued]).count():
            self.stdout.write(f"{waiting} mails were waiting then, and go out when the worker starts.")
