"""`manage.py retention`: what goes by the rules of keeping and destroying, shown or done."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.people.models import User
from portal.registry import retention
from portal.registry.models import Destruction, DestructionState
from portal.registry.rules import registrar
from portal.registry.shipped_rules import install_rules


class Command(BaseCommand):
    help = "Destroy by rule what is due, ordered by a registrar; --dry-run only tells what would go and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Tell what would go, and change nothing.")
        parser.add_argument("--by", metavar="EMAIL", help="The registrar who orders it.")
        parser.add_argument(
            "--install", action="store_true", help="Write the shipped rules that are missing."
        )

    def handle(self, **options: Any) -> None:
        today = timezone.localdate()
        if options["install"]:
            self.stdout.write(f"{install_rules(today)} rules written.")
            return
        if options["dry_run"]:
            rules = retention.rules_by_kind(today)
            rows = retention.due(today).select_related("case").defer("content")
            for record in rows:
                rule = rules[record.kind]
                self.stdout.write(
                    f"{record.case.registry_number} {record.kind} {record.created_at:%Y-%m-%d}: "
                    f"{rule.class_code} {rule.years} years after the case was closed"
                )
            for one in retention.going():
                self.stdout.write(
                    f"{one.code}: {one.now} go by themselves after {one.rule.years} years, "
                    f"{one.soon} more within {retention.WARNING.days} days"
                )
            self.stdout.write(f"{len(rows)} records would be destroyed. Drafts are not shown to anyone.")
            return
        by = User.objects.filter(email__iexact=options["by"] or "").first()
        if by is None or not registrar(by):
            raise CommandError("Say with --by which registrar orders it.")
        ordered = retention.order(by, today)
        waiting = Destruction.objects.filter(state=DestructionState.ORDERED)
        for row_id in waiting.values_list("pk", flat=True):
            retention.destroy(row_id)
        self.stdout.write(f"{ordered} records ordered, {waiting.count()} left for the workers.")
