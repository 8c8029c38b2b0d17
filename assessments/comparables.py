"""Equal treatment (likhet): which associations are like this one, and how they were treated.

Comparable is who turns to one of the same target groups, seeks a sum within a factor of two, and is of about
the same size, in the same kind of call this year or in the two before. What `user` may not see is not there:
a conflict of interest hides the case, and an assessment closed by a blind second reading hides what it
proposes. The list helps an officer to explain a difference; it decides nothing (kommunallagen 2:3).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Abs, Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import Assessment
from grants.applying.completeness import budgets_of
from grants.applying.cross_checks import TARGET_GROUPS_KEY
from grants.models import (
    Answer,
    Application,
    BudgetLine,
    BudgetSide,
    Question,
    TargetGroup,
    Terms,
    TermsStage,
)
from grants.states import UNTRIED_STATES
from portal.documents.templatetags.swedish_text import kronor, number

#: At most so many are shown: more would not be read.
MOST = 8
#: Sums and sizes are alike within this factor.
FACTOR = 2
#: Calls of so many years before are looked through besides the application's own.
YEARS_BACK = 2
#: So many of the nearest in sum are weighed against each other.
_WEIGHED = 60
PRIMARY_KEY = "primary_group"
VOLUNTEERS_KEY = "volunteers"
STAFF_KEY = "staff_rows"
#: What other target groups, and each year back, count beside a doubled sum (1.0).
_OTHER_GROUPS = 0.5
_YEAR_BACK = 0.25


@dataclass(frozen=True)
class Size:
    """How large the association's work is: the first year's costs, else the people who do it."""

    costs: int | None
    people: int | None

    def distance(self, other: Size) -> float | None:
        """How many doublings lie between; None when nothing can be compared."""
        if self.costs and other.costs:
            return _doublings(self.costs, other.costs)
        if self.people and other.people:
            return _doublings(self.people, other.people)
        return None


@dataclass(frozen=True)
class Traits:
    """What likeness is found by; `sought` in whole kronor for the first year, target groups as codes."""

    sought: int
    size: Size
    groups: frozenset[str]
    main_group: str

    def has_main_group_of(self, other: Traits) -> bool:
        return bool(self.main_group) and self.main_group == other.main_group

    def shares_groups_with(self, other: Traits) -> float:
        """1 for the same main group, else the share of all their groups that both turn to.

        Where both have told another main group, that counts as nothing shared.
        """
        if self.main_group and other.main_group:
            return float(self.main_group == other.main_group)
        return len(self.groups & other.groups) / len(self.groups | other.groups)


@dataclass(frozen=True)
class Comparable:
    """A comparable application, how it was treated, and why it is comparable."""

    application: Application
    sought: int
    #: Whole kronor of the first year; None while nothing is decided, or proposed and seen.
    proposed: int | None
    decided: int | None
    levels: Mapping[str, str]
    reasons: list[str]
    distance: float

    @property
    def percent(self) -> float | None:
        """Percent of what was sought that was decided, else that is proposed."""
        given = self.proposed if self.decided is None else self.decided
        return None if given is None else 100 * given / self.sought

    @property
    def url(self) -> str:
        return reverse("assessments:application", args=[self.application.pk])


def comparables(application: Application, user: Any) -> list[Comparable]:
    """The closest first, at most `MOST`; a constant number of queries.

    `application` is one that `user` may see, with its call.
    """
    own = _own_traits(application)
    if not own.sought or not own.groups:
        return []
    near = list(_near(application, own, user))
    assessments = {
        row.application_id: row
        for row in Assessment.objects.visible_to(user)
        .filter(application__in=near, ready_at__isnull=False)
        .prefetch_related("judgements")
    }
    words = _group_words(application)
    found = [
        comparable
        for other in near
        if (comparable := _compared(application, own, other, assessments.get(other.pk), words)) is not None
    ]
    return sorted(found, key=lambda row: (row.distance, row.application.pk))[:MOST]


def _near(application: Application, own: Traits, user: Any) -> QuerySet[Application]:
    """The nearest in sum of those that share a target group and are about as large; narrowed in SQL."""
    call = application.call
    found: QuerySet[Application] = (
        Application.objects.visible_to(user)
        .filter(
            Q(call=call.pk)
            | Q(
                call__authority=call.authority_id,
                call__grant_type=call.grant_type,
                call__first_year__range=(call.first_year - YEARS_BACK, call.first_year - 1),
            ),
            terms__stage=TermsStage.APPLIED,
            terms__year_amounts__year=F("call__first_year"),
            terms__year_amounts__amount__range=(math.ceil(own.sought / FACTOR), own.sought * FACTOR),
        )
        .filter(Exists(TargetGroup.objects.filter(application=OuterRef("pk"), code__in=own.groups)))
        .exclude(state__in=UNTRIED_STATES)
        .exclude(association=application.association_id)
        .annotate(sought=F("terms__year_amounts__amount"), costs=Coalesce(_costs(), 0))
    )
    if own.size.costs:
        bounds = math.ceil(own.size.costs / FACTOR), own.size.costs * FACTOR
        # Named once in the condition, so that the database adds up each budget once; who has told of no costs
        # is weighed by its people instead.
        found = found.alias(known=Coalesce(NullIf(_costs(), Value(0)), own.size.costs)).filter(
            known__range=bounds
        )
    return (
        found.order_by(Abs(F("sought") - own.sought), "pk")
        .select_related("association", "call", "case")
        .prefetch_related(
            "target_groups",
            Prefetch("terms", Terms.objects.exclude(stage=TermsStage.CHAIR)),
            "terms__year_amounts",
            Prefetch("answers", Answer.objects.filter(key__in=(PRIMARY_KEY, VOLUNTEERS_KEY, STAFF_KEY))),
        )[:_WEIGHED]
    )


def _costs() -> Subquery:
    """The costs of a row's first year."""
    lines = BudgetLine.objects.filter(
        application=OuterRef("pk"), year=OuterRef("call__first_year"), heading__side=BudgetSide.COST
    )
    return Subquery(lines.order_by().values("application").annotate(sum=Sum("amount")).values("sum"))


