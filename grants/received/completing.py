"""Answering a request for completion: the reply is written in private, then handed in as a new version.

The application's rows stay as they were sent until the reply is handed in. Meanwhile `replied` shows
the application as it would be with what is written so far.
"""

from __future__ import annotations

import copy
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applying import requirements
from grants.applying.asked_papers import attached_files, prefetches
from grants.applying.completeness import YEARS_KEY
from grants.applying.drafts import ChangedMeanwhile, Values, fingerprint, section_values, write_values
from grants.applying.submission import freeze
from grants.associations import library
from grants.associations.library import NewPaper
from grants.models import (
    Answer,
    Application,
    Attachment,
    BudgetLine,
    Call,
    CompletionReply,
    CompletionRequest,
    PaperType,
    ReplyPaper,
    Section,
    Terms,
    TermsStage,
    YearAmount,
    is_answer,
    may_sign,
)
from grants.notices import tell_association, tell_officers
from grants.received import searching
from grants.states import OPEN_STATES, CompletionState
from portal.documents.models import StoredFile
from portal.registry.models import Event, Record

MAX_PAPERS = 20
#: What `section_values`, `freeze` and the forms read of an application.
ROWS = ("call__questions", "call__budget_headings", "answers", "terms__year_amounts", "budget_lines")


class CannotComplete(Exception):
    """The reply cannot be changed or handed in; the text tells the person why and what to do."""


def replied(application: Application, values: dict[str, Values]) -> Application:
    """The application with the reply's sections in place of its own, in memory alone.

    The rows it gives are never saved: they stand where prefetched ones stand, so that everything which
    reads an application reads them.
    """
    prefetch_related_objects([application], *ROWS, *prefetches())
    shown = copy.copy(application)
    shown._prefetched_objects_cache = dict(application._prefetched_objects_cache)  # type: ignore[attr-defined]
    for code, saved in values.items():
        _lay_over(shown, Section(code), saved)
    return shown


def _lay_over(shown: Application, section: Section, values: Values) -> None:
    keys = {question.key for question in shown.call.questions.all() if question.section == section}
    given = {key: values.get(f"answer_{key}") for key in keys}
    if section == Section.GRANT:
        given[YEARS_KEY] = values.get("years")
        shown.title = values["title"]
        amounts = {year: values.get(f"amount_{year}") or 0 for year in shown.call.years}
        _lay_amounts(shown, {year: amount for year, amount in amounts.items() if amount})
    elif section == Section.TARGET:
        shown.child_share = values["child_share"]
    elif section == Section.ECONOMY:
        lines = [
            BudgetLine(application=shown, heading=heading, year=year, amount=amount)
            for heading in shown.call.budget_headings.all()
            for year in shown.call.years
            if (amount := values.get(f"budget_{heading.key}_{year}")) is not None
        ]
        _stand_in(shown, "budget_lines", lines)
    kept = [answer for answer in shown.answers.all() if answer.key not in given]
    new = [
        Answer(application=shown, key=key, value=value) for key, value in given.items() if is_answer(value)
    ]
    _stand_in(shown, "answers", kept + new)


def _lay_amounts(shown: Application, amounts: dict[int, int]) -> None:
    # Django reads the relations of rows with a key only; what is sent has terms applied for.
    key = shown.applied.pk if shown.applied else 0
    applied = Terms(pk=key, application=shown, stage=TermsStage.APPLIED, grant_type=shown.call.grant_type)
    applied._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    _stand_in(
        applied,
        "year_amounts",
        [YearAmount(year=year, amount=sum_) for year, sum_ in sorted(amounts.items())],
    )
    others = [terms for terms in shown.terms.all() if terms.stage != TermsStage.APPLIED]
    _stand_in(shown, "terms", [*others, applied])


def _stand_in(row: Application | Terms, relation: str, rows: list[Any]) -> None:
    """Let `row.<relation>.all()` answer with these rows, as Django does with prefetched ones."""
    found = getattr(row, relation).none()
    found._result_cache = rows
    found._prefetch_done = True
    row._prefetched_objects_cache[relation] = found  # type: ignore[union-attr]


def reply_of(request: CompletionRequest) -> CompletionReply | None:
    """What the association has written so far, if anything; for its own people alone."""
    return CompletionReply.objects.filter(request=request).first()


def values_of(reply: CompletionReply | None) -> dict[str, Values]:
    return dict(reply.values) if reply else {}


def save(
    request_id: int, values: dict[Section, Values], by: Any, *, seen: dict[Section, str]
) -> CompletionReply:
    """Keep sections of a reply as far as they have come; what a section's values leave out stays as it is.

    `seen` are the fingerprints of the sections that the person started from. Raises CannotComplete, or
    ChangedMeanwhile when somebody has saved other values since; then nothing is written.
    """
    with transaction.atomic():
        request = _open_request(request_id)
        reply = _reply(request, by)
        current = replied(request.application, values_of(reply))
        for section, given in values.items():
            standing = section_values(current, section)
            if fingerprint(standing) != seen[section]:
                raise ChangedMeanwhile
            reply.values[section.value] = {**standing, **given}
        reply.saved_by = by
        reply.saved_at = timezone.now()
        reply.save(update_fields=["values", "saved_by", "saved_at"])
    return reply


