"""Sending an application: reserve the number → freeze → order the receipt → queue the mail, at once.

All of it is one transaction; nothing waits for Celery. Tryckfrihetsförordningen 2:9: what is sent has
arrived (inkommen) when it reaches the authority, by server time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from grants.applying import cross_checks, requirements, signatures
from grants.applying.asked_papers import attached_files, freeze_papers
from grants.applying.completeness import missing_tasks
from grants.associations import association_record
from grants.calls.call_editing import freeze_call
from grants.models import Application, Lateness, Signature, is_answer, may_sign
from grants.reading import budget_lines
from grants.received import searching
from grants.states import State
from portal.documents.models import StoredFile
from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source, order, ring
from portal.people.tasks import send_queued_mail
from portal.registry.models import Case, Event, Record

#: Read once for all the checks and the record, which so see the same.
READ_OF_DRAFT = ["terms", "answers", "copied_answers", "budget_lines"]
READ_OF_CALL = ["questions", "conditions", "budget_headings"]


class CannotSubmit(Exception):
    """The application cannot be sent now; the message tells the person why and what to do."""


def submit(application_id: int, by: Any, *, arrived_at: datetime | None = None) -> Application:
    """Send an application; sending twice, from two tabs or by two people, gives one case and one receipt.

    It arrives now, unless it reached the authority in another way at `arrived_at`. Raises CannotSubmit
    when the call was not open then, something is missing, or the person may not sign.
    """
    # Before the wait for locks: who sends in time is in time, however many send at once.
    arrived_at = arrived_at or timezone.now()
    with transaction.atomic():
        # First of all, so that the form is read as it stands when it can no longer change.
        freeze_call(Application.objects.values_list("call", flat=True).get(pk=application_id))
        application = (
            Application.objects.select_for_update(of=("self",))
            .select_related("call__authority", "association")
            .prefetch_related(
                *READ_OF_DRAFT, "terms__year_amounts", *(f"call__{rows}" for rows in READ_OF_CALL)
            )
            .get(pk=application_id)
        )
        if not application.is_draft:
            return application
        refuse_unless_sendable(application, by, arrived_at)
        signed = _sign(application, by)
        case = application.call.authority.open_case(
            public_title=f"Ansökan om {application.call.grant_type}, {application.association.name}", by=by
        )
        application.case = case
        application.state = State.SUBMITTED
        application.submitted_at = application.saved_at = arrived_at
        application.submitted_by = by
        if application.call.is_late_at(arrived_at):
            application.lateness = Lateness.WAITING
        application.save(
            update_fields=["case", "state", "lateness", "submitted_at", "saved_at", "submitted_by"]
        )
        register(application, case, by, signed=signed)
        tell(application, case)
        case.log(Event.Kind.SUBMITTED, by=by, at=arrived_at)
        if application.is_late:
            case.log(Event.Kind.CAME_LATE, by=by, at=arrived_at)
        searching.index([application.pk])
        # Whoever goes on with it reads anew.
        application.refresh_from_db(fields=READ_OF_DRAFT)
        application.call.refresh_from_db(fields=READ_OF_CALL)
    return application


def refuse_unless_sendable(application: Application, by: Any, arrived_at: datetime) -> None:
    """Raise CannotSubmit unless the person may sign and send the application at that moment."""
    if application.discarded_at is not None:
        raise CannotSubmit(_("The draft is discarded. Take it back before you send it."))
    if not application.call.receives_at(arrived_at):
        raise CannotSubmit(
            _(
                "The call has closed, so the application cannot be sent. It is saved. Contact us, and we "
                "will tell you what can be done."
            )
        )
    if not may_sign(by, application.association):
        raise CannotSubmit(_("Only a signatory of the association can sign and send."))
    if missing_tasks(application):
        raise CannotSubmit(_("Something is missing. Go through the tasks that are not done, then send."))
    if contradictions := cross_checks.stops(application):
        raise CannotSubmit(" ".join(finding.text for finding in contradictions))
    if requirements.missing_requirements(application):
        raise CannotSubmit(
            _(
                "Something outside the form is missing. Go through what is left to do for the association, "
                "then send."
            )
        )


def _sign(application: Application, by: Any) -> list[Signature]:
    """Sign, and give the signatures that now carry the application; CannotSubmit when they are too few."""
    content = signatures.fingerprint(freeze(application))
    signatures.record(application, by, content)
    signed = signatures.standing(application, content)
    if len(signed) < application.association.signatures_needed:
        raise CannotSubmit(_("Two signatories sign together. Another one must sign the application too."))
    return signed


def freeze(application: Application) -> dict[str, Any]:
    """The whole application as it stands, ready to be kept: plain values under stable keys.

    The questions go with their answers, so that the record can be read when the call is long gone.
    """
    association = application.association
    return {
        "association": {
            "name": association.name,
            "organisation_number": association.organisation_number,
            "legal_form": association.legal_form,
            "email": association.email,
            "phone": association.phone,
            "website": association.website,
            "street": association.street,
            "postcode": association.postcode,
            "city": association.city,
            "protected_address": association.protected_address,
            **association_record.in_record(association),
        },
        "call": {"id": application.call_id, "title": application.call.title},
        "grant_type": application.call.grant_type,
        "title": application.title,
        "child_share": application.child_share,
        "amounts": {} if application.applied is None else application.applied.amounts,
        "questions": [
            {
                "key": question.key,
                "section": question.section,
                "kind": question.kind,
                "label": question.label_sv,
                "options": {option["code"]: option["sv"] for option in question.options},
                "columns": {column["key"]: column["sv"] for column in question.columns},
            }
            for question, _answer in application.answered()
        ],
        "answers": {question.key: value for question, value in application.answered() if is_answer(value)},
        "call_conditions": [condition.text_sv for condition in application.call.conditions.all()],
        "budget": budget_lines(application),
        **freeze_papers(application),
        "submitted_at": application.submitted_at,
    }


def register(
    application: Application,
    case: Case,
    by: Any,
    scan: tuple[StoredFile, str] | None = None,
    signed: Sequence[Signature] = (),
) -> None:
    """Register the application with its files, and the receipt that a worker will print.

    What came on paper has its scan as the record's file: the fields are only what an officer read in it, and
    who signed is seen on the paper.
    """
    files = [scan] if scan else attached_files(application)
    title = "Ansökan på papper" if application.is_on_paper else "Ansökan"
    content = freeze(application) | requirements.in_record(application)
    content["signatures"] = signatures.in_record(application, signed)
    case.register(Record.Kind.APPLICATION, title, by=by, content=content, files=files)
    with translation.override("sv"):
        html = render_to_string(
            "pdf/receipt.html",
            {
                "application": application,
                "call": application.call,
                "files": [name for _stored, name in files],
                "committee": case.authority.name,
                "kind": "Kvittens",
                "date": swedish_date(application.submitted_at),
                "registry_number": case.registry_number,
                "heading": "Vi har tagit emot er ansökan",
            },
        )
    receipt = order(Source("kvittens", f"Kvittens {case.registry_number}", html))
    case.register(Record.Kind.RECEIPT, "Kvittens", document=receipt)


def tell(application: Application, case: Case) -> None:
    """Queue the mail that says a receipt is there; the receipt itself stays behind sign-in."""
    from post_office import mail

    with translation.override("sv"):
        context = {"application": application, "case": case}
        mail.send(
            application.association.email,
            subject=f"Vi har tagit emot er ansökan {case.registry_number}",
            message=render_to_string("mail/receipt.txt", context),
        )
    ring(send_queued_mail)
