"""Who comes in with a password, and from where."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from portal.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether associations' people may make accounts with e-mail address and password."""
        return bool(settings.ASSOCIATION_PASSWORDS)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where a request comes from, as our own proxies say; past one of them, as the connection says."""
        try:
            address: str = super().get_client_ip(request)
        except ImproperlyConfigured:
            address = request.META["REMOTE_ADDR"]
        return address

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account, when the password is right; without passwords for associations, staff's only."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and not settings.ASSOCIATION_PASSWORDS and not user.is_staff:
            return None
        return user
