"""The forms of allauth as Samspel shows them: a label above each field and nothing inside it."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount import forms as identities
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse


class Plain:
    """allauth repeats the label inside the field, where it is gone as soon as somebody writes."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(Plain, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.ASSOCIATION_PASSWORDS:
            self.fields["password"].help_text = ""  # it leads to a page that is not there


class SignupForm(Plain, account.SignupForm):
    def try_save(self, request: HttpRequest) -> Any:
        """A taken address costs what a free one costs: the time to hash a password would tell them apart."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class IdentitySignupForm(Plain, identities.SignupForm):
    """The address of somebody whose e-identity says none."""


class AddEmailForm(Plain, account.AddEmailForm):
    pass


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    pass


class SetPasswordForm(Plain, account.SetPasswordForm):
    pass


class ResetPasswordForm(Plain, account.ResetPasswordForm):
    """Staff get a password by mail the first time, and then only when a second factor stands behind it.

    Whoever reads another's mail could else set a password, set up a second factor and be staff.
    """

    users: list[Any]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Mail a link to choose a password, or to staff who get none, how they sign in."""
        if all(may_reset_by_mail(user) for user in self.users):
            return str(super().save(request, **kwargs))
        email: str = self.cleaned_data["email"]
        context = {"sign_in_url": request.build_absolute_uri(reverse("account_login"))}
        get_adapter().send_mail("account/email/password_not_by_mail", email, context)
        return email


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):
    pass


class CodeForm(Plain, codes.AuthenticateForm):
    pass


class CodeAgainForm(Plain, codes.ReauthenticateForm):
    pass


class ActivateForm(Plain, totp.ActivateTOTPForm):
    pass


def may_reset_by_mail(user: Any) -> bool:
    """Whether a link in a mail may give the account a new password."""
    if not (settings.STAFF_SECOND_FACTOR and user.is_staff) or user.last_login is None:
        return True
    return bool(user.has_usable_password() and is_mfa_enabled(user, [Authenticator.Type.TOTP]))
