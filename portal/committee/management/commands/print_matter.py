"""Print the three official documents of a matter from a facts file (docs/print_matter.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.committee.matter_text import MatterText
from portal.committee.papers import chairs_proposal, minutes_extract, officers_report


class Command(BaseCommand):
    help = (
        "Print officers' report, chair's proposal and minutes' extract from FACTS.json. "
        "The format is described in docs/print_matter.md."
    )
    requires_system_checks = []  # touches no database and serves nothing

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("facts", type=Path, metavar="FACTS.json")
        parser.add_argument(
            "--out", type=Path, required=True, metavar="DIR", help="where the PDFs are written"
        )

    def handle(self, *args: Any, facts: Path, out: Path, **options: Any) -> None:
        from portal.documents.rendering import render_pdf

        text = _read(facts)
        out.mkdir(parents=True, exist_ok=True)
        for source in (officers_report(text), chairs_proposal(text), minutes_extract(text)):
            path = out / f"{source.kind}.pdf"
            path.write_bytes(render_pdf(source.html, title=source.title, numbered=source.numbered))
            self.stdout.write(str(path))


def _read(path: Path) -> MatterText:
    """The matter in a facts file. Raises CommandError that says what is wrong, and where."""
    try:
        return MatterText.from_facts(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise CommandError(f"{path} is not JSON: line {error.lineno}, {error.msg}") from error
    except ValueError as error:  # UnicodeDecodeError is one too
        raise CommandError(f"{path}: {error}") from error
