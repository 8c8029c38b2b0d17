"""Writing a draft: starting one and saving a section. Its papers are in `grants.picking`.

A section's values are one flat dictionary, the same for reading and writing: `answer_<question key>`
for the call's questions, and `title`, `years`, `amount_<year>`, `child_share` and
`budget_<heading>_<year>` for what an application holds itself.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.completeness import YEARS_KEY, budget_years
from grants.library import pick_valid
from grants.models import (
    Answer,
    Application,
    Association,
    BudgetLine,
    Call,
    Section,
    Terms,
    TermsStage,
    budget_lines_of,
    is_answer,
)
from grants.signing import void_if_changed

Values = dict[str, Any]


class DraftClosed(Exception):
    """The draft can no longer be changed; the message says why."""


class ChangedMeanwhile(Exception):
    """Somebody else has saved the same section since it was opened; nothing was overwritten."""


def start(call: Call, association: Association, by: Any) -> Application:
    """Begin an application. Pressing twice gives one draft: one that nobody wrote in is used again.

    Raises DraftClosed when the call is not open.
    """
    with transaction.atomic():
        Association.objects.select_for_update().get(pk=association.pk)
        if not call.receives:
            raise DraftClosed(_("The call is not open, so no application can be started in it."))
        untouched = Application.objects.drafts().filter(
            call=call, association=association, title="", answers=None, terms=None
        )
        draft = untouched.first()
        if draft is None:
            draft = Application.objects.create(call=call, association=association, created_by=by)
            pick_valid(draft, by)
    return draft


def section_values(application: Application, section: Section) -> Values:
    """What is saved in a section, under the names its form uses; uses prefetched rows."""
    answers = application.answers_by_key()
    values: Values = {
        f"answer_{question.key}": answers[question.key]
        for question in application.call.questions.all()
        if question.section == section and question.key in answers
    }
    if section == Section.GRANT:
        amounts = application.applied.amounts if application.applied else {}
        values["title"] = application.title
        values["years"] = answers.get(YEARS_KEY) or len(amounts) or None
        values |= {f"amount_{year}": amount for year, amount in amounts.items()}
    elif section == Section.TARGET:
        values["child_share"] = application.child_share
    elif section == Section.ECONOMY:
        values |= {
            f"budget_{heading.key}_{line.year}": line.amount for heading, line in budget_lines_of(application)
        }
    return values


def fingerprint(values: Values) -> str:
    """Tells whether a section's saved values are still those that somebody saw."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def save_section(draft_id: int, section: Section, values: Values, *, seen: str) -> Application:
    """Save one section of a draft as far as it has come.

    `seen` is the fingerprint of the values the person started from. Raises DraftClosed, or
    ChangedMeanwhile when somebody has saved other values since.
    """
    with transaction.atomic():
        draft = open_draft(draft_id)
        if fingerprint(section_values(draft, section)) != seen:
            raise ChangedMeanwhile
        write_values(draft, section, values)
        touch(draft)
    return draft


def write_values(application: Application, section: Section, values: Values) -> None:
    """Put a section's values in their rows, within the caller's transaction.

    Title and share are set on the application, which the caller saves.
    """
    _write_answers(application, section, values)
    if section == Section.GRANT:
        application.title = values["title"]
        _write_amounts(application, values)
    elif section == Section.TARGET:
        application.child_share = values["child_share"]
    elif section == Section.ECONOMY:
        _write_budget(application, values)


def open_draft(draft_id: int) -> Application:
    """The draft, locked until the transaction ends. Raises DraftClosed when it can no longer be changed."""
    draft = Application.objects.select_for_update(of=("self",)).select_related("call").get(pk=draft_id)
    if draft.discarded_at is not None:
        raise DraftClosed(_("The draft is discarded. Take it back before you change it."))
    if not draft.is_draft:
        raise DraftClosed(_("The application has been sent and can no longer be changed."))
    if not draft.call.receives:
        raise DraftClosed(_("The call has closed, so the application can no longer be changed."))
    return draft


def touch(draft: Application) -> None:
    """Note that the draft was saved just now."""
    draft.saved_at = timezone.now()
    draft.save(update_fields=["title", "child_share", "saved_at"])
    void_if_changed(draft)


def _write_answers(draft: Application, section: Section, values: Values) -> None:
    """Replace the section's answers; an empty one is no answer."""
    keys = [question.key for question in draft.call.questions.all() if question.section == section]
    given = {key: values.get(f"answer_{key}") for key in keys}
    if section == Section.GRANT:
        given[YEARS_KEY] = values.get("years")
    draft.answers.filter(key__in=given).delete()
    Answer.objects.bulk_create(
        Answer(application=draft, key=key, value=value) for key, value in given.items() if is_answer(value)
    )


def _write_amounts(draft: Application, values: Values) -> None:
    terms, _created = Terms.objects.get_or_create(
        application=draft, stage=TermsStage.APPLIED, defaults={"grant_type": draft.call.grant_type}
    )
    terms.set_amounts({year: values.get(f"amount_{year}") or 0 for year in draft.call.years})


def _write_budget(draft: Application, values: Values) -> None:
    """Replace the budget of the years applied for; a year no longer applied for keeps its lines."""
    years = budget_years(draft)
    draft.budget_lines.filter(year__in=years).delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(application=draft, heading=heading, year=year, amount=amount)
        for heading in draft.call.budget_headings.all()
        for year in years
        if (amount := values.get(f"budget_{heading.key}_{year}")) is not None
    )
