"""Make staff accounts that sign in with a password (break-glass), or give and end roles: docs/identity.md."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.people import roles
from portal.people.models import Role, User

CAUSE = "command"


class Command(BaseCommand):
    help = "Make a staff account without a password, or give and end roles of one"

    def add_arguments(self, parser: ArgumentParser) -> None:
        choices = sorted(set(Role.values) - roles.ELECTED)
        parser.add_argument("email")
        parser.add_argument("--give", nargs="+", default=[], choices=choices, metavar="ROLE")
        parser.add_argument("--end", nargs="+", default=[], choices=choices, metavar="ROLE")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            user = User.objects.create_user(options["email"])
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            self.stdout.write(f"Made. Give it a password: manage.py changepassword {user.email}")
        for role in options["end"]:
            roles.lose(user, role, cause=CAUSE)
        for role in options["give"]:
            try:
                roles.hold(user, role, cause=CAUSE)
            except roles.CannotChange as refused:
                raise CommandError(str(refused)) from refused
        self.stdout.write(f"{user.email} holds: {', '.join(sorted(user.roles)) or 'no role'}")
