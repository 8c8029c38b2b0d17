"""What needs hands or was never taken up: one query over the states of all work, mail among it.

Every model that inherits `documents.leases.WorkRow` is found by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Literal

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils import timezone, translation
from post_office import mail
from post_office.models import STATUS, Email

from portal.documents.leases import WorkRow
from portal.documents.work import ring
from portal.operations.models import StuckReport
from portal.people.models import Role, RoleAssignment
from portal.people.tasks import send_queued_mail

#: Beat sweeps each minute and a lease lasts three: what was due longer ago than this, nobody is taking.
OVERDUE = timedelta(minutes=15)
#: Each day's mail is written at the first round of beat from this hour on (Europe/Stockholm).
HOUR = 7
#: Who gets the mail when the settings name nobody: who mends the installation, and who has the button.
READERS = (Role.ADMINISTRATOR, Role.SECRETARY)
#: As many rows as one mail names; it counts them all.
NAMED_IN_MAIL = 50
#: The state of every work row that has been given up, in all models.
FAILED = "failed"

#: What people call it in the mail; another model goes by its label.
KINDS = {
    "documents.Document": "Dokument",
    "committee.Pack": "Handlingar till sammanträde",
    "committee.PackCopy": "Handlingar utan jäviga ärenden",
    "committee.Letter": "Brev om beslut",
    "post_office.Email": "E-postmeddelande",
}


@dataclass(frozen=True)
class Stuck:
    """One row: given up (`failed`), or due for too long (`overdue`)."""

    kind: str
    pk: int
    how: Literal["failed", "overdue"]
    since: datetime

    @property
    def name(self) -> str:
        return KINDS.get(self.kind, self.kind)


def work_models() -> list[type[WorkRow]]:
    """All kinds of work that must happen."""
    return [model for model in apps.get_models() if issubclass(model, WorkRow)]


def rows(before: datetime) -> models.QuerySet[Any, Any]:
    """Every failed row, and those that were due before that moment, in one query."""
    queries = [_work(model, before) for model in work_models()] + [_mail(before)]
    return reduce(lambda one, other: one.union(other, all=True), queries)


def stuck(now: datetime | None = None) -> list[Stuck]:
    """What needs hands or waits for too long, the oldest first."""
    before = (now or timezone.now()) - OVERDUE
    return sorted((Stuck(*row) for row in rows(before)), key=lambda row: row.since)


def report(now: datetime | None = None) -> StuckReport | None:
    """Write the day's row and queue its mail, once a day; None when it is too early or done already."""
    now = now or timezone.now()
    here = timezone.localtime(now)
    if here.hour < HOUR:
        return None
    with transaction.atomic():
        row, is_new = StuckReport.objects.get_or_create(day=here.date())
        if not is_new:
            return None
        found = stuck(now)
        addresses = recipients() if found else []
        row.count, row.told = len(found), len(addresses)
        row.save(update_fields=["count", "told"])
        for address in addresses:
            mail.send(address, subject=f"Samspel: {len(found)} behöver åtgärdas", message=_text(found))
        if addresses:
            ring(send_queued_mail)
    return row


def recipients() -> list[str]:
    """Who reads the mail: the addresses of the settings, else administrators and secretaries."""
    if settings.STUCK_MAIL_TO:
        return list(settings.STUCK_MAIL_TO)
    held = RoleAssignment.objects.held_on(timezone.localdate())
    roles = held.filter(role__in=READERS, user__is_active=True)
    return sorted(set(roles.values_list("user__email", flat=True)))


def _text(found: list[Stuck]) -> str:
    """Kinds, numbers and times: never what somebody wrote."""
    named = found[:NAMED_IN_MAIL]
    with translation.override("sv"):
        return render_to_string(
            "mail/stuck.txt", {"named": named, "count": len(found), "rest": len(found) - len(named)}
        )


def _work(model: type[WorkRow], before: datetime) -> models.QuerySet[Any, Any]:
    is_overdue = Q(state__in=model.WAITING_STATES, due_at__lt=before) & (
        Q(lease_until=None) | Q(lease_until__lt=before)
    )
    return _columns(
        model._default_manager.filter(Q(state=FAILED) | is_overdue), model, Q(state=FAILED), F("due_at")
    )


def _mail(before: datetime) -> models.QuerySet[Any, Any]:
    waits = Q(status__in=[STATUS.queued, STATUS.requeued], created__lt=before)
    later = Q(scheduled_time__gt=before)
    chosen = Email.objects.filter(Q(status=STATUS.failed) | (waits & ~later))
    return _columns(chosen, Email, Q(status=STATUS.failed), F("created"))


def _columns(
    chosen: models.QuerySet[Any], model: type[models.Model], has_failed: Q, since: F
) -> models.QuerySet[Any, Any]:
    """The columns of `Stuck`."""
    how = Case(When(has_failed, then=Value(FAILED)), default=Value("overdue"), output_field=CharField())
    label = Cast(Value(model._meta.label), CharField())
    told = chosen.order_by().annotate(label=label, how=how, since=since)
    return told.values_list("label", "pk", "how", "since")
