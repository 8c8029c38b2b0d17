"""Who sees how the installation is: administrators, and machines that hold the token of the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare

from portal.people.rules import administrator, requires


def has_token(request: HttpRequest) -> bool:
    """Whether the request says `Authorization: Bearer` and the token; without one set nobody does."""
    given = request.headers.get("Authorization", "")
    token = settings.OPERATIONS_TOKEN
    return bool(token) and constant_time_compare(given, f"Bearer {token}")


def administrator_or_token(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let administrators open the view, and machines with the token."""
    guarded = requires(administrator)(view)

    @wraps(guarded)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (view if has_token(request) else guarded)(request, *args, **kwargs)

    return opened
