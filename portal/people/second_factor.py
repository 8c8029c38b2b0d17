"""The second factor: sealed secrets, and staff who cannot take theirs away."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from portal.people.sealing import reseal, seal, unseal

#: What an authenticator's row keeps sealed, by its type.
SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "Samspel"

    def build_totp_svg(self, url: str) -> str:
        """The code as part of the page: our policy lets in no image from a data address."""
        import qrcode  # brings Pillow and lxml, which only this page needs
        from qrcode.image.svg import SvgPathImage

        svg: str = qrcode.make(url, image_factory=SvgPathImage).to_string(encoding="unicode")
        return svg

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff who sign in with a password keep their second factor."""
        return not (settings.STAFF_SECOND_FACTOR and authenticator.user.is_staff)


def note_first_code(request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Who sets up an authenticator has just shown a code of it: this visit has its second factor."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def reseal_all() -> int:
    """Seal every secret with the first key; returns how many there are."""
    rows = list(Authenticator.objects.filter(type__in=SECRETS))
    for row in rows:
        name = SECRETS[Authenticator.Type(row.type)]
        row.data[name] = reseal(row.data[name])
    Authenticator.objects.bulk_update(rows, ["data"])
    return len(rows)
