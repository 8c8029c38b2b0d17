"""What a call lacks before it can be published, and what is worth a second look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from grants.models import Call, Question


@dataclass(frozen=True)
class Lack:
    """Something missing or odd; `page` is the name of the page where it is mended."""

    text: str
    page: str
    is_stop: bool = True


def lacks(call: Call) -> list[Lack]:
    """Everything to look at before publishing, what stops it first; a constant number of queries."""
    found = [*_of_the_call(call), *_of_the_questions(call), *_of_the_rows(call)]
    return sorted(found, key=lambda lack: not lack.is_stop)


def stops(call: Call) -> list[Lack]:
    """What keeps the call from being published."""
    return [lack for lack in lacks(call) if lack.is_stop]


def _of_the_call(call: Call) -> Iterator[Lack]:
    page = "grants:call-facts"
    if not call.title_en:
        yield Lack(_("The title is missing in English."), page)
    if not call.intro:
        yield Lack(_("The introduction is missing in Swedish."), page)
    if not call.intro_en:
        yield Lack(_("The introduction is missing in English."), page)
    if not call.decision_expected_en:
        yield Lack(_("When a decision can be expected is missing in English."), page)
    if call.closes_at is not None and call.closes_at <= call.opens_at:
        yield Lack(_("The call closes before it opens."), page)
    elif call.closes_at is not None and call.state_as_published == Call.State.CLOSED:
        yield Lack(_("The closing time has passed already."), page)
    if call.last_day is not None and call.last_day.year > call.first_year:
        yield Lack(_("The call closes after its first grant year. Check the years."), page, is_stop=False)


def _of_the_questions(call: Call) -> Iterator[Lack]:
    page = "grants:call-questions"
    questions = list(call.questions.all())
    if not questions:
        yield Lack(_("The call asks no questions yet."), page)
    for question in questions:
        label = question.label_sv or question.label_en or question.key
        if not question.label_sv or not question.label_en:
            yield Lack(_("The question “%(label)s” is missing in one language.") % {"label": label}, page)
        if bool(question.help_sv) != bool(question.help_en):
            yield Lack(_("The help to “%(label)s” is missing in one language.") % {"label": label}, page)
        if question.kind in (Question.Kind.ONE_OF, Question.Kind.SOME_OF):
            yield from _of_the_options(question, label, page)


def _of_the_options(question: Question, label: str, page: str) -> Iterator[Lack]:
    if len(question.options) < 2:
        yield Lack(
            _("The question “%(label)s” has fewer than two answers to choose from.") % {"label": label}, page
        )
    elif not all(option["sv"] and option["en"] for option in question.options):
        yield Lack(_("An answer to “%(label)s” is missing in one language.") % {"label": label}, page)


def _of_the_rows(call: Call) -> Iterator[Lack]:
    if not call.conditions.exists():
        yield Lack(_("The call has no conditions to accept when signing."), "grants:call-conditions", False)
    if not call.report_dates.exists():
        yield Lack(_("The call tells no report dates."), "grants:call-report-dates", False)
