"""Load the lists of partnerships: another city's from a file, or those that Samspel ships with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import FieldError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from iop import lists_file


class Command(BaseCommand):
    help = (
        "Load lists of partnerships from FILE (JSON, one key per list; see docs/development.md), or what "
        "Samspel ships with when no file is named. Rows that the file does not name stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        for one in [file] if file else sorted(lists_file.SHIPPED.glob("*.json")):
            for name, number in _load(one).items():
                self.stdout.write(f"{name}: {number}")


def _load(file: Path) -> dict[str, int]:
    """Load one file. Raises CommandError that says what is wrong, and then nothing of it is kept."""
    try:
        return lists_file.load(file)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise CommandError(f"{file} is not JSON: line {error.lineno}, {error.msg}") from error
    except KeyError as error:
        raise CommandError(f"{file}: a row lacks {error}") from error
    except (lists_file.UnknownList, FieldError, DatabaseError, TypeError, ValueError) as error:
        raise CommandError(f"{file}: {error}") from error
