"""`manage.py access_matrix`: who may do what, as the page `docs/access.md`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.people.matrix import as_markdown


class Command(BaseCommand):
    help = "Print who may do what, read from the rules in the code."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
