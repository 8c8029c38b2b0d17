"""Who may do what, read from the rules that views name: the table that `docs/access.md` shows.

Nothing is written twice: a row is a rule and its own first sentence, a dot is the rule's own answer for a
person with one role, and the pages are those of the addresses. `make access` writes the page anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from portal.people.models import Role
from portal.people.roles import SEPARATION

VISITOR, ASSOCIATION = "Visitor", "Association"


@dataclass(frozen=True)
class StandIn:
    """A person with these roles and nothing else."""

    roles: frozenset[str] = frozenset()
    is_authenticated: bool = True
    pk: int = 0

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)

    def has_role(self, *roles: str) -> bool:
        return bool(self.roles.intersection(roles))


@dataclass
class Pages:
    """The routes whose views name one rule."""

    rule: Any
    routes: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.rule.__module__.removesuffix('.rules').rpartition('.')[2]}.{self.rule.__name__}"


def columns() -> dict[str, StandIn]:
    """Everybody there is a column for, under its heading."""
    everybody = {VISITOR: StandIn(is_authenticated=False), ASSOCIATION: StandIn()}
    return everybody | {str(role.label): StandIn(frozenset({role})) for role in Role}


def rules_of_views() -> list[Pages]:
    """Each rule that a view names, also as its `post_rule`, with the routes it opens; the widest first."""
    found: dict[Any, Pages] = {}
    for name, entry in _routes(get_resolver()):
        view: Any = entry.callback
        rule = getattr(view, "rule", None)
        if rule is None:
            continue
        found.setdefault(rule, Pages(rule)).routes.append((name, view))
        found.setdefault(view.post_rule, Pages(view.post_rule))
    people = columns().values()
    return sorted(
        found.values(), key=lambda pages: (-sum(pages.rule(person) for person in people), pages.name)
    )


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _routes(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            yield f"{prefix}{entry.name}", entry


def sentence(thing: Any) -> str:
    """The first sentence of what it says about itself."""
    return " ".join((thing.__doc__ or "").strip().split("\n\n")[0].split())


def as_markdown() -> str:
    """The whole of `docs/access.md`."""
    with translation.override("en"):
        return "\n".join([*_head(), *_table(), *_pages(), *_apart(), *_rows()]) + "\n"


def _head() -> list[str]:
    return [
        "# Who may do what",
        "",
        "Made by `make access` from the rules in the code; a test fails when it is stale. Do not edit.",
        "",
        "A page opens when its view's rule says yes **and** the object is among the rows that the person",
        "sees (the last list). A conflict of interest hides a case from everybody, whatever their role. What",
        "is denied answers 404 and is written in the audit trail.",
        "",
    ]


def _table() -> list[str]:
    people = columns()
    lines = [
        "## Rules and roles",
        "",
        f"| Rule | {' | '.join(people)} |",
        f"| --- |{' :-: |' * len(people)}",
    ]
    for pages in rules_of_views():
        dots = " | ".join("●" if pages.rule(person) else " " for person in people.values())
        lines.append(f"| `{pages.name}` {sentence(pages.rule)} | {dots} |")
    return [*lines, ""]


def _pages() -> list[str]:
    lines = [
        "## Pages",
        "",
        "By the rule that opens them. *Read* and *export* are written in the audit trail; *(post: rule)*",
        "names the rule for who may also send the page's form.",
        "",
    ]
    for pages in rules_of_views():
        shown = ", ".join(_route(name, view) for name, view in sorted(pages.routes, key=lambda row: row[0]))
        lines.append(f"- **{pages.name}**: {shown or 'only for sending forms'}")
    return [*lines, ""]


def _route(name: str, view: Any) -> str:
    marks = []
    if kind := getattr(view, "trail", None):
        marks.append({"read": "*read*", "exported": "*export*"}[kind])
    if view.post_rule is not view.rule:
        marks.append(f"*(post: {view.post_rule.__name__})*")
    return " ".join([f"`{name}`", *marks])


def _apart() -> list[str]:
    lines = ["## What nobody does at the same time", ""]
    for apart in SEPARATION:
        others = (
            "any other role" if len(apart.those) + len(apart.these) == len(Role) else _labels(apart.those)
        )
        lines.append(f"- {_labels(apart.these)} and {others}. {apart.reason}")
    return [*lines, ""]


def _labels(roles: Iterable[Role]) -> str:
    return ", ".join(str(role.label) for role in Role if role in roles)


def _rows() -> list[str]:
    """By the sentence of each `visible_to`: the models it holds for."""
    said: dict[str, list[str]] = defaultdict(list)
    for model in apps.get_models():
        visible_to = getattr(model._default_manager, "visible_to", None)
        if visible_to is not None:
            said[sentence(visible_to)].append(model._meta.label)
    lines = ["## Which rows", ""]
    lines += [f"- {', '.join(f'`{label}`' for label in labels)}: {text}" for text, labels in said.items()]
    return lines
