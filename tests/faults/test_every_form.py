"""Every page and every form is given what nobody should write: an answer, and no markup that runs."""

from __future__ import annotations

from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.test_routes import ROUTES
from tests.world import World, build_world

pytestmark = [pytest.mark.fault, pytest.mark.soak, pytest.mark.rule(13), pytest.mark.django_db]

RUNS = '<script>alert("prov")</script>'
#: What people, mistakes and attackers send: each goes into every field that takes text.
HOSTILE = {
    "markup": f'"\'>{RUNS}<img src=x onerror=alert(1)>{{{{ 7*7 }}}}{{% now "Y" %}}',
    "NUL": "före\x00efter",
    "controls": "a\r\nb\tc\x07\x1b\x7f\u0085\ufffe",
    "lone surrogate": "a\ud800b",
    "directions": "\u202eomvänd\u202c \u2066x\u2069 \ufeff",
    "long word": "å" * 20_000,
    "huge number": "9" * 400,
    "negative": "-1",
    "exponent": "1e9",
    "other digits": "١٢٣٤",
    "date": "0000-00-00",
    "list": "[[[[{}]]]]",
}
#: What of it goes into addresses too.
IN_ADDRESSES = ("markup", "NUL", "lone surrogate", "huge number", "other digits", "exponent")
#: Names that addresses read, whether or not a form on the page holds them.
READ_FROM_ADDRESS = (
    "q", "page", "sort", "view", "state", "call", "grant", "group", "officer", "since", "until", "late",
    "next", "year", "kind", "from", "to", "copy", "application", "meeting", "version", "matter", "with",
)  # fmt: skip


class Fields(HTMLParser):
    """What a page's forms send as they stand, and which of it is text that a person writes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.texts: set[str] = set()
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self.values.setdefault(self._select, [given.get("value", "")])
            if given.get("value") and self.values[self._select] == [""]:
                self.values[self._select] = [given["value"]]
        elif name and (tag == "textarea" or (tag == "input" and kind not in {"file", "submit", "hidden"})):
            self.values.setdefault(name, [given.get("value", "on")])
            if kind not in {"radio", "checkbox"}:
                self.texts.add(name)
        elif name and (tag == "button" or kind in {"submit", "hidden"}):
            self.values.setdefault(name, [given.get("value", "")])


@pytest.fixture(scope="module")
def built(kept_data: None) -> World:
    return build_world()


@pytest.fixture
def world(built: World) -> World:
    return deepcopy(built)


def body(answer: Any) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    return str(content, errors="replace")


def is_page(answer: HttpResponseBase) -> bool:
    return answer.headers.get("Content-Type", "").startswith("text/html")


def visitor(world: World, name: str) -> Client:
    """One of those who may open the page, signed in."""
    allowed = ROUTES[name].allowed
    key = min(allowed, key=lambda key: (key == "anonymous", key.startswith("conflicted"), key))
    client = Client()
    if (person := world.people[key]) is not None:
        client.force_login(person)
    return client


@pytest.mark.parametrize("name", ROUTES)
def test_a_page_answers_whatever_its_address_says(world: World, name: str) -> None:
    url = reverse(name, args=ROUTES[name].args(world))
    client = visitor(world, name)
    names = set(READ_FROM_ADDRESS)
    plain = client.get(url)
    if is_page(plain):
        names |= set(Fields(body(plain)).values)
    for kind in IN_ADDRESSES:
        query = dict.fromkeys(names, HOSTILE[kind].encode(errors="surrogatepass"))
        answer = client.get(url, query)
        assert answer.status_code < 500, kind
        assert not (is_page(answer) and RUNS in body(answer)), kind


@pytest.mark.parametrize("name", ROUTES)
def test_a_form_answers_whatever_is_written_in_it(world: World, name: str) -> None:
    url = reverse(name, args=ROUTES[name].args(world))
    client = visitor(world, name)
    plain = client.get(url)
    fields = Fields(body(plain)) if is_page(plain) else None
    if fields is None or not fields.texts:
        return
    for kind, text in HOSTILE.items():
        hostile = {field: [text.encode(errors="surrogatepass")] for field in fields.texts}
        answer = client.post(url, fields.values | hostile, follow=True)
        assert answer.status_code < 500, kind
        assert not (is_page(answer) and RUNS in body(answer)), kind
