"""Calibration: how the levels spread over a round, by criterion and by assessor.

It shows assessors where they mean different things by the same word; it says nothing about who is right.
Only what is finished counts, and only what `user` may see: a case hidden by a conflict of interest, and a
view closed by a blind second reading, are in no number and no picture.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Assessment, Criterion, Judgement, Level, ReadersJudgement, SecondReading
from grants.models import Call
from grants.states import UNTRIED_STATES
from portal.documents.drawing import Bar, stacked_bars

#: Levels in order, and last what was judged without one.
STEPS = (*Level.values, "")


@dataclass(frozen=True)
class Spread:
    """How many of each level somebody gave; `name` says who, or on what."""

    name: str
    by_level: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> list[int]:
        """In the order of `STEPS`."""
        return [self.by_level[step] for step in STEPS]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class CriterionSpread:
    """One criterion: all assessors together, and each on their own."""

    code: str
    together: Spread
    assessors: list[Spread]

    @property
    def name(self) -> str:
        return self.together.name

    @property
    def rows(self) -> list[Spread]:
        """What the table shows: each assessor, then all."""
        return [*self.assessors, Spread(_("All"), self.together.by_level)]

    @property
    def title(self) -> str:
        """What picture and table show."""
        return _("%(criterion)s: levels by assessor") % {"criterion": self.name}

    @property
    def picture(self) -> SafeString:
        return _picture(self.assessors, title=self.title, ident=f"spread-{self.code}")


@dataclass(frozen=True)
class Calibration:
    """A call's levels: `assessed` and `read_twice` say how many applications they come from."""

    assessed: int
    read_twice: int
    criteria: list[CriterionSpread]

    @property
    def steps(self) -> list[str]:
        return step_words()

    @property
    def together(self) -> list[Spread]:
        return [criterion.together for criterion in self.criteria]

    @property
    def picture(self) -> SafeString:
        return _picture(
            self.together, title=_("Levels by criterion, all assessors together"), ident="spread-all"
        )


def step_words() -> list[str]:
    """The levels as words, in the order of `STEPS`."""
    return [*(str(level.label) for level in Level), str(_("No level"))]


def calibration(call: Call, user: Any) -> Calibration:
    """The spread over the call's finished assessments and opened second readings; four queries."""
    ready = (
        Assessment.objects.visible_to(user)
        .filter(application__call=call, ready_at__isnull=False)
        .exclude(application__state__in=UNTRIED_STATES)
    )
    opened = (
        SecondReading.objects.visible_to(user)
        .filter(application__assessment__in=ready)
        .exclude(pk__in=SecondReading.objects.blind().values("pk"))
    )
    given: dict[str, dict[int, Spread]] = defaultdict(dict)
    for criterion, assessor, name, level, count in [
        *_counted(Judgement.objects.filter(assessment__in=ready), "assessment__officer"),
        *_counted(ReadersJudgement.objects.filter(reading__in=opened), "reading__reader"),
    ]:
        spread = given[criterion].setdefault(assessor, Spread(name))
        spread.by_level[level] += count
    return Calibration(ready.count(), opened.count(), [_criterion(row, given[row]) for row in Criterion])


def _criterion(criterion: Criterion, given: dict[int, Spread]) -> CriterionSpread:
    together = Spread(str(criterion.label))
    for spread in given.values():
        together.by_level.update(spread.by_level)
    return CriterionSpread(criterion.value, together, sorted(given.values(), key=lambda row: row.name))


def _counted(judgements: QuerySet[Any], assessor: str) -> Iterator[tuple[str, int, str, str, int]]:
    """(criterion, assessor's id, assessor's name, level, how many)."""
    rows = judgements.order_by().values_list(
        "criterion", assessor, f"{assessor}__display_name", f"{assessor}__email", "level"
    )
    for criterion, pk, name, email, level, count in rows.annotate(count=Count("pk")):
        yield criterion, pk, name or email, level, count


def _picture(spreads: list[Spread], *, title: str, ident: str) -> SafeString:
    return stacked_bars(
        [Bar(spread.name, spread.counts) for spread in spreads],
        step_words(),
        title=title,
        description=" ".join(_in_words(spread) for spread in spreads),
        ident=ident,
    )


def _in_words(spread: Spread) -> str:
    """The text alternative of one bar: "Effect, 3 judgements: 1 weak, 2 good."."""
    parts = ", ".join(
        f"{count} {words.lower()}" for count, words in zip(spread.counts, step_words(), strict=True) if count
    )
    judged = ngettext("%(number)s judgement", "%(number)s judgements", spread.total) % {
        "number": spread.total
    }
    return f"{spread.name}, {judged}: {parts or '0'}."
