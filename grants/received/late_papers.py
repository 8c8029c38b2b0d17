"""Papers promised for later: handed in to a sent application, reminded of, and seen when they are overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.associations.library import NewPaper, add_paper
from grants.models import Application, Attachment, Paper, PromisedPaper
from grants.people_of import people_of
from grants.reminders import Due, Kind, register
from grants.states import UNTRIED_STATES, State
from portal.registry.models import Event, Record

BEFORE_DUE = timedelta(days=7)
#: How long after its day a promised paper is called overdue in a mail.
OVERDUE_IS_NEWS = timedelta(days=14)


class CannotHandIn(Exception):
    """The promised paper cannot be handed in; the message says why."""


def hand_in_promised(promise_id: int, paper: NewPaper | Paper, by: Any) -> PromisedPaper:
    """Hand in a promised paper: into the library, to the application, and as a record on its case.

    What was sent stays as it was; this is a record of its own. Doing so twice changes nothing. Raises
    CannotHandIn for a draft or a decided application, and PaperRefused as `add_paper` does.
    """
    with transaction.atomic():
        promise = (
            PromisedPaper.objects.select_for_update(of=("self",))
            .select_related("application__association", "application__case", "type")
            .get(pk=promise_id)
        )
        if not promise.is_waiting:
            return promise
        application = promise.application
        if application.is_draft:
            raise CannotHandIn(_("The application is not sent. Add the paper in its task Papers."))
        if application.state == State.DECIDED:
            raise CannotHandIn(_("The application is decided. Contact us if the paper still matters."))
        kept = (
            paper
            if isinstance(paper, Paper)
            else add_paper(application.association, _of_year(paper, promise), by)
        )
        if kept.association_id != application.association_id:
            raise ValueError(f"Paper {kept.pk} is not of association {application.association_id}")
        Attachment.objects.get_or_create(application=application, paper=kept, defaults={"added_by": by})
        promise.paper, promise.came_at = kept, timezone.now()
        promise.save(update_fields=["paper", "came_at"])
        case = application.received_case
        case.register(
            Record.Kind.PROMISED_PAPER,
            promise.type.name_sv,
            by=by,
            content={
                "kind": promise.type.code,
                "year": kept.year,
                "version": kept.version,
                "filename": kept.filename,
                "sha256": kept.stored_file.sha256,
                "due_on": promise.due_on,
            },
            files=[(kept.stored_file, kept.filename)],
        )
        case.log(Event.Kind.PAPER_CAME, by=by, detail=promise.type.name_sv)
    return promise


def _of_year(new: NewPaper, promise: PromisedPaper) -> NewPaper:
    """The promise says which year's paper it is, unless the person does."""
    return NewPaper(
        promise.type, new.filename, new.stored_file, year=new.year or promise.year, dated_on=new.dated_on
    )


def _waiting(now: datetime, first: timedelta, last: timedelta) -> Iterable[Due]:
    """Promises of sent applications whose day lies between two distances from today."""
    today = timezone.localtime(now).date()
    promises = PromisedPaper.objects.filter(
        paper=None,
        application__in=Application.objects.sent().exclude(state__in=[State.DECIDED, *UNTRIED_STATES]),
        due_on__range=(today + first, today + last),
    )
    rows = list(
        promises.order_by("pk").values_list(
            "pk", "due_on", "application__association", "application__case__registry_number", "type__name_sv"
        )
    )
    people = people_of(association for _pk, _day, association, _number, _name in rows)
    for pk, due_on, association, registry_number, name in rows:
        for user_id in people[association]:
            yield Due(user_id, f"paper:{pk}:{due_on}", f"{name}, {registry_number}")


def _soon_due(now: datetime) -> Iterable[Due]:
    return _waiting(now, timedelta(0), BEFORE_DUE)


def _overdue(now: datetime) -> Iterable[Due]:
    return _waiting(now, -OVERDUE_IS_NEWS, timedelta(days=-1))


def register_reminders() -> None:
    """Tell associations a week before a promised paper is due, and when its day has passed."""
    register(
        Kind(
            "promised_paper_soon_due",
            gettext_lazy("A week before the day you have promised a paper"),
            "Snart dags att lämna: {what}",
            "mail/reminders/promised_paper_soon_due.txt",
            _soon_due,
            may_turn_off=False,
        )
    )
    register(
        Kind(
            "promised_paper_overdue",
            gettext_lazy("When the day you have promised a paper has passed"),
            "Vi väntar på: {what}",
            "mail/reminders/promised_paper_overdue.txt",
            _overdue,
            may_turn_off=False,
        )
    )
