"""A small OpenID provider on this machine: real HTTP, real signatures, and every fault one may ask of it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "samspel", "between-samspel-and-the-provider"


class Provider:
    """Says of whoever comes what `person` holds; `changes` alter the token, and None takes a claim away."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "own", "use": "sig", "alg": "RS256"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "own", "use": "sig", "alg": "RS256"})
        self.address = ""
        self.forget()

    def forget(self) -> None:
        """As at the start: nobody stands before it, and it does no wrong."""
        self.person: dict[str, Any] = {"sub": "subject-1"}
        self.userinfo: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.signs = "own"
        self.says_issuer = self.address
        self.asked: dict[str, dict[str, str]] = {}
        self.token_requests = 0

    # --- What it answers ----------------------------------------------------------------------
    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.says_issuer,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the visitor goes next: back, with a code that is good once."""
        code = secrets.token_urlsafe(16)
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code; None when it is used, the secret is wrong, or somebody else asked for it."""
        self.token_requests += 1
        asked = self.asked.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET)
            or asked.get("code_challenge_method") != "S256"
            or asked["code_challenge"] != proof.decode().rstrip("=")
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return None
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": self.id_token(asked),
        }

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            **self.person,
            **self.changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.signs == "none":
            parts = [{"alg": "none", "kid": "own"}, claims]
            return ".".join([*(_encoded(part) for part in parts), ""])
        if self.signs == "secret":  # with the public key as if it were a secret both know
            secret = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "own"}, claims, secret, algorithms=["HS256"])
        key = self.stranger if self.signs == "stranger" else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "own"}, claims, key)
        if self.signs == "changed":
            head, _body, signature = signed.split(".")
            return f"{head}.{_encoded(claims | {'sub': 'somebody-else'})}.{signature}"
        return signed


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            elif url.path == "/.well-known/openid-configuration":
                self._say(provider.configuration())
            elif url.path == "/keys":
                self._say({"keys": [provider.key.as_dict(private=False)]})
            elif url.path == "/userinfo":
                self._say(provider.userinfo)
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = provider.token({name: values[0] for name, values in parse_qs(body).items()})
            if answer is None:
                self._say({"error": "invalid_grant"}, 400)
            else:
                self._say(answer)

        def _say(self, content: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield provider
    server.shutdown()
    server.server_close()


def settings_for(provider: Provider, provider_id: str, *, name: str = "", **changes: Any) -> dict[str, Any]:
    """The provider as `portal.settings.openid_provider` describes it."""
    return {
        "provider_id": provider_id,
        "name": name or provider_id,
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {
            "server_url": provider.address,
            "scope": ["openid", "profile", "email"],
            "acr": [],
            "userinfo": False,
            **changes,
        },
    }