def _compared(
    application: Application,
    own: Traits,
    other: Application,
    assessment: Assessment | None,
    words: Mapping[str, str],
) -> Comparable | None:
    """How alike the two are; None when they are of different sizes after all."""
    costs = other.costs  # type: ignore[attr-defined]  # annotated by `_near`
    theirs = _traits(other, costs or None)
    size = own.size.distance(theirs.size)
    if size is not None and size > math.log2(FACTOR):
        return None
    years = application.call.first_year - other.call.first_year
    decided, proposed = other.decided, other.terms_at(TermsStage.PROPOSED) if assessment else None
    return Comparable(
        application=other,
        sought=theirs.sought,
        proposed=proposed.first_amount if proposed else None,
        decided=decided.first_amount if decided else None,
        levels={row.criterion: row.level for row in assessment.judgements.all()} if assessment else {},
        reasons=_reasons(own, theirs, words, size),
        distance=(
            _doublings(own.sought, theirs.sought)
            + (math.log2(FACTOR) if size is None else size)
            + _OTHER_GROUPS * (1 - own.shares_groups_with(theirs))
            + _YEAR_BACK * years
        ),
    )


def _reasons(own: Traits, theirs: Traits, words: Mapping[str, str], size: float | None) -> list[str]:
    """Why the two are comparable, in words."""
    shared = ", ".join(words.get(code, code) for code in sorted(own.groups & theirs.groups))
    reasons = [
        _("The same main target group: %(group)s") % {"group": words.get(own.main_group, own.main_group)}
        if own.has_main_group_of(theirs)
        else _("Shared target groups: %(groups)s") % {"groups": shared},
        _("Seeks %(sum)s") % {"sum": kronor(theirs.sought)},
    ]
    if size is not None and theirs.size.costs and own.size.costs:
        reasons.append(_("Costs %(costs)s a year") % {"costs": kronor(theirs.size.costs)})
    elif size is not None:
        reasons.append(_("%(people)s staff and volunteers in all") % {"people": number(theirs.size.people)})
    return reasons


def _own_traits(application: Application) -> Traits:
    """The application's own; reads what is not loaded yet."""
    prefetch_related_objects(
        [application],
        "terms__year_amounts",
        "answers",
        "target_groups",
        "budget_lines",
        "call__budget_headings",
    )
    return _traits(application, budgets_of(application)[0].costs or None)


def _traits(application: Application, costs: int | None) -> Traits:
    """Uses prefetched terms, answers and target groups."""
    answers = application.answers_by_key()
    applied = application.applied
    return Traits(
        sought=applied.first_amount if applied else 0,
        size=Size(costs, _people(answers)),
        groups=frozenset(row.code for row in application.target_groups.all()),
        main_group=answers.get(PRIMARY_KEY) or "",
    )


def _people(answers: Mapping[str, Any]) -> int | None:
    """Volunteers and paid staff together; None when the association has told of neither."""
    told = [answers.get(VOLUNTEERS_KEY), *(row.get("people") for row in answers.get(STAFF_KEY) or ())]
    counts = [count for count in told if isinstance(count, int)]
    return sum(counts) if counts else None


def _group_words(application: Application) -> dict[str, str]:
    """Code → target group in words, from the call's own list."""
    questions: Iterable[Question] = application.call.questions.filter(
        key__in=(PRIMARY_KEY, TARGET_GROUPS_KEY)
    )
    return {code: label for question in questions for code, label in question.choices}


def _doublings(one: int, other: int) -> float:
    """0 for equal amounts, 1 for the double or the half."""
    return abs(math.log2(one / other))
