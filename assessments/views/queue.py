"""The case officers' queue: worklists, filters in the address, search, and who gets what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import assigning, worklists
from assessments.exporting import ExportedRows, columns
from assessments.filters import NOBODY, QueueFilter
from assessments.models import CheckOutcome, FormalCheck
from assessments.views.tags import lateness_tag, state_tag
from assessments.worklists import Worklist
from grants.models import Application, CompletionRequest, GrantType, Route, TermsStage, YearAmount
from grants.received import searching
from portal.documents.sheets import sheet
from portal.people import rules, trail
from portal.people.limits import limited, searched
from portal.people.rules import requires

ROWS_A_PAGE = 25
#: The queue counts and turns pages this far; what is further down is reached by narrowing the list.
MOST_ROWS = 1_000
#: So many hits of a search are put in order; who gets more asks for something narrower.
MOST_HITS = 200


class QueuePaginator(Paginator):
    """Counts no further than it must, so that the queue costs the same whatever the archive holds."""

    def __init__(self, rows: QuerySet[Any, Any], found: int, most: int) -> None:
        """`found` is their number; one more than `most` stands for all higher ones."""
        super().__init__(rows, ROWS_A_PAGE)
        self.found = found
        self.most = most

    @property
    def count(self) -> int:
        return min(self.found, self.most)

    @property
    def has_older(self) -> bool:
        """Whether there are more than can be paged through."""
        return self.found > self.most


def number_of(applications: QuerySet[Application]) -> int:
    """How many there are; one more than `MOST_ROWS` stands for all higher numbers."""
    return applications.order_by("-submitted_at", "-pk")[: MOST_ROWS + 1].count()


def narrowed(request: HttpRequest) -> QueueFilter:
    """What the address chooses, of all that the officer may see: the one way to queue, count and export."""
    officers = [(str(officer.pk), str(officer)) for officer in assigning.officers()]
    return QueueFilter(
        request.GET or None,
        queryset=Application.objects.visible_to(request.user),
        request=request,
        officers=[(NOBODY, _("Nobody")), *officers],
    )


@requires(rules.case_reader)
@limited("search", applies=searched)
def queue(request: HttpRequest) -> HttpResponse:
    """What has come in, newest first unless told otherwise; what is searched for, best first."""
    chosen = narrowed(request)
    if chosen.words:
        pages = QueuePaginator(*_searched(chosen), MOST_HITS)
    else:
        pages = QueuePaginator(_rows(chosen), number_of(chosen.qs), MOST_ROWS)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": _in_words(page.object_list),
        "form": chosen.form,
        "q": request.GET.get("q", ""),
        "selects": [_select(chosen.form, name) for name in ("call", "state", "officer", "sort")],
        "more_selects": [_select(chosen.form, name) for name in ("grant", "group", "late")],
        "since": request.GET.get("since", ""),
        "until": request.GET.get("until", ""),
        "has_more": any(request.GET.get(name) for name in ("grant", "group", "late", "since", "until")),
        "worklists": _worklists(request, chosen, pages.found),
        "view": _view(chosen),
        "is_narrowed": chosen.is_narrowed,
        "is_searched": bool(chosen.words),
        "officers": [choice for choice in chosen.filters["officer"].extra["choices"] if choice[0] != NOBODY],
        "me": str(request.user.pk),
        "address": request.GET.urlencode(),
        "is_officer": rules.case_officer(request.user),
    }
    return render(request, "assessments/queue.html", context)


def _searched(chosen: QueueFilter) -> tuple[QuerySet[Any, Any], int]:
    """The rows of a search and their number. The newest that fit are found once, then put in order."""
    fitting = chosen.qs.order_by("-submitted_at", "-pk").values_list("pk", flat=True)
    with searching.through_index():
        newest = list(fitting[: MOST_HITS + 1])
    found = chosen.queryset.filter(pk__in=newest[:MOST_HITS])
    ordered = (
        found.order_by(*chosen.order) if chosen.chosen("sort") else searching.by_rank(found, chosen.words)
    )
    return _shown(ordered), len(newest)


def _rows(chosen: QueueFilter) -> QuerySet[Any, Any]:
    """The rows of a list that is not searched, in order."""
    return _shown(chosen.qs.order_by(*chosen.order))


def _shown(rows: QuerySet[Application]) -> QuerySet[Any, Any]:
    """What is shown of each row."""
    return rows.annotate(**_ASIDE).values(
        "pk",
        "title",
        "state",
        "submitted_at",
        "route",
        "lateness",
        "association__name",
        "case__registry_number",
        "call__grant_type",
        "officer",
        *_ASIDE,
    )


def _number_of(rows: Any, key: str) -> Any:
    """A subquery that counts the rows of an application (or its call)."""
    counted = rows.order_by().values(key).annotate(number=Count("pk")).values("number")
    return Subquery(counted, output_field=IntegerField())


#: What each row shows of other tables, asked for in the same query; only the rows of a page pay for it.
_ASIDE: dict[str, Any] = {
    "sought": Subquery(
        YearAmount.objects.filter(terms__application=OuterRef("pk"), terms__stage=TermsStage.APPLIED)
        .order_by("year")
        .values("amount")[:1]
    ),
    "checked": _number_of(CheckOutcome.objects.filter(application=OuterRef("pk")), "application"),
    "to_check": _number_of(FormalCheck.objects.filter(call=OuterRef("call")), "call"),
    "reply_due": Subquery(
        CompletionRequest.objects.open().filter(application=OuterRef("pk")).order_by().values("last_day")[:1]
    ),
    "officer_name": F("officer__display_name"),
    "officer_email": F("officer__email"),
}


def _in_words(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one page with codes in words."""
    page = list(rows)
    for row in page:
        row["tag"] = state_tag(row["state"])
        row["late"] = lateness_tag(row["lateness"])
        row["on_paper"] = row["route"] == Route.PAPER
        row["grant"] = GrantType(row["call__grant_type"]).label
        row["handled_by"] = row["officer_name"] or row["officer_email"] or ""
    return page


