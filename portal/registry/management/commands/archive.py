"""`manage.py archive CASE --out DIR`: the archive package of a closed case as a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.registry import archiving, sip_reading
from portal.registry.models import ArchivePackage, Case


class Command(BaseCommand):
    help = "Write a closed case as an E-ARK SIP and read it back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", metavar="CASE", help="The registry number, such as 00086/2020.")
        parser.add_argument(
            "--out", required=True, type=Path, metavar="DIR", help="Where to write the package."
        )

    def handle(self, **options: Any) -> None:
        cases = Case.objects.filter(registry_number=options["case"])
        if len(cases) != 1:
            raise CommandError(f"{len(cases)} cases have the number {options['case']}.")
        case = cases[0]
        if case.closed_at is None:
            raise CommandError("The case is not closed.")
        options["out"].mkdir(parents=True, exist_ok=True)
        root = archiving.write_to(case, options["out"], ArchivePackage(case=case, ordered_at=timezone.now()))
        self.stdout.write(f"{root}: {sip_reading.check(root)} files, all as METS.xml says.")
