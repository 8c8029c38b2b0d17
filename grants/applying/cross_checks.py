"""What an application's answers say against each other: a stop for the association, a word to the officer.

Nothing is ever mended in silence. A stop keeps the application from being sent until the association has
changed an answer; a warning follows the application to the officer, who judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying.asked_papers import wanted_papers
from grants.applying.completeness import YEARS_KEY, budgets_of
from grants.models import Application, Question, QuestionKind, Section, budget_lines_of
from grants.organisation_number import validate_organisation_number
from grants.states import UNTRIED_STATES
from portal.documents.templatetags.swedish_text import kronor, swedish_date
from portal.registry.personal_number import looks_like_personal_number

STARTS_KEY = "starts_on"
ENDS_KEY = "ends_on"
TARGET_GROUPS_KEY = "target_groups"
RESULTS_KEY = "result_rows"
FUNDING_KEY = "funding_rows"
CITY = "city"
#: Codes of papers.
ANNUAL_MEETING = "arsmotesprotokoll"
SIGNATORIES = "firmateckning"


@dataclass(frozen=True)
class Finding:
    """What one check found; `text` says what to do about it, `section` where."""

    code: str
    text: str
    section: Section
    stops: bool = True


Check = Callable[[Application], Iterable[Finding]]


def findings(application: Application) -> list[Finding]:
    """What the answers say against each other; uses prefetched rows."""
    return [finding for check in CHECKS for finding in check(application)]


def stops(application: Application) -> list[Finding]:
    """What keeps it from being sent."""
    return [finding for finding in findings(application) if finding.stops]


def warnings(application: Application, others: Iterable[Application]) -> list[Finding]:
    """What an officer should look at; `others` are the association's applications the reader may see."""
    sent = list(others)
    return [
        *(finding for finding in findings(application) if not finding.stops),
        *the_same_cost_once(application, sent),
        *earlier_grants_are_accounted_for(application, sent),
        *an_account_can_be_paid_to(application),
    ]


def other_applications(application: Application, user: Any) -> list[Application]:
    """What else the association has sent, as far as `user` may see it, the newest first; three queries.

    The terms of the application itself are fetched with the others'.
    """
    others = list(
        Application.objects.visible_to(user)
        .sent()
        .filter(association_id=application.association_id)
        .exclude(pk=application.pk)
        .select_related("call", "case")
        .order_by("-submitted_at")
    )
    prefetch_related_objects([application, *others], "terms__year_amounts")
    return others


def organisation_number(application: Application) -> Iterator[Finding]:
    """Check digit and group; the number alone proves nothing, so officers verify it too."""
    number = application.association.organisation_number
    if number and not _is_valid(number):
        yield Finding(
            "organisation_number",
            _("The association's organisation number is wrong. Ask us to correct it."),
            Section.GRANT,
        )


def _is_valid(number: str) -> bool:
    try:
        validate_organisation_number(number)
    except ValidationError:
        return False
    return True


def every_year_has_a_sum(application: Application) -> Iterator[Finding]:
    """Amount per year × years = total: as many sums as years applied for, from the first year on."""
    if (applied := application.applied) is None:
        return
    call_years = application.call.years
    wanted = application.answers_by_key().get(YEARS_KEY) or len(applied.years)
    if applied.years != call_years[:wanted]:
        yield Finding(
            "years_and_sums",
            _("You apply for %(years)s years. Write one sum for each, from %(first)s on.")
            % {"years": wanted, "first": call_years[0]},
            Section.GRANT,
        )


def budgets_come_out_even(application: Application) -> Iterator[Finding]:
    """Income equals costs in every year applied for."""
    for budget in budgets_of(application):
        if budget.costs and budget.missing > 0:
            yield Finding(
                "budget_short",
                _(
                    "The costs of %(year)s are %(sum)s larger than the income. Write where the rest comes "
                    "from, or lower the costs."
                )
                % {"year": budget.year, "sum": kronor(budget.missing)},
                Section.ECONOMY,
            )


def no_more_than_the_gap(application: Application) -> Iterator[Finding]:
    """Nobody applies for more than what the other income leaves uncovered."""
    for budget in budgets_of(application):
        if budget.costs and budget.surplus > 0:
            yield Finding(
                "more_than_the_gap",
                _(
                    "For %(year)s you apply for %(sum)s more than what other income leaves of the costs. "
                    "Apply for less, or write what the money is used for."
                )
                % {"year": budget.year, "sum": kronor(budget.surplus)},
                Section.ECONOMY,
            )


def no_support_backwards(application: Application) -> Iterator[Finding]:
    """No retroactive support: a project begins on the day of sending or later."""
    starts = _day(application, STARTS_KEY)
    if starts is None:
        return
    sent_on = timezone.localdate(application.submitted_at or timezone.now())
    if starts < sent_on:
        yield Finding(
            "starts_too_early",
            _("The project begins %(day)s. A grant cannot pay for what has already been: choose a later day.")
            % {"day": swedish_date(starts)},
            Section.GRANT,
        )
    elif application.call.decision_day and starts < application.call.decision_day:
        yield Finding(
            "starts_before_decision",
            _("The project begins %(day)s, before a decision can be expected.")
            % {"day": swedish_date(starts)},
            Section.GRANT,
            stops=False,
        )