def add_paper(request_id: int, kind: str, filename: str, stored: StoredFile, by: Any) -> ReplyPaper:
    """Add a checked and stored file to a reply. Raises CannotComplete."""
    with transaction.atomic():
        reply = _reply(_open_request(request_id), by)
        if reply.papers.count() >= MAX_PAPERS:
            raise CannotComplete(_("A reply takes twenty papers. Remove one, or send the rest as a message."))
        return ReplyPaper.objects.create(
            reply=reply, kind=kind, filename=filename, stored_file=stored, added_by=by
        )


def remove_paper(request_id: int, paper_id: int) -> None:
    """Take a file out of a reply; one that is gone already is no error. Raises CannotComplete."""
    with transaction.atomic():
        request = _open_request(request_id)
        ReplyPaper.objects.filter(reply__request=request, pk=paper_id).delete()


def hand_in(request_id: int, by: Any) -> CompletionRequest:
    """Hand in the reply: the application's rows change, and a new record holds the new version.

    What was sent before stays in its own record. After the last day it is marked late, nothing more.
    Handing in twice gives one version. Raises CannotComplete when it is closed, empty, or the person may
    not sign.
    """
    with transaction.atomic():
        request = CompletionRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
        if request.state == CompletionState.ANSWERED:
            return request
        request = _open_request(request_id)
        application = request.application
        if not may_sign(by, application.association):
            raise CannotComplete(_("Only a signatory of the association can hand in the completion."))
        reply = reply_of(request)
        if reply is None or not (reply.values or reply.papers.exists()):
            raise CannotComplete(_("Nothing is written yet. Answer what we ask about, then hand it in."))
        now = timezone.now()
        _write(application, reply, now)
        _register(request, by, now)
    return request


def _write(application: Application, reply: CompletionReply, now: Any) -> None:
    for code, values in sorted(reply.values.items(), key=lambda row: Section.values.index(row[0])):
        write_values(application, Section(code), values)
        # The budget's years follow the sums just written.
        application._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    application.saved_at = now
    application.save(update_fields=["title", "child_share", "saved_at"])
    for paper in reply.papers.select_related("stored_file", "added_by"):
        _add_to_library(application, paper)


def _add_to_library(application: Application, reply_paper: ReplyPaper) -> None:
    """The paper joins the association's library, and the application beside what it was sent with."""
    kind = PaperType.objects.get(code=reply_paper.kind)
    new = NewPaper(kind, reply_paper.filename, reply_paper.stored_file, year=year_of(application.call, kind))
    paper = library.add_paper(application.association, new, reply_paper.added_by)
    Attachment.objects.get_or_create(
        application=application, paper=paper, defaults={"added_by": reply_paper.added_by}
    )


def year_of(call: Call, kind: PaperType) -> int | None:
    """For which year a paper of a kind completes an application: the one asked for, else the last whole."""
    if not kind.carries_year:
        return None
    asked = call.asked_papers.filter(type=kind).select_related("call").first()
    return (asked.year if asked else None) or timezone.localdate().year - 1


def _register(request: CompletionRequest, by: Any, now: Any) -> None:
    application = Application.objects.select_related("association", "call", "case__authority").get(
        pk=request.application_id
    )
    case = application.received_case
    request.after = case.register(
        Record.Kind.APPLICATION,
        "Ansökan, kompletterad",
        by=by,
        content=freeze(application) | requirements.in_record(application),
        files=attached_files(application),
    )
    request.state = CompletionState.ANSWERED
    request.ended_by = by
    request.ended_at = now
    request.was_late = timezone.localtime(now).date() > request.last_day
    request.save(update_fields=["after", "state", "ended_by", "ended_at", "was_late"])
    searching.index([application.pk])
    case.log(Event.Kind.COMPLETED, by=by, at=now, detail="Sent" if request.was_late else "")
    tell_officers(application, f"Komplettering i {case.registry_number}", "mail/completed.txt")
    tell_association(
        application,
        f"Vi har tagit emot er komplettering {case.registry_number}",
        "mail/completion_received.txt",
    )


def _open_request(request_id: int) -> CompletionRequest:
    """The request with its application, locked until the transaction ends."""
    request = (
        CompletionRequest.objects.select_for_update(of=("self",))
        .select_related("application__association", "application__call", "application__case__authority")
        .get(pk=request_id)
    )
    if not request.is_open:
        raise CannotComplete(_("We no longer wait for a reply. Send a message if you want to add something."))
    if request.application.state not in OPEN_STATES:
        raise CannotComplete(
            _("The application has gone on to the committee. Send a message if you want to add something.")
        )
    return request


def _reply(request: CompletionRequest, by: Any) -> CompletionReply:
    reply, _created = CompletionReply.objects.get_or_create(request=request, defaults={"saved_by": by})
    return reply
