"""Whose account a sign-in through a provider opens, and when it opens none.

An account opens by the provider's own subject for the person. An e-mail address opens one the first time
only: when the provider has verified it and the account's owner had confirmed it too. A broker of e-identities
never opens an account that holds staff roles by address, and an account that has a subject of the same
provider is not opened for another: addresses are given to new people, subjects are not.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.models import EmailAddress
from allauth.account.utils import user_email
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from portal.people import directory, personal_numbers
from portal.people.models import User
from portal.people.provider import DIRECTORY

logger = structlog.get_logger(__name__)


class IdentityAdapter(DefaultSocialAccountAdapter):
    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The account with an address that both sides have verified, unless it may not be opened so."""
        provider = sociallogin.account.provider
        for vouched in sociallogin.email_addresses:
            owner = _owner_of(vouched.email, made_by_the_city=provider == DIRECTORY)
            if owner is None or (provider != DIRECTORY and owner.is_staff):
                continue
            if not SocialAccount.objects.filter(user=owner, provider=provider).exists():
                return owner, vouched.email
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse who may not come in, and let the roles of staff follow the directory."""
        if sociallogin.account.provider == DIRECTORY:
            self._staff(request, sociallogin)
        elif sealed := personal_numbers.sealed_from(sociallogin.claims):
            sociallogin.state[personal_numbers.STATE_KEY] = sealed

    def _staff(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise refused(request, "connect")
        given = directory.roles_from(sociallogin.claims)
        if sociallogin.is_existing:
            directory.follow(sociallogin.user, given)
            _confirm_unused(sociallogin.user)
        if not given and not (sociallogin.is_existing and sociallogin.user.is_staff):
            raise refused(request, "no_role")
        if not sociallogin.is_existing and not _is_free(sociallogin.email_addresses):
            raise refused(request, "address")

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """A new account; that of a member of staff gets its roles with it."""
        user: User = super().save_user(request, sociallogin, form)
        if sociallogin.account.provider == DIRECTORY:
            directory.follow(user, directory.roles_from(sociallogin.claims))
        return user

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = sociallogin.user
        user_email(user, data.get("email") or "")
        user.display_name = str(data.get("name") or "")[:150]
        return user

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whoever the provider vouches for may have an account, also when passwords give none."""
        return True

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return reverse("account_email")

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Log why, in a word: the provider's answer itself may hold tokens and personal data."""
        reason = getattr(exception, "reason", type(exception).__name__ if exception else str(error))
        logger.warning("sign_in_not_vouched", provider=provider.sub_id, reason=reason)


def _owner_of(email: str, *, made_by_the_city: bool) -> User | None:
    """Who has confirmed the address; on request also whose account the city made and nobody has used."""
    confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    if confirmed is not None:
        owner: User = confirmed.user
        return owner
    unused = User.objects.filter(email__iexact=email, last_login=None, emailaddress=None, socialaccount=None)
    made = unused.first() if made_by_the_city else None
    return made if made and not made.has_usable_password() else None


def _confirm_unused(user: User) -> None:
    """An account that the city made has its address confirmed by the directory, which opened it."""
    if not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def _is_free(addresses: list[EmailAddress]) -> bool:
    """Whether there is a verified address, and no account has it."""
    return bool(addresses) and not User.objects.filter(email__iexact=addresses[0].email).exists()


def refused(request: HttpRequest, why: str) -> ImmediateHttpResponse:
    """The page that says why the directory's answer opens no account, and whom to ask."""
    logger.warning("sign_in_refused", provider=DIRECTORY, reason=why)
    return ImmediateHttpResponse(render(request, "people/not_let_in.html", {"why": why}, status=403))
