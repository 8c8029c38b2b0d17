"""How a person signed in, as what they sign records it."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignInMethod(models.TextChoices):
    EID = "eid", _("E-identity")
    DIRECTORY = "directory", _("The city's directory")
    PASSWORD_AND_CODE = "password_and_code", _("Password and second factor")
    PASSWORD = "password", _("Password")


#: Two factors, or a provider that asked for them.
STRONG = frozenset({SignInMethod.EID, SignInMethod.DIRECTORY, SignInMethod.PASSWORD_AND_CODE})


def sign_in_method(request: HttpRequest) -> str:
    """How the person of this visit signed in; empty when nothing is known of it."""
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    methods = {record["method"] for record in records}
    for record in reversed(records):
        if record["method"] == "socialaccount":
            return str(record["provider"])
    if "mfa" in methods:
        return SignInMethod.PASSWORD_AND_CODE
    return SignInMethod.PASSWORD if methods else ""
