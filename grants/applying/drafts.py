"""Writing a draft: starting one and saving a section. Its papers are in `grants.applying.picking`.

A section's values are one flat dictionary, the same for reading and writing: `answer_<question key>`
for the call's questions, and `title`, `years`, `amount_<year>`, `child_share` and
`budget_<heading>_<year>` for what an application holds itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applying.completeness import YEARS_KEY
from grants.applying.signing import void_if_changed
from grants.applying.versions import UNSEEN, History, Sight, digest, plain
from grants.associations.library import pick_valid
from grants.models import (
    Answer,
    Application,
    Association,
    Call,
    FieldVersion,
    Section,
    Terms,
    TermsStage,
    budget_lines_of,
    is_answer,
)

Values = dict[str, Any]


class DraftClosed(Exception):
    """The draft can no longer be changed; the message says why."""


class ChangedMeanwhile(Exception):
    """Somebody else has saved other values since the page was opened; nothing was overwritten."""


@dataclass(frozen=True)
class Saved:
    """What became of one save: each field is in one of these, or was not changed by anybody."""

    application: Application
    #: What the person wrote and that stands there now.
    written: dict[str, Sight] = field(default_factory=dict)
    #: What both wrote in: nothing was overwritten, this is the colleague's version.
    conflicts: dict[str, FieldVersion] = field(default_factory=dict)
    #: What only somebody else wrote in; it stays as they wrote.
    by_others: dict[str, FieldVersion] = field(default_factory=dict)
    #: What stands there now of each field, and its version.
    now: dict[str, Sight] = field(default_factory=dict)


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
        values["years"] = answers.get(YEARS_KEY)
        values |= {f"amount_{year}": amount for year, amount in amounts.items()}
    elif section == Section.TARGET:
        values["child_share"] = application.child_share
    elif section == Section.ECONOMY:
        values |= {
            f"budget_{heading.key}_{line.year}": line.amount for heading, line in budget_lines_of(application)
        }
    return values


def fingerprint(values: Values) -> str:
    """Tells whether a section's values are still those that somebody saw, where they are kept as one
    (`grants.received.completing`)."""
    return digest({name: plain(value) for name, value in values.items() if plain(value) is not None})


def history_of(application: Application, section: Section, names: Iterable[str]) -> History:
    """The newest versions of a section's fields, next to what stands there."""
    stored = section_values(application, section)
    return History(application, {name: stored.get(name) for name in names})


def save_section(
    draft_id: int, section: Section, values: Values, *, seen: Mapping[str, Sight], by: Any, page: str = ""
) -> Saved:
    """Save what a person changed in one section of a draft, field by field, as far as it has come.

    `values` may leave fields out, which then stay as they are. `seen` is what the page showed; `page`
    names the opened page, so that its own later saves do not come in its way. Where somebody else has
    written in a field since, and otherwise than this person, nothing is written. Raises DraftClosed.
    """
    with transaction.atomic():
        draft = open_draft(draft_id)
        history = history_of(draft, section, values)
        saved = Saved(draft, now={name: history.sight(name) for name in values})
        changed: Values = {}
        for name, value in values.items():
            sight, now = seen.get(name, UNSEEN), saved.now[name]
            is_behind = sight.version != now.version and sight.digest != now.digest
            wrote_since = is_behind and history.is_of_page(name, sight.version, page)
            if digest(value) == sight.digest and not wrote_since:
                if is_behind:
                    saved.by_others[name] = history.newest(name)
            elif digest(value) == now.digest:
                saved.written[name] = now
            elif is_behind and not wrote_since:
                saved.conflicts[name] = history.newest(name)
            else:
                changed[name] = value
        if changed:
            write_values(draft, section, changed)
            touch(draft)
            saved.written.update(history.add(changed, by, page, draft.saved_at))
            saved.now.update(saved.written)
            _note_as_read(draft, changed, by)
    return saved


def take_back(draft_id: int, section: Section, earlier: FieldVersion, *, seen: int, by: Any) -> Saved:
    """Let an earlier text of a field stand again, as a new version.

    `seen` is the version that the person chose to replace; when a newer has come since, the answer holds
    it as a conflict and nothing is written. Raises DraftClosed.
    """
    with transaction.atomic():
        draft = open_draft(draft_id)
        history = history_of(draft, section, [earlier.name])
        sight = history.sight(earlier.name)
        known = {earlier.name: Sight(seen, sight.digest if seen == sight.version else "")}
        return save_section(draft_id, section, {earlier.name: earlier.value}, seen=known, by=by)


def note_as_read(draft_id: int, names: Iterable[str], by: Any) -> None:
    """Note that a person has read answers that came from an earlier application. Raises DraftClosed."""
    with transaction.atomic():
        _note_as_read(open_draft(draft_id), names, by)


def _note_as_read(draft: Application, names: Iterable[str], by: Any) -> None:
    keys = [name.removeprefix("answer_") for name in names if name.startswith("answer_")]
    draft.copied_answers.unread().filter(key__in=keys).update(read_at=timezone.now(), read_by=by)


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


def write_values(draft: Application, section: Section, changed: Values) -> None:
    """Put some values of a section in their rows, within the caller's transaction; all others stay.

    Title and share are set on the application, which the caller saves.
    """
    _write_answers(draft, changed)
    if section == Section.GRANT:
        draft.title = changed.get("title", draft.title) or ""
        _write_amounts(draft, changed)
    elif section == Section.TARGET:
        draft.child_share = changed.get("child_share", draft.child_share)
    elif section == Section.ECONOMY:
        _write_budget(draft, changed)


def _write_answers(draft: Application, changed: Values) -> None:
    """Replace the changed answers; an empty one is no answer."""
    given = {
        name.removeprefix("answer_"): value for name, value in changed.items() if name.startswith("answer_")
    }
    if "years" in changed:
        given[YEARS_KEY] = changed["years"]
    draft.answers.filter(key__in=given).delete()
    Answer.objects.bulk_create(
        Answer(application=draft, key=key, value=value) for key, value in given.items() if is_answer(value)
    )


def _write_amounts(draft: Application, changed: Values) -> None:
    amounts = {year: changed[name] for year in draft.call.years if (name := f"amount_{year}") in changed}
    if not amounts:
        return
    terms, _created = Terms.objects.get_or_create(
        application=draft, stage=TermsStage.APPLIED, defaults={"grant_type": draft.call.grant_type}
    )
    terms.set_amounts(terms.amounts | {year: amount or 0 for year, amount in amounts.items()})


def _write_budget(draft: Application, changed: Values) -> None:
    for heading in draft.call.budget_headings.all():
        for year in draft.call.years:
            if (name := f"budget_{heading.key}_{year}") not in changed:
                continue
            if changed[name] is None:
                draft.budget_lines.filter(heading=heading, year=year).delete()
            else:
                draft.budget_lines.update_or_create(
                    heading=heading, year=year, defaults={"amount": changed[name]}
                )
