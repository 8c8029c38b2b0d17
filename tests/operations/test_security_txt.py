"""Whom to tell of a weakness, at the address where it is looked for (RFC 9116)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone


@pytest.mark.rule(18)
def test_it_names_the_contacts_and_expires_within_a_year(client: Client) -> None:
    contacts = ["mailto:sakerhet@example.org", "https://example.org/sakerhet"]
    with override_settings(SECURITY_CONTACT=contacts):
        answer = client.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
    assert [value for name, value in fields if name == "Contact"] == contacts
    told = dict(fields)
    assert told["Canonical"] == "http://testserver/.well-known/security.txt"
    assert told["Preferred-Languages"] == "sv, en"
    expires = datetime.fromisoformat(told["Expires"])
    assert timedelta(days=90) < expires - timezone.now() < timedelta(days=365)
