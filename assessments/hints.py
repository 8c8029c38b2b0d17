"""What makes an officer look twice: the same thing sought twice, money from elsewhere, shared contacts.

A hint is a sentence with a link, never a decision, and nothing is refused because of one (domain 7.1: a
human decides). It tells only of what the reader may see: a case hidden by a conflict of interest gives none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Func, IntegerField, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applying.cross_checks import CITY, FUNDING_KEY
from grants.models import Answer, Application, Association, SearchText, budget_lines_of
from grants.received.likeness import MOST_BITS_APART, may_be_alike, nearly_equal, words
from grants.received.searching import NEED_KEY
from grants.states import OPEN_STATES, State
from portal.documents.templatetags.swedish_text import kronor

OTHER_FUNDING_KEY = "other_funding"
#: What `grants.applying.cross_checks` says without a link and a hint says with one.
REPLACES = frozenset({"same_year_twice", "other_city_money"})
#: At most so many of each kind: more would not be read.
MOST = 3
#: Texts are compared with what came in so long before and after.
COMPARED_WITHIN = timedelta(days=400)
#: Undecided: what both applications may still get.
_UNDECIDED = OPEN_STATES | {State.BEFORE_COMMITTEE}
_COMMITTEE = re.compile(r"[\w-]*(?:\s+och\s+[\w-]+)?nämnd(?:en|ens)?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Hint:
    """A sentence, and where to look."""

    text: str
    url: str
    link: str


def own(application: Application, others: Sequence[Application]) -> list[Hint]:
    """What the association's own papers say; no queries.

    `application` has answers and budget prefetched; `others` are the association's applications that the
    officer may see, with terms prefetched.
    """
    return [*_same_years(application, others), *_money_from_the_city(application)]


def compared(application: Application, user: Any) -> list[Hint]:
    """What other associations' applications say, of those that `user` may see.

    `application` is one that `assessments.views.impartial` read. It looks through all that came in around the
    same time, so the case's page asks for it afterwards.
    """
    return [*_nearly_equal(application, user), *_shared_contacts(application.association, user)]


def _case_page(application_id: int) -> str:
    return reverse("assessments:application", args=[application_id])


def _same_years(application: Application, others: Sequence[Application]) -> Iterator[Hint]:
    """The association's other applications for the same years, whether one or both are undecided."""
    years = set(application.applied.years if application.applied else [])
    for other in others:
        if not other.applied or not (common := years.intersection(other.applied.years)):
            continue
        if other.state not in _UNDECIDED and not (other.decided and other.decided.is_grant):
            continue
        told = {"title": other.title, "years": ", ".join(str(year) for year in sorted(common))}
        yield Hint(
            _("The association has also applied for “%(title)s” for %(years)s.") % told
            if other.state in _UNDECIDED
            else _("The association already has a grant for “%(title)s” for %(years)s.") % told,
            _case_page(other.pk),
            other.received_case.registry_number,
        )


class _BitsApart(Func):
    """In how many bits two likenesses differ (PostgreSQL 14 and later)."""

    template = "bit_count((%(expressions)s)::bit(64))"
    arg_joiner = " # "
    output_field = IntegerField()


def _nearly_equal(application: Application, user: Any) -> Iterator[Hint]:
    """Other associations' applications whose description of the need is nearly the same."""
    need = application.answers_by_key().get(NEED_KEY)
    own = getattr(application, "likeness", 0)
    if not own or not isinstance(need, str) or application.submitted_at is None:
        return
    near = (
        SearchText.objects.filter(
            application__in=Application.objects.visible_to(user),
            application__submitted_at__range=(
                application.submitted_at - COMPARED_WITHIN,
                application.submitted_at + COMPARED_WITHIN,
            ),
        )
        .exclude(application__association=application.association_id)
        .exclude(likeness=0)
        .order_by("-application__submitted_at")
    )
    for other in _alike(near, own):
        if nearly_equal(need, other["need"]):
            yield Hint(
                _("%(association)s describes the need in nearly the same words.")
                % {"association": other["association"]},
                _case_page(other["application"]),
                other["number"],
            )


def _alike(near: Any, own: int) -> list[dict[str, Any]]:
    """The first few of the search rows whose likeness is close, with their text of the need."""
    if connection.vendor == "postgresql":
        close = near.annotate(apart=_BitsApart(F("likeness"), Value(own))).filter(apart__lte=MOST_BITS_APART)
        found = list(close.values_list("application", flat=True)[:MOST])
    else:
        found = [
            pk for pk, likeness in near.values_list("application", "likeness") if may_be_alike(own, likeness)
        ][:MOST]
    if not found:
        return []
    answers = Answer.objects.filter(application__in=found, key=NEED_KEY).order_by(
        "-application__submitted_at"
    )
    return [
        {"application": pk, "need": need, "association": name, "number": number}
        for pk, need, name, number in answers.values_list(
            "application", "value", "application__association__name", "application__case__registry_number"
        )
        if isinstance(need, str)
    ]


def _shared_contacts(association: Association, user: Any) -> Iterator[Hint]:
    """Other associations with the same e-mail address or telephone, of those with a case the user may see."""
    same = Q()
    if association.email:
        same |= Q(email__iexact=association.email)
    if association.phone:
        same |= Q(phone=association.phone)
    if not same:
        return
    seen = Application.objects.visible_to(user)
    others = (
        Association.objects.visible_to(user)
        .filter(same, pk__in=seen.values("association"))
        .exclude(pk=association.pk)
        .order_by("name")
    )
    for other in others[:MOST]:
        what = (
            _("e-mail address") if other.email.lower() == association.email.lower() else _("telephone number")
        )
        yield Hint(
            _("%(association)s has the same %(what)s.") % {"association": other.name, "what": what},
            f"{reverse('assessments:queue')}?q={other.organisation_number or other.name}",
            _("Show its applications"),
        )


def _money_from_the_city(application: Application) -> Iterator[Hint]:
    """Income from another committee of the city: the same cost may be paid twice."""
    sums = [line.amount for heading, line in budget_lines_of(application) if heading.from_the_city]
    answers = application.answers_by_key()
    funders = [
        str(row.get("funder", "")) for row in answers.get(FUNDING_KEY) or [] if row.get("kind") == CITY
    ]
    funders += other_committees(
        str(answers.get(OTHER_FUNDING_KEY) or ""), application.received_case.authority.name
    )
    named = ", ".join(dict.fromkeys(name for name in funders if name))
    if sum(sums):
        text = _(
            "The budget holds %(sum)s from another committee of the city: nothing may be paid twice."
        ) % {"sum": kronor(sum(sums))}
        text += f" {named}." if named else ""
    elif named:
        text = _("The association has sought money elsewhere in the city: %(named)s.") % {"named": named}
    else:
        return
    yield Hint(text, "#section-economy", _("Budget and resources"))


def other_committees(text: str, own: str) -> list[str]:
    """The committees that a text names, in its order, but for the one that decides."""
    found = (" ".join(match[0].split()) for match in _COMMITTEE.finditer(text))
    return list(dict.fromkeys(name for name in found if not _same_committee(name, own)))


def _same_committee(name: str, own: str) -> bool:
    """Socialnämnden, socialnämndens and nämnden are all the own one."""
    stem = name.lower().removesuffix("s").removesuffix("en")
    return stem == "nämnd" or words(stem) == words(own.lower().removesuffix("en"))
