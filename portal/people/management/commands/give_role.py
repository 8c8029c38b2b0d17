"""`manage.py give_role`: the first administrator of an installation, who gives the others on the page."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.people.models import Role
from portal.people.roles import ELECTED, CannotChange, give


class Command(BaseCommand):
    help = "Give somebody a role from today on. Who has no account gets one and signs in with a code by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=[role.value for role in Role if role not in ELECTED])
        parser.add_argument("--name", default="", help="what colleagues see; for a new account")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            role = Role(options["role"])
            give(options["email"], options["name"], role, timezone.localdate(), by=None)
        except CannotChange as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{options['email']}: {role.label}")
