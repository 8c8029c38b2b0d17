"""The recurring windows that a new installation starts from: Helsingborg's own, as rows to change."""

from __future__ import annotations

from datetime import time
from typing import Any

from grants.models import Contact, GrantProgramme, GrantType
from portal.registry.models import Authority

#: Socialnämnden's windows: verksamhetsbidrag 1 April–31 May the year before the first grant year,
#: utvecklingsbidrag at any time.
WINDOWS: dict[GrantType, dict[str, Any]] = {
    GrantType.VERKSAMHETSBIDRAG: {
        "opens_month": 4, "opens_day": 1, "opens_time": time(8), "closes_month": 5, "closes_day": 31,
    },
    GrantType.UTVECKLINGSBIDRAG: {"always_open": True, "opens_time": time(0), "years_ahead": 0},
}  # fmt: skip

#: Whom to talk to until the city writes its own: the contact centre passes on.
CONTACT = {
    "about_sv": "Bidrag till föreningar med social verksamhet",
    "about_en": "Grants to associations with social activities",
    "role_sv": "Stadens kontaktcenter",
    "role_en": "The city's contact centre",
    "email": "kontaktcenter@helsingborg.se",
}


def install_programmes(authority: Authority) -> None:
    """Write the windows and the contact that an authority starts from; what is there already stands."""
    for grant_type, fields in WINDOWS.items():
        GrantProgramme.objects.get_or_create(authority=authority, grant_type=grant_type, defaults=fields)
    if not authority.contacts.exists():
        Contact.objects.create(authority=authority, position=1, **CONTACT)
