"""The content policy, the headers of an answer, and that no template asks for what the policy stops."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.operations.content_policy import inline_parts

ROOT = Path(settings.BASE_DIR)
PAGES = [
    path.relative_to(ROOT)
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if path.relative_to(ROOT).parts[1] != "pdf"  # documents: rendered on the server, never a page
]
#: What the template engine takes out, conditions between a tag's attributes too.
TAGS = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)


@pytest.mark.rule(18)
def test_no_template_has_script_or_style_of_its_own() -> None:
    found = {str(path): inline_parts(TAGS.sub("", (ROOT / path).read_text())) for path in PAGES}
    assert {path: parts for path, parts in found.items() if parts} == {}


@pytest.mark.parametrize(
    ("page", "stopped"),
    [
        ('<p style="color: red">', ["<p style>"]),
        ("<style>p {}</style><script>go()</script>", ["<style>", "<script>"]),
        ('<button onclick="go()">', ["<button onclick>"]),
        ('<a href="javascript:go()">', ["<a href=javascript:go()>"]),
        ('<script src="//example.org/x.js"></script>', ["<script src=//example.org/x.js>"]),
        ('<script src="/static/x.js" defer></script><a href="http://example.org/">', []),
    ],
)
def test_what_the_policy_stops_is_found(page: str, stopped: list[str]) -> None:
    assert inline_parts(page) == stopped


@pytest.mark.rule(18)
def test_the_policy_lets_nothing_in_but_our_own_files(client: Client, db: None) -> None:
    answer = client.get("/")
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    }
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert inline_parts(answer.content.decode()) == []
