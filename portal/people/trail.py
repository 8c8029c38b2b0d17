"""The audit trail: who read about people, took out lists, was refused, signed in, or got another role.

One insert each, after the page is made. A trail that cannot be written is an error in the log and never
costs anybody their page; what must not happen unseen, such as a change of roles, calls `note` in its own
transaction instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

import structlog
from django.db import DatabaseError, transaction
from django.db.models import BigIntegerField, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from portal.people.audit_event import AuditEvent

logger = structlog.get_logger(__name__)

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
#: The case that a number in an address belongs to, as a query for its key.
CaseOf = Callable[[int], "QuerySet[Any, Any]"]

Kind = AuditEvent.Kind
#: No row of a table has a higher number.
HIGHEST_KEY = BigIntegerField.MAX_BIGINT
#: By the room of an address and the name that the number has there.
_case_of: dict[tuple[str, str], CaseOf] = {}


def register_case_of(room: str, name: str, case_of: CaseOf) -> None:
    """Tell to which case the number called `name` in the addresses of a room belongs.

    `case_of` gives a queryset of one column; it is asked within the insert, so that it costs no query.
    """
    _case_of[room, name] = case_of


def note(
    kind: Kind,
    *,
    by: Any = None,
    subject: Any = None,
    route: str = "",
    ids: dict[str, int] | None = None,
    detail: str = "",
) -> None:
    """Write an event, within the caller's transaction."""
    numbers = ids or {}
    room = route.partition(":")[0]
    name = next((name for name in numbers if (room, name) in _case_of), None)
    AuditEvent.objects.create(
        kind=kind,
        actor=by,
        subject=subject,
        case_id=Subquery(_case_of[room, name](numbers[name]).order_by()[:1]) if name else None,
        route=route,
        ids=numbers,
        detail=detail,
    )


def refused(request: HttpRequest, rule: str) -> None:
    """Somebody signed in met 404: by the rule of this name, or since they may not see what they asked for.

    What is not there at all meets the same answer, and so the same row. Visitors leave none: everybody
    could fill the trail.
    """
    if request.user.is_authenticated:
        _note_quietly(request, Kind.REFUSED, rule or (request.method or ""))


def reads_people(view: View) -> View:
    """Note who opened this view, which shows people's names or how to reach them. Goes below `@requires`."""
    return _noting(view, Kind.READ)


def takes_out(view: View) -> View:
    """Note who took out what this view exports. Goes below `@requires`."""
    return _noting(view, Kind.EXPORTED)


def _noting(view: View, kind: Kind) -> View:
    @wraps(view)
    def noted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if answer.status_code not in {301, 302, 404}:
            _note_quietly(request, kind, kwargs.get("kind", "") if kind == Kind.EXPORTED else "")
        return answer

    noted.trail = kind  # type: ignore[attr-defined]  # the documentation lists these views
    return cast(View, noted)


def _note_quietly(request: HttpRequest, kind: Kind, detail: str) -> None:
    match = request.resolver_match
    given = match.kwargs if match else {}
    numbers = {name: value for name, value in given.items() if type(value) is int and value <= HIGHEST_KEY}
    _write_quietly(
        kind,
        by=request.user if request.user.is_authenticated else None,
        route=match.view_name if match else "",
        ids=numbers,
        detail=detail,
    )


def old_before(moment: datetime, kept_cases: QuerySet[Any, Any]) -> QuerySet[AuditEvent]:
    """What happened before a moment, but for some cases. What tells of destruction stays for ever."""
    old: QuerySet[AuditEvent] = QuerySet(AuditEvent).filter(at__lt=moment).exclude(kind=Kind.DESTROYED)
    return old.filter(Q(case_id=None) | ~Q(case_id__in=kept_cases))


def destroy_before(moment: datetime, kept_cases: QuerySet[Any, Any]) -> int:
    """Destroy what `old_before` finds, and leave one event that says how much and till when.

    Doing so twice changes nothing more. The caller knows the term. The one door past the trail's never being
    thinned.
    """
    with transaction.atomic():
        count, _by_model = old_before(moment, kept_cases).delete()
        if count:
            note_destroyed("atkomstlogg", count, moment)
    return count


def note_destroyed(code: str, count: int, before: datetime) -> None:
    """Write that so much of a kind went by its rule, and till when it reached."""
    last_day = timezone.localtime(before).date() - timedelta(days=1)
    note(Kind.DESTROYED, detail=f"{code}: {count}, till {last_day}")


def signed_in(*, user: Any, **_more: Any) -> None:
    """Somebody has signed in, whatever way they came."""
    _write_quietly(Kind.SIGNED_IN, by=user)


def sign_in_failed(**_more: Any) -> None:
    """Somebody could not sign in. What they wrote as their address is not kept: it may be a password."""
    _write_quietly(Kind.SIGN_IN_FAILED)


def _write_quietly(kind: Kind, **what: Any) -> None:
    try:
        note(kind, **what)
    except DatabaseError:
        logger.exception("audit trail not written", kind=kind.value)
