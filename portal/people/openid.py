"""Reading what an OpenID provider answers: whose signature, for whom, when, and to which question.

allauth trusts the connection to the provider instead of the token's signature, and knows no nonce. Here
every ID token is verified as OpenID Connect Core 3.1.3.7 says, also when it came straight from the provider.
"""

from __future__ import annotations

import hmac
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

#: Signatures by a key that only the provider has. Never "none", never a secret that both know.
ALGORITHMS = ["RS256", "PS256", "ES256"]
#: Seconds by which two clocks may differ.
LEEWAY = 30
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "nonce"]


class NotVouched(OAuth2Error):
    """The provider's answer cannot be trusted; the reason is a word for the log, never a claim."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """Talks to one provider during one sign-in."""

    #: Sent with the question; kept in the visitor's session until the answer comes.
    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, which must be the provider that the settings name."""
        config: dict[str, Any] = super().openid_config
        named = self.get_provider().app.settings["server_url"].partition("/.well-known/")[0]
        if config["issuer"].rstrip("/") != named.rstrip("/"):
            raise NotVouched("issuer_of_configuration")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        path = reverse("openid_callback", args=[self.provider_id])
        return str(build_absolute_uri(request, path, self.redirect_uri_protocol))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """The sign-in that the answer vouches for, with its claims beside it. Raises NotVouched."""
        claims = self._verified(app, kwargs["response"].get("id_token") or "")
        if app.settings["userinfo"]:
            more = self._fetch_user_info(token.token)
            if more.get("sub") != claims["sub"]:
                raise NotVouched("subject_of_userinfo")
            claims = more | claims
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.claims = claims
        return login

    def _verified(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            key = self._keys()[jwt.get_unverified_header(id_token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": REQUIRED},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise NotVouched(type(error).__name__) from None
        if claims.get("azp", app.client_id) != app.client_id:
            raise NotVouched("authorized_party")
        if not self.nonce or not hmac.compare_digest(str(claims["nonce"]).encode(), self.nonce.encode()):
            raise NotVouched("nonce")
        wanted = set(app.settings["acr"])
        if wanted and not wanted & {claims.get("acr"), *claims.get("amr", [])}:
            raise NotVouched("level_of_assurance")
        return claims

    def _keys(self) -> jwt.PyJWKSet:
        """Fetched at each sign-in, so that a key the provider has replaced is neither missed nor believed."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        return jwt.PyJWKSet.from_dict(answer.json())


class OpenIDCallbackView(OAuth2CallbackView):
    """Where the provider sends the visitor back, once for each question."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        if state:
            self.adapter.nonce = state.get("nonce", "")
        return state, response
