"""System checks of who can sign in and how: a city does not start with a door ajar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from portal.people.models import Role
from portal.people.provider import DIRECTORY, EID
from portal.people.roles import ELECTED

READ_ON = "See docs/identity.md."


@register(Tags.security, deploy=True)
def a_city_is_guarded(**kwargs: Any) -> list[CheckMessage]:
    """What the demo may leave open and a city may not."""
    found: list[CheckMessage] = []
    if not settings.STAFF_SECOND_FACTOR:
        found.append(
            Error(
                "STAFF_SECOND_FACTOR is off: staff who sign in with a password need a second factor.",
                hint=f"{READ_ON} Cybersäkerhetslagen (2025:1506) asks for it.",
                id="samspel.E101",
            )
        )
    if settings.ACCOUNT_RATE_LIMITS is False:
        found.append(
            Error(
                "RATE_LIMITS is off: passwords and codes could be guessed without end.",
                hint=READ_ON,
                id="samspel.E102",
            )
        )
    if settings.ACCOUNT_EMAIL_VERIFICATION != "mandatory":
        found.append(
            Error(
                "ACCOUNT_EMAIL_VERIFICATION is not mandatory: signing up tells who has an account.",
                hint=READ_ON,
                id="samspel.E103",
            )
        )
    if not _keys_fit():
        found.append(
            Error(
                "IDENTITY_KEYS holds no Fernet key, or one that is none: personnummer and the secrets of "
                "second factors cannot be sealed.",
                hint=f"{READ_ON} Make a key with `manage.py reseal --new-key`.",
                id="samspel.E104",
            )
        )
    for provider_id, app in _providers():
        if not app["settings"]["server_url"].startswith("https://"):
            found.append(Error(f"The issuer of {provider_id} is not https.", hint=READ_ON, id="samspel.E105"))
        if not app["settings"]["acr"]:
            found.append(
                Warning(
                    f"Nothing says which level of assurance {provider_id} must vouch for, such as a second "
                    "factor.",
                    hint=f"{READ_ON} Set OIDC_STAFF_ACR or OIDC_PEOPLE_ACR.",
                    id="samspel.W106",
                )
            )
    return found


@register()
def groups_give_known_roles(**kwargs: Any) -> list[CheckMessage]:
    """Groups of the directory give roles that exist and that no seat in a committee gives."""
    named = {role for given in settings.OIDC_STAFF_GROUPS.values() for role in given}
    wrong = sorted(named - (set(Role.values) - ELECTED))
    if not wrong:
        return []
    return [
        Error(
            f"OIDC_STAFF_GROUPS gives what no group can give: {', '.join(wrong)}.",
            hint=f"{READ_ON} Chair and members follow their seats in the committee.",
            id="samspel.E107",
        )
    ]


@register()
def somebody_can_sign_in(**kwargs: Any) -> list[CheckMessage]:
    """Without passwords for associations there is another way in for them."""
    if settings.ASSOCIATION_PASSWORDS or EID in dict(_providers()):
        return []
    return [
        Error(
            "ASSOCIATION_PASSWORDS is off and no OIDC_PEOPLE_ISSUER is set: associations cannot sign in.",
            hint=READ_ON,
            id="samspel.E108",
        )
    ]


def _providers() -> Iterator[tuple[str, dict[str, Any]]]:
    for app in settings.SOCIALACCOUNT_PROVIDERS["openid"]["APPS"]:
        assert app["provider_id"] in {EID, DIRECTORY}
        yield app["provider_id"], app


def _keys_fit() -> bool:
    try:
        return bool([Fernet(key) for key in settings.IDENTITY_KEYS])
    except ValueError:
        return False
