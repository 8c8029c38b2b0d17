"""Loosens rules and querysets at run time, for tests that have to turn red then.

A rule is a plain function, so it is loosened where it stands: whoever holds it, under whatever name, holds
the loosened one. Nothing in the code that runs knows of this.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import models, transaction
from django.urls import reverse

from portal.people import rules
from tests.access.walking import VIEWS, Cookies, Route, client_of, walk
from tests.world import World

LABELS = ("people", "documents", "registry", "committee", "grants", "assessments", "iop", "operations")
#: They let in everybody, or everybody who has signed in, as they are.
LOOSEST = (rules.anyone, rules.signed_in)


def _of_room(room: str) -> Iterator[Callable[[Any], bool]]:
    """The rules of a room: the functions of its `rules.py` that answer for a user with yes or no."""
    try:
        module = importlib.import_module(f"{room}.rules")
    except ModuleNotFoundError:
        return
    for name, found in inspect.getmembers(module, inspect.isfunction):
        is_rule = list(inspect.signature(found).parameters) == ["user"]
        if found.__module__ == module.__name__ and is_rule and not name.startswith("_"):
            yield found


RULES = [
    rule for label in LABELS for rule in _of_room(apps.get_app_config(label).name) if rule not in LOOSEST
]


def models_of_ours() -> Iterator[type[models.Model]]:
    for label in LABELS:
        yield from apps.get_app_config(label).get_models()


def defining_class(model: type[models.Model]) -> type:
    """The class in which the model's `visible_to` is written."""
    manager = model._default_manager
    of_queryset = getattr(manager, "_queryset_class", None)
    for owner in (type(manager), *(of_queryset.__mro__ if of_queryset else ())):
        if "visible_to" in vars(owner) and not owner.__name__.startswith("ManagerFrom"):
            return owner
    raise LookupError(model)


#: Every class that says who sees its rows, in the order of the rooms.
QUERYSETS: list[type] = list(dict.fromkeys(defining_class(model) for model in models_of_ours()))


def _let_in_everybody(user):  # type: ignore[no-untyped-def]  # its code takes a rule's place
    return bool(user.is_authenticated)


def _show_everything(self: Any, user: Any) -> Any:
    return self.all() if user.is_authenticated else self.none()


@contextmanager
def loosened_rule(rule: Any) -> Iterator[None]:
    """As long as the block lasts the rule lets in everybody who has signed in."""
    as_written = rule.__code__
    rule.__code__ = _let_in_everybody.__code__
    try:
        yield
    finally:
        rule.__code__ = as_written


@contextmanager
def loosened_queryset(queryset: type) -> Iterator[None]:
    """As long as the block lasts everybody who has signed in sees all its rows."""
    with patch.object(queryset, "visible_to", _show_everything):
        yield


@contextmanager
def watched(into: set[type]) -> Iterator[None]:
    """Collects the classes whose `visible_to` is asked."""
    originals = {queryset: vars(queryset)["visible_to"] for queryset in QUERYSETS}

    def watching(queryset: type, original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def visible_to(self: Any, user: Any) -> Any:
            into.add(queryset)
            return original(self, user)

        return visible_to

    for queryset, original in originals.items():
        queryset.visible_to = watching(queryset, original)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for queryset, original in originals.items():
            queryset.visible_to = original  # type: ignore[attr-defined]


def _uses(rule: Any, used: Any) -> bool:
    """Whether a rule is this one or made of it."""
    return rule is used or used.__name__ in rule.__code__.co_names


def routes_of(rule: Callable[[Any], bool], routes: Mapping[str, Route]) -> list[str]:
    """The routes whose view names the rule, or a rule made of it; those without objects first."""
    found = [
        name for name in routes if any(_uses(r, rule) for r in (VIEWS[name].rule, VIEWS[name].post_rule))
    ]
    return sorted(found, key=lambda name: routes[name].args.__code__.co_code != _NOTHING)


_NOTHING = Route(frozenset()).args.__code__.co_code


def askers_of(
    routes: Mapping[str, Route], world: World, cookies: Mapping[str, Cookies]
) -> dict[type, list[str]]:
    """The routes that ask each `visible_to`; first those of its own room with objects, which rows protect."""
    askers: dict[type, list[str]] = {queryset: [] for queryset in QUERYSETS}
    for name, route in sorted(routes.items(), key=lambda row: row[1].args.__code__.co_code == _NOTHING):
        asked: set[type] = set()
        with transaction.atomic():
            url = reverse(name, args=route.args(world))
            with watched(asked):
                for key in sorted(route.allowed)[:2]:
                    client_of(cookies[key]).get(url)
            transaction.set_rollback(True)
        for queryset in asked:
            askers[queryset].append(name)
    for queryset, names in askers.items():
        names.sort(key=lambda name: _room_of(name) not in queryset.__module__)
    return askers


def _room_of(name: str) -> str:
    """The room of a route's views, as modules are named after it."""
    return name.partition(":")[0] if ":" in name else "people"


def first_red(
    names: Iterable[str], routes: Mapping[str, Route], world: World, cookies: Mapping[str, Cookies]
) -> str | None:
    """The first of these routes for which the route test fails; None when it passes for all of them."""
    return next((name for name in names if is_red(name, routes[name], world, cookies)), None)


def is_red(name: str, route: Route, world: World, cookies: Mapping[str, Cookies]) -> bool:
    """Whether the route test fails for this route as things stand. Nothing that it writes stays."""
    with transaction.atomic():
        try:
            opened, posting = walk(name, route.args(world), world, cookies)
        except AssertionError:
            return True
        finally:
            transaction.set_rollback(True)
    return opened != route.allowed or posting != (route.allowed if route.posts is None else route.posts)