def a_project_ends(application: Application) -> Iterator[Finding]:
    """A development project has an end after its beginning, within the years applied for."""
    starts, ends = _day(application, STARTS_KEY), _day(application, ENDS_KEY)
    if ends is None:
        return
    if starts and ends < starts:
        yield Finding(
            "ends_before_it_starts",
            _("The project ends %(end)s, before it begins %(start)s. Change one of the days.")
            % {"end": swedish_date(ends), "start": swedish_date(starts)},
            Section.GRANT,
        )
    elif application.applied and application.applied.years and ends.year > max(application.applied.years):
        yield Finding(
            "ends_after_the_grant",
            _("The project ends %(end)s, after the last year applied for.") % {"end": swedish_date(ends)},
            Section.GRANT,
            stops=False,
        )


def young_groups_have_a_share(application: Application) -> Iterator[Finding]:
    """Who turns to the young says how large a share that is: it counts towards the committee's goal."""
    chosen = application.answers_by_key().get(TARGET_GROUPS_KEY) or []
    young = {
        option["code"]
        for question in application.call.questions.all()
        if question.key == TARGET_GROUPS_KEY
        for option in question.options
        if option.get("young")
    }
    if young.intersection(chosen) and application.child_share == 0:
        yield Finding(
            "young_without_share",
            _(
                "You have chosen children and young people as a target group but written 0 percent as their "
                "share. Change one of them."
            ),
            Section.TARGET,
        )


def other_money_from_the_city(application: Application) -> Iterator[Finding]:
    """Money from another committee of the city may pay for the same thing twice."""
    in_budget = any(line.amount and heading.from_the_city for heading, line in budget_lines_of(application))
    rows = application.answers_by_key().get(FUNDING_KEY) or []
    if in_budget or any(row.get("kind") == CITY for row in rows):
        yield Finding(
            "other_city_money",
            _("The budget holds money from another committee of the city: nothing may be paid twice."),
            Section.ECONOMY,
            stops=False,
        )


def the_same_cost_once(application: Application, others: list[Application]) -> Iterator[Finding]:
    """The association's other applications for the same years may carry the same costs."""
    years = set(application.applied.years if application.applied else [])
    for other in others:
        if other.state in UNTRIED_STATES:
            continue
        if other.applied and years.intersection(other.applied.years):
            yield Finding(
                "same_year_twice",
                _("“%(title)s” was sought for the same year: no cost may stand in both applications.")
                % {"title": other.title},
                Section.ECONOMY,
                stops=False,
            )


def earlier_grants_are_accounted_for(
    application: Application, others: list[Application]
) -> Iterator[Finding]:
    """Who has had a grant tells what came of it."""
    asks = any(question.key == RESULTS_KEY for question in application.call.questions.all())
    if not asks or application.answers_by_key().get(RESULTS_KEY):
        return
    if any(other.is_released and other.decided and other.decided.is_grant for other in others):
        yield Finding(
            "results_missing",
            _("The association has had a grant before but has not written what came of it."),
            Section.RESULTS,
            stops=False,
        )


def an_account_can_be_paid_to(application: Application) -> Iterator[Finding]:
    """Valid digits are not the right owner: two officers verify a giro before anything is paid to it."""
    if not application.association.accounts.effective().exists():
        yield Finding(
            "no_verified_account",
            _("No bank giro or plus giro of the association is verified yet. Nothing is paid before it is."),
            Section.GRANT,
            stops=False,
        )


def papers_are_of_the_right_year(application: Application) -> Iterator[Finding]:
    """The accounts are those of the last closed year, and so on: the year that the call asks for."""
    for wanted in wanted_papers(application):
        if wanted.other_year:
            yield Finding(
                "paper_of_another_year",
                _("%(paper)s: the one handed in is of %(year)s.")
                % {"paper": wanted.name, "year": wanted.other_year},
                Section.PAPERS,
                stops=False,
            )


def signatories_were_chosen_after_the_meeting(application: Application) -> Iterator[Finding]:
    """Who signs is chosen by the board that the latest annual meeting elected."""
    dates = {
        attachment.paper.type.code: attachment.paper.dated_on
        for attachment in application.attachments.all()
        if attachment.paper.dated_on
    }
    meeting, chosen = dates.get(ANNUAL_MEETING), dates.get(SIGNATORIES)
    if meeting and chosen and chosen < meeting:
        yield Finding(
            "signatories_before_the_meeting",
            _("The minutes on signatories (%(chosen)s) are older than the annual meeting (%(meeting)s).")
            % {"chosen": swedish_date(chosen), "meeting": swedish_date(meeting)},
            Section.PAPERS,
            stops=False,
        )


def texts_without_personal_numbers(application: Application) -> Iterator[Finding]:
    """What looks like a personal identity number and was kept knowingly is looked at once more."""
    for question, value in application.answered():
        if question.kind in _TEXTS and looks_like_personal_number(_text(question, value)):
            yield Finding(
                "personal_number",
                _("An answer holds what looks like a personal identity number: %(question)s")
                % {"question": question.label},
                Section(question.section),
                stops=False,
            )


_TEXTS = {QuestionKind.LONG_TEXT, QuestionKind.SHORT_TEXT, QuestionKind.ROWS}

#: In the order of the form.
CHECKS: tuple[Check, ...] = (
    organisation_number,
    every_year_has_a_sum,
    no_support_backwards,
    a_project_ends,
    young_groups_have_a_share,
    budgets_come_out_even,
    no_more_than_the_gap,
    other_money_from_the_city,
    papers_are_of_the_right_year,
    signatories_were_chosen_after_the_meeting,
    texts_without_personal_numbers,
)


def _day(application: Application, key: str) -> date | None:
    value = application.answers_by_key().get(key)
    return date.fromisoformat(value) if value else None


def _text(question: Question, value: Any) -> str:
    return question.in_words(value) if question.kind == QuestionKind.ROWS else str(value or "")
