"""Personnummer from an e-identity: the proof of who signed, kept apart and sealed.

Dataskyddslagen 3 kap. 10 § lets a number be handled where it is clearly motivated by the importance of
a secure identification. It comes from the provider alone: nobody types it, and no page, log or export
shows it.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.utils import timezone
from stdnum import luhn

from portal.people.models import PersonalNumber
from portal.people.sealing import reseal, seal

#: Year, month, day and four digits.
_NUMBER = re.compile(
    r"(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])[-+]?\d{4}", re.ASCII
)
#: Where the sealed number waits in the state of a sign-in until the account is there.
STATE_KEY = "sealed_number"


def looks_like_one(text: str) -> bool:
    """Whether a text is a personnummer or a samordningsnummer (60 added to the day) with its check digit."""
    return bool(_NUMBER.fullmatch(text)) and luhn.is_valid(re.sub(r"\D", "", text)[-10:])


def sealed_from(claims: dict[str, Any]) -> str | None:
    """The number among what the provider says of a person, sealed."""
    number = str(claims.get(settings.OIDC_PEOPLE_NUMBER_CLAIM, ""))
    return seal(re.sub(r"\D", "", number)) if looks_like_one(number) else None


def keep(user: Any, sealed: str) -> None:
    """Keep the number with its person; each sign-in says it anew."""
    PersonalNumber.objects.update_or_create(
        user=user, defaults={"sealed": sealed, "confirmed_at": timezone.now()}
    )


def keep_of_sign_in(sender: Any, sociallogin: Any = None, user: Any = None, **kwargs: Any) -> None:
    """When somebody has signed in with an e-identity, or connected one to their account."""
    sealed = sociallogin.state.pop(STATE_KEY, None) if sociallogin else None
    if sealed:
        keep(user or sociallogin.user, sealed)


def reseal_all() -> int:
    """Seal every number with the first key; returns how many there are."""
    rows = list(PersonalNumber.objects.all())
    for row in rows:
        row.sealed = reseal(row.sealed)
    PersonalNumber.objects.bulk_update(rows, ["sealed"], batch_size=500)
    return len(rows)
