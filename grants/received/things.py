"""The things an application consists of, each under a code: what can be asked for and compared.

A question has the code `answer_<key>`, a paper `paper_<kind>`; the sums applied for are `amounts`, the
budget `budget`, and the form's other own fields have their names. Read from the frozen shape that
`grants.applying.submission.freeze` gives, so that two versions of the register can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from grants.applying.completeness import sections_of
from grants.associations.shipped_papers import name_of
from grants.models import BudgetSide, Call, PaperType, Section
from portal.documents.templatetags.swedish_text import kronor, percent

TITLE, AMOUNTS, CHILD_SHARE, BUDGET = "title", "amounts", "child_share", "budget"


@dataclass(frozen=True)
class Thing:
    """One thing with what it says in words, in the reader's language; empty when it says nothing."""

    code: str
    section: Section
    title: str
    words: str


@dataclass(frozen=True)
class Change:
    """One thing before and after."""

    code: str
    section: Section
    title: str
    before: str
    after: str
    is_asked: bool

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def is_unasked_change(self) -> bool:
        return self.is_changed and not self.is_asked


def things(content: Mapping[str, Any], call: Call) -> list[Thing]:
    """Everything an application holds, in the form's order; uses prefetched questions and headings."""
    answers = content["answers"]
    found: list[Thing] = []
    for section in sections_of(call):
        found += _own(content, call, section)
        found += [
            Thing(
                f"answer_{question.key}",
                section,
                question.label,
                question.in_words(answers.get(question.key)),
            )
            for question in call.questions.all()
            if question.section == section
        ]
    return found


def _own(content: Mapping[str, Any], call: Call, section: Section) -> Iterable[Thing]:
    if section == Section.GRANT:
        yield Thing(TITLE, section, _("What is the application for?"), content["title"])
        sums = sorted((int(year), amount) for year, amount in content["amounts"].items())
        yield Thing(
            AMOUNTS,
            section,
            _("How much do you apply for?"),
            "\n".join(f"{year}: {kronor(amount)}" for year, amount in sums),
        )
    elif section == Section.TARGET:
        yield Thing(
            CHILD_SHARE, section, _("Share for children and young people"), percent(content["child_share"])
        )
    elif section == Section.ECONOMY:
        yield Thing(BUDGET, section, _("Budget"), _budget(content, call))
    elif section == Section.PAPERS:
        yield from _papers(content)


def _budget(content: Mapping[str, Any], call: Call) -> str:
    """A line for each heading that holds money."""
    labels = {heading.key: heading.label for heading in call.budget_headings.all()}
    sides = dict(BudgetSide.choices)
    return "\n".join(
        f"{sides[line['side']]}, {labels.get(line['key'], line['label'])}: "
        + ", ".join(f"{year} {kronor(amount)}" for year, amount in sorted(line["amounts"].items()))
        for line in content["budget"]
        if any(line["amounts"].values())
    )


def _papers(content: Mapping[str, Any]) -> Iterable[Thing]:
    titles = {kind.code: kind.name for kind in PaperType.objects.all()}
    names: dict[str, list[str]] = {code: [] for code in titles}
    for paper in content["attachments"]:
        names.setdefault(paper["kind"], []).append(f"{name_of(paper)}: {paper['filename']}")
    for code, filenames in names.items():
        yield Thing(f"paper_{code}", Section.PAPERS, titles.get(code, code), "\n".join(filenames))


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], call: Call, asked: Iterable[str]
) -> list[Change]:
    """What is asked for or changed between two versions, in the form's order."""
    wanted = set(asked)
    old = {thing.code: thing.words for thing in things(before, call)}
    pairs = [
        Change(
            thing.code,
            thing.section,
            thing.title,
            old.get(thing.code, ""),
            thing.words,
            thing.code in wanted,
        )
        for thing in things(after, call)
    ]
    return [pair for pair in pairs if pair.is_asked or pair.is_changed]
