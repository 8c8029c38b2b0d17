"""Seal personnummer and second factors with the first of IDENTITY_KEYS: docs/identity.md."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand
from django.db import transaction

from portal.people import personal_numbers, second_factor


class Command(BaseCommand):
    help = "Seal personnummer and second factors with the first of IDENTITY_KEYS"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="only print a key to put first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(Fernet.generate_key().decode())
            return
        with transaction.atomic():
            numbers, factors = personal_numbers.reseal_all(), second_factor.reseal_all()
        self.stdout.write(f"Sealed anew: {numbers} personnummer, {factors} secrets of second factors.")
