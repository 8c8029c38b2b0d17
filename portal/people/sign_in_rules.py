"""What a visit may open, by how the person signed in.

Staff who sign in with a password see no page of staff until a second factor is set up and used. Where
associations sign in by e-identity only, the pages of passwords are not there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.people import kept_form
from portal.people.rules import BACKGROUND
from portal.people.sign_in_method import STRONG, sign_in_method

#: Pages by which a password is got without having one.
WAYS_TO_A_PASSWORD = frozenset(
    {
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
#: Pages of those who have one.
OWN_PASSWORD = frozenset({"account_change_password", "account_set_password"})
#: What is open on the way to a second factor.
ON_THE_WAY = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "account_reauthenticate",
        "account_email",
        "account_confirm_email",
        "account_email_verification_sent",
        "account_logout",
        "set_language",
        "accessibility",
        "privacy",
    }
)


class SignInRulesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        page = request.resolver_match.url_name if request.resolver_match else None
        if is_closed(page, request.user):
            raise Http404
        if not request.user.is_authenticated:
            return None
        request.user.sign_in_method = sign_in_method(request)
        if page in ON_THE_WAY or not lacks_second_factor(request.user):
            return None
        if BACKGROUND in request.headers:
            return HttpResponse(status=401)
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            logout(request)  # there is one, and this visit came past it: sign in again, with it
            kept_form.keep(request)
            return redirect(settings.LOGIN_URL)
        return redirect("mfa_activate_totp")


def is_closed(page: str | None, user: Any) -> bool:
    """Whether a page of passwords is not there for the person."""
    if page == "account_set_password" and user.is_authenticated and user.is_staff:
        return True  # staff whom the directory lets in get no second way in by themselves
    if settings.ASSOCIATION_PASSWORDS:
        return False
    return page in WAYS_TO_A_PASSWORD or (
        page in OWN_PASSWORD and not (user.is_authenticated and user.is_staff)
    )


def lacks_second_factor(user: Any) -> bool:
    """Whether the person works for the city and has shown no second factor in this visit."""
    return bool(settings.STAFF_SECOND_FACTOR and user.sign_in_method not in STRONG and user.is_staff)
