"""The audit trail as a page and as a list to take out, for the data protection officer and the auditor.

It stands in this room since a case is asked for by its registry number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.documents.spreadsheets import CSV_TYPE, Cell, Column, csv_pieces
from portal.people import trail
from portal.people.models import AuditEvent, Role
from portal.people.page_names import page_name
from portal.people.rules import requires, reviews_access
from portal.registry.models import Case, ConflictOfInterest

ROWS_A_PAGE = 50
#: The page counts and turns this far; what is older is reached by narrowing the days.
MOST_ROWS = 5_000
ROWS_A_PIECE = 500


class TrailFilter(forms.Form):
    """Who did what in which case between which days."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["who"] = forms.CharField(
            label=_("Who, by e-mail address"), required=False, max_length=254
        )
        self.fields["kind"] = forms.ChoiceField(
            label=_("What"), choices=[("", _("Everything")), *AuditEvent.Kind.choices], required=False
        )
        self.fields["case"] = forms.CharField(label=_("Registry number"), required=False, max_length=60)
        self.fields["since"] = self._day(_("From"))
        self.fields["until"] = self._day(_("Until"))

    @staticmethod
    def _day(label: str) -> forms.DateField:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=label, required=False, widget=widget)

    def found(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Those of the events that are asked for; none when what is asked for cannot be understood."""
        if not self.is_bound:
            return events
        if not self.is_valid():
            return events.none()
        asked = self.cleaned_data
        if asked["who"]:
            who = asked["who"].strip()
            events = events.filter(Q(actor__email__iexact=who) | Q(subject__email__iexact=who))
        if asked["kind"]:
            events = events.filter(kind=asked["kind"])
        if asked["case"]:
            cases = Case.objects.filter(registry_number=asked["case"].strip())
            events = events.filter(case_id__in=list(cases.values_list("pk", flat=True)))
        if asked["since"]:
            events = events.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            events = events.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        return events


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _seen(request: HttpRequest) -> QuerySet[AuditEvent]:
    """What the person reads; a conflict of interest hides what happened in that case."""
    conflicts = ConflictOfInterest.objects.declared_by(request.user).values("case")
    events = AuditEvent.objects.visible_to(request.user).filter(Q(case_id=None) | ~Q(case_id__in=conflicts))
    return events.select_related("actor", "subject")


def _numbers(events: list[AuditEvent]) -> dict[int, str]:
    """The registry numbers of the cases that events speak of."""
    cases = Case.objects.filter(pk__in={event.case_id for event in events if event.case_id})
    return dict(cases.values_list("pk", "registry_number"))


_ROLES: dict[str, Any] = dict(Role.choices)


def _in_words(event: AuditEvent) -> str:
    """What the event's code means: a role's name, or why somebody was refused; other codes as they stand."""
    if event.kind in {AuditEvent.Kind.ROLE_GIVEN, AuditEvent.Kind.ROLE_ENDED}:
        return str(_ROLES.get(event.detail, event.detail))
    if event.kind != AuditEvent.Kind.REFUSED:
        return event.detail
    if event.detail.isupper():  # the request's method: no rule stopped it
        return _("Not to be seen by this person, or not there")
    return _("No role that opens the page")


def _row(event: AuditEvent, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "at": event.at,
        "kind": event.get_kind_display(),
        "who": event.actor.email if event.actor else "",
        "subject": event.subject.email if event.subject else "",
        "case": numbers.get(event.case_id, "") if event.case_id else "",
        "page": page_name(event.route),
        "route": event.route,
        "ids": ", ".join(f"{name} {number}" for name, number in event.ids.items()),
        "detail": _in_words(event),
        "code": event.detail,
    }


@requires(reviews_access)
@trail.reads_people
def page(request: HttpRequest) -> HttpResponse:
    """The newest events first. That somebody reads the trail is an event too."""
    form = TrailFilter(request.GET or None)
    found = form.found(_seen(request))
    newest = found[:MOST_ROWS]
    pages = Paginator(newest, ROWS_A_PAGE).get_page(request.GET.get("page"))
    events = list(pages.object_list)
    numbers = _numbers(events)
    context = {
        "form": form,
        "rows": [_row(event, numbers) for event in events],
        "page_obj": pages,
        "has_older": pages.paginator.count == MOST_ROWS,
        "most": MOST_ROWS,
        "is_narrowed": any(value for name, value in request.GET.items() if name != "page"),
        "address": request.GET.urlencode(),
    }
    return render(request, "registry/trail.html", context)


@requires(reviews_access)
@trail.takes_out
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the filters find, as a CSV file."""
    found = TrailFilter(request.GET or None).found(_seen(request))
    columns = [
        Column(_("When"), 20),
        Column(_("What"), 24),
        Column(_("Who"), 30),
        Column(_("About whom"), 30),
        Column(_("Registry number"), 16),
        Column(_("Page"), 30),
        Column(_("Route"), 30),
        Column(_("Numbers in the address"), 30),
        Column(_("Explanation"), 30),
        Column(_("Code"), 20),
    ]
    answer = StreamingHttpResponse(csv_pieces(columns, _pieces(found)), content_type=CSV_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="atkomstlogg.csv"'
    return answer


def _pieces(found: QuerySet[AuditEvent]) -> Iterator[list[list[Cell]]]:
    """The rows, some hundred at a time: what is added meanwhile stays out."""
    last = found.values_list("pk", flat=True).first()
    rest = found.filter(pk__lte=last) if last else found.none()
    while events := list(rest.order_by("-pk")[:ROWS_A_PIECE]):
        numbers = _numbers(events)
        yield [list(_cells(_row(event, numbers))) for event in events]
        rest = rest.filter(pk__lt=events[-1].pk)


def _cells(row: dict[str, Any]) -> Iterator[Cell]:
    yield timezone.localtime(row["at"]).strftime("%Y-%m-%d %H:%M:%S")
    for name in ("kind", "who", "subject", "case", "page", "route", "ids", "detail", "code"):
        yield row[name]
