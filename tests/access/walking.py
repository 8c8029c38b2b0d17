"""Walks a route as everybody: who gets in, and whether all others meet 404.

Clients sign in once a module and are copied for each test. Whom a view's rule refuses gets the same answer
whoever they are, so one of them asks in earnest and of the others the rule is asked: what costs time are
the people whom the rule lets in and the object has to refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.people.models import User
from tests.operations.content_policy import stopped_by_policy
from tests.world import World

People = Mapping[str, User | None]
#: What the client of someone signed in carries.
Cookies = dict[str, str]


@dataclass(frozen=True)
class Route:
    """Who may open a route; for a route with objects, `args` gives those of the world's application.

    `posts` are those who may also send what the page's form holds, where not all who read may.
    """

    allowed: frozenset[str]
    args: Callable[[World], list[Any]] = lambda world: []
    posts: frozenset[str] | None = None


class Refused(AssertionError):
    """A route answered somebody otherwise than with 404, or a visitor otherwise than with the sign-in.

    Or the page that opened holds style or script that no browser would take.
    """


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from routes(entry, space)
        else:
            yield f"{prefix}{entry.name}", entry


#: Every view by the name of its route.
VIEWS: dict[str, Any] = {name: entry.callback for name, entry in routes(get_resolver())}


def sign_in(people: People) -> dict[str, Cookies]:
    """Sign everybody in, once."""
    signed_in = {}
    for key, person in people.items():
        client = Client()
        if person is not None:
            client.force_login(person)
        signed_in[key] = {name: morsel.value for name, morsel in client.cookies.items()}
    return signed_in


def client_of(cookies: Cookies) -> Client:
    client = Client(raise_request_exception=True)
    client.cookies.load(cookies)
    return client


def is_let_in(answer: HttpResponse | Any) -> bool:
    """Whether the page opened; what only takes posts is open to who gets 405."""
    return answer.status_code in {200, 302, 405} and not is_sign_in(answer)


def is_sign_in(answer: HttpResponse | Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/konto/")


def walk(
    name: str, args: list[Any], world: World, cookies: Mapping[str, Cookies]
) -> tuple[set[str], set[str]]:
    """Who may open the route, and who of them may post to it.

    Raises Refused when somebody who may not gets another answer than 404, for a post as well.
    """
    view, url = VIEWS[name], reverse(name, args=args)
    post_rule = getattr(view, "post_rule", view.rule)
    opened, posting, somebody_was_refused = set(), set(), False
    for key, person in world.people.items():
        if person is not None and not view.rule(person) and somebody_was_refused:
            continue
        client = client_of(cookies[key])
        answer = client.get(url)
        if is_let_in(answer):
            opened.add(key)
            if stopped := stopped_by_policy(answer):
                raise Refused(f"{name}: the policy on content stops {stopped} for {key}")
            if post_rule(person):
                posting.add(key)
            else:
                _must_be_refused(client.post(url), name, f"{key}, who may only read,")
        elif person is None:
            if not is_sign_in(answer):
                raise Refused(f"{name}: anonymous got {answer.status_code}")
        else:
            somebody_was_refused = somebody_was_refused or not view.rule(person)
            _must_be_refused(answer, name, key)
            _must_be_refused(client.post(url, {"application": world.application.pk}), name, key)
    return opened, posting


def _must_be_refused(answer: Any, name: str, who: str) -> None:
    if answer.status_code != 404:
        raise Refused(f"{name}: {who} got {answer.status_code} for {answer.request['REQUEST_METHOD']}")