def _view(chosen: QueueFilter) -> Worklist:
    return Worklist(chosen.chosen("view") or Worklist.ALL)


def _worklists(request: HttpRequest, chosen: QueueFilter, found: int) -> list[dict[str, Any]]:
    """The worklists with their numbers. Going to one keeps the order and leaves the filters."""
    current = _view(chosen)
    counts: dict[str, int] = worklists.counts(request.user)
    if chosen.is_narrowed or current != Worklist.ALL:
        found = number_of(Application.objects.visible_to(request.user))
    counts[Worklist.ALL] = min(found, MOST_ROWS)
    shown = []
    for worklist in Worklist:
        address = QueryDict(mutable=True)
        if worklist != Worklist.ALL:
            address["view"] = worklist.value
        if chosen.chosen("sort"):
            address["sort"] = chosen.chosen("sort")
        shown.append(
            {
                "label": worklist.label,
                "url": f"?{address.urlencode()}",
                "count": counts[worklist],
                "is_more": worklist == Worklist.ALL and found > MOST_ROWS,
                "is_current": worklist == current,
            }
        )
    return shown


def _select(form: Form, name: str) -> dict[str, Any]:
    """A field's choices as plain text: on the page met most often, widgets would cost more than the rows."""
    bound = form[name]
    field: Any = bound.field
    return {
        "name": name,
        "label": bound.label,
        "choices": [(str(value), label) for value, label in field.choices],
        "chosen": bound.value() or "",
    }


@requires(rules.case_officer)
def assign(request: HttpRequest) -> HttpResponse:
    """Assign the ticked applications to an officer, or to nobody (POST), and go back to the list or case."""
    if request.method != "POST":
        return redirect("assessments:queue")
    ids = [int(text) for text in request.POST.getlist("application") if text.isdecimal() and len(text) < 16]
    to = str(request.user.pk) if "take" in request.POST else request.POST.get("officer", "")
    officer = next((person for person in assigning.officers() if str(person.pk) == to), None)
    if not ids:
        messages.warning(request, _("Tick the applications that you want to assign."))
    elif officer is None and to != NOBODY:
        messages.warning(request, _("Choose the officer that you want to assign to."))
    else:
        _tell(request, assigning.assign(ids, officer, request.user), officer)
    if request.POST.get("back") == "case" and ids:
        return redirect("assessments:application", ids[0])
    # Only the query string comes from the form, so nobody is led elsewhere.
    return redirect(
        f"{reverse('assessments:queue')}?{QueryDict(request.POST.get('address', '')).urlencode()}"
    )


def _tell(request: HttpRequest, outcome: assigning.Assigned, officer: Any) -> None:
    number = len(outcome.changed)
    if officer is None:
        text = ngettext(
            "%(number)s application is no longer assigned to anyone.",
            "%(number)s applications are no longer assigned to anyone.",
            number,
        )
    else:
        text = ngettext(
            "%(number)s application is assigned to %(officer)s.",
            "%(number)s applications are assigned to %(officer)s.",
            number,
        )
    if number or not outcome.refused:
        messages.success(request, text % {"number": number, "officer": officer})
    if outcome.refused:
        numbers = ", ".join(row.received_case.registry_number for row in outcome.refused)
        messages.warning(
            request,
            _(
                "%(officer)s has a conflict of interest, acts for the association or is its second reader, "
                "and cannot be assigned: %(numbers)s."
            )
            % {"officer": officer, "numbers": numbers},
        )


@requires(rules.case_reader)
@trail.takes_out
def export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """The whole list as it is narrowed, as CSV or Excel, sent while it is read."""
    rows = ExportedRows(narrowed(request).qs, request.user)
    return sheet(kind, "ansokningar", _("Applications"), columns(), rows)
