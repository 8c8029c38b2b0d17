"""What of the register's own goes by itself when its years have passed: it hangs on no record.

Requests for documents, reports of obstacles, and the audit trail. Each has its rule; what goes is shown to
the registrar 30 days before, and a rule can be held back. Arkivlagen (1990:782) 10 §.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.documents.forgetting import forget_unused
from portal.people import trail
from portal.registry import retention
from portal.registry.models import (
    DisclosedRecord,
    DisclosureRequest,
    Event,
    LegalHold,
    MaskedCopy,
    ObstacleReport,
    RetentionRule,
)

REQUESTS = "begaran_om_utlamnande"
OBSTACLES = "tillganglighetsrapport"
TRAIL = "atkomstlogg"
#: The audit trail stays at least as long as unlawful reading can be prosecuted (brottsbalken 4:9 c and 35:1).
LEAST_YEARS = 5


def _limit(rule: RetentionRule, now: datetime) -> datetime:
    """What ended before this moment is old enough."""
    return retention.last_day_closed(rule, timezone.localtime(now).date())


def _held() -> QuerySet[LegalHold, Any]:
    return LegalHold.objects.standing().values("case")


# --- Requests for documents -------------------------------------------------------------------------


def _old_requests(rule: RetentionRule, now: datetime) -> QuerySet[DisclosureRequest]:
    """Answered long ago, and of no case that is held back, also by way of a record that was tried."""
    held = DisclosedRecord.objects.filter(record__case__in=_held()).values("request")
    return DisclosureRequest.objects.filter(
        Q(case=None) | ~Q(case__in=_held()), closed_at__lt=_limit(rule, now)
    ).exclude(pk__in=held)


def _run_requests(rule: RetentionRule, now: datetime) -> int:
    """Take away requests with what was decided and the copies made for them.

    A written decision is a record on its case, and stays.
    """
    if not retention.was_shown(rule, now):
        return 0
    with transaction.atomic():
        old = list(_old_requests(rule, now).select_for_update(of=("self",)).select_related("case"))
        keys = [row.pk for row in old]
        copies = MaskedCopy.objects.filter(request__in=keys)
        documents = [row.decision_id for row in old] + list(copies.values_list("document", flat=True))
        MaskedCopy.files.through.objects.filter(maskedcopy__request__in=keys).delete()
        copies.delete()
        DisclosedRecord.objects.filter(request__in=keys).delete()
        for row in old:
            if row.case is not None:
                row.case.log(Event.Kind.DESTROYED, detail=f"{REQUESTS} {row}: {rule.years} år efter svar")
        DisclosureRequest.objects.filter(pk__in=keys).delete()
        if old:
            trail.note_destroyed(REQUESTS, len(old), _limit(rule, now))
        transaction.on_commit(partial(forget_unused, [], documents), robust=True)
    return len(old)


# --- Reports of obstacles ---------------------------------------------------------------------------


def _old_obstacles(rule: RetentionRule, now: datetime) -> QuerySet[ObstacleReport]:
    return ObstacleReport.objects.filter(answered_at__lt=_limit(rule, now))


def _run_obstacles(rule: RetentionRule, now: datetime) -> int:
    if not retention.was_shown(rule, now):
        return 0
    with transaction.atomic():
        count, _by_model = _old_obstacles(rule, now).delete()
        if count:
            trail.note_destroyed(OBSTACLES, count, _limit(rule, now))
    return count


# --- The audit trail --------------------------------------------------------------------------------


def _trail_limit(rule: RetentionRule, now: datetime) -> datetime:
    """Never sooner than the least term, whatever the rule says."""
    least = RetentionRule(years=max(rule.years or 0, LEAST_YEARS))
    return _limit(least, now)


def _due_trail(rule: RetentionRule, now: datetime) -> int:
    return trail.old_before(_trail_limit(rule, now), _held()).count()


def _run_trail(rule: RetentionRule, now: datetime) -> int:
    if not retention.was_shown(rule, now):
        return 0
    return trail.destroy_before(_trail_limit(rule, now), _held())


def register() -> None:
    for own in (
        retention.Own(
            REQUESTS,
            _("Request for documents"),
            _run_requests,
            lambda rule, now: _old_requests(rule, now).count(),
        ),
        retention.Own(
            OBSTACLES,
            _("Report of an obstacle"),
            _run_obstacles,
            lambda rule, now: _old_obstacles(rule, now).count(),
        ),
        retention.Own(TRAIL, _("Audit trail"), _run_trail, _due_trail),
    ):
        retention.register_own(own)
