"""OpenID Connect as Samspel wants it: allauth's provider, which finds this module by its name.

What allauth leaves open and is closed here: it sends no nonce, keeps all claims of a person in the
database, and lets whoever writes a link choose parameters of the question to the provider.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.people.openid import NotVouched, OpenIDAdapter
from portal.people.personal_numbers import looks_like_one

#: The broker through whom people of associations come, and the city's directory of its staff.
EID, DIRECTORY = "eid", "directory"


class OpenIDProvider(OpenIDConnectProvider):
    """A person's e-identity through a broker, or the city's directory: which one says `sub_id`."""

    id = "openid"
    name = "OpenID Connect"
    oauth2_adapter_class = OpenIDAdapter
    pkce_enabled_default = True

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        """Ask the provider who this is; the answer must carry the nonce kept with the state."""
        nonce = secrets.token_urlsafe(32)
        kwargs["auth_params"] = self.get_auth_params() | {"nonce": nonce}
        return super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)

    def get_auth_params(self) -> dict[str, str]:
        acr = self.app.settings["acr"]
        return {"acr_values": " ".join(acr)} if acr else {}

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Nothing: allauth would let an address in a link replace even where the answer is sent."""
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """The scopes of the settings, whatever the address asks for."""
        return self.get_scope()

    def extract_uid(self, claims: dict[str, Any]) -> str:
        """The subject. One that is a personnummer would stand in the clear: choose pairwise subjects."""
        subject = str(claims["sub"])
        if looks_like_one(subject):
            raise NotVouched("subject_is_personal_number")
        return subject

    def extract_extra_data(self, claims: dict[str, Any]) -> dict[str, Any]:
        """Nothing: what is needed of the claims has a place of its own."""
        return {}

    def extract_common_fields(self, claims: dict[str, Any]) -> dict[str, Any]:
        return {"email": vouched_email(self.sub_id, claims), "name": claims.get("name", "")}

    def extract_email_addresses(self, claims: dict[str, Any]) -> list[EmailAddress]:
        """The address, when the provider has verified it; any other is only what somebody claims."""
        email = vouched_email(self.sub_id, claims)
        return [EmailAddress(email=email, verified=True, primary=True)] if email else []

    def serialize(self) -> dict[str, Any]:
        """Told apart by our name: both providers may have given us the same client id."""
        return super().serialize() | {"id": self.sub_id}


def vouched_email(provider_id: str, claims: dict[str, Any]) -> str:
    """The e-mail address that the provider vouches for, else nothing.

    `email_verified` must be true itself, not a text. Directories seldom send it: there the city names
    the domains in which only the city itself gives out addresses.
    """
    email = claims.get("email")
    if not isinstance(email, str):
        return ""
    trusted = provider_id == DIRECTORY and email.rpartition("@")[2].lower() in {
        domain.lower() for domain in settings.OIDC_STAFF_EMAIL_DOMAINS
    }
    return email if trusted or claims.get("email_verified") is True else ""


provider_classes = [OpenIDProvider]
