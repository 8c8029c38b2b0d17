"""`check --deploy` refuses what the demo may leave open."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet

from portal.people.checks import a_city_is_guarded
from tests.people.identity_provider import Provider, settings_for

pytestmark = pytest.mark.rule(18)


@pytest.fixture(autouse=True)
def _guarded(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode()]


def test_a_guarded_city_passes() -> None:
    assert a_city_is_guarded() == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("STAFF_SECOND_FACTOR", False, "samspel.E101"),
        ("ACCOUNT_RATE_LIMITS", False, "samspel.E102"),
        ("ACCOUNT_EMAIL_VERIFICATION", "optional", "samspel.E103"),
        ("IDENTITY_KEYS", [], "samspel.E104"),
        ("IDENTITY_KEYS", ["not-a-key"], "samspel.E104"),
    ],
)
def test_a_door_ajar_is_refused(settings: Any, name: str, value: Any, found: str) -> None:
    setattr(settings, name, value)
    [message] = a_city_is_guarded()
    assert message.id == found
    assert message.hint is not None
    assert "docs/identity.md" in message.hint


def test_a_provider_in_the_clear_or_of_unknown_strength_is_told(settings: Any, running: Provider) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid": {"APPS": [settings_for(running, "directory")]}}
    assert [message.id for message in a_city_is_guarded()] == ["samspel.E105", "samspel.W106"]
