"""What a case officer reads: the queue, the declaration that opens a case, and the application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import case_file
from assessments.filters import QueueFilter
from assessments.forms import DeclarationForm
from assessments.views.impartial import impartial, received
from assessments.views.tags import state_tag
from grants.models import Application, GrantType, TermsStage, YearAmount
from grants.states import State
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import declare as register_declaration

ROWS_A_PAGE = 25
#: The queue counts and turns pages this far; what is older is reached by narrowing the list.
MOST_ROWS = 1_000


class QueuePaginator(Paginator):
    """Counts no further than it must, so that the queue costs the same whatever the archive holds."""

    def __init__(self, rows: QuerySet[Any, Any], counted: QuerySet[Application]) -> None:
        """`counted` has the same rows without the joins of what is shown."""
        super().__init__(rows, ROWS_A_PAGE)
        self.found = counted.order_by("-submitted_at", "-pk")[: MOST_ROWS + 1].count()

    @property
    def count(self) -> int:
        return min(self.found, MOST_ROWS)

    @property
    def has_older(self) -> bool:
        """Whether there are more than can be paged through."""
        return self.found > MOST_ROWS


@requires(rules.case_officer)
def queue(request: HttpRequest) -> HttpResponse:
    """What has come in, newest first."""
    chosen = QueueFilter(
        request.GET or None, queryset=Application.objects.visible_to(request.user), request=request
    )
    rows = chosen.qs.order_by("-submitted_at", "-pk").values(
        "pk",
        "title",
        "state",
        "submitted_at",
        "association__name",
        "case__registry_number",
        "call__grant_type",
    )
    pages = QueuePaginator(rows, chosen.qs)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": _with_sums_and_tags(page.object_list),
        "form": chosen.form,
        "selects": [_select(chosen.form, name) for name in ("call", "state")],
        "is_narrowed": any(request.GET.get(name) for name in ("q", "call", "state")),
    }
    return render(request, "assessments/queue.html", context)


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


def _with_sums_and_tags(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one page with the first year's sum sought (one query) and codes in words."""
    page = list(rows)
    sums = YearAmount.objects.filter(
        terms__application__in=[row["pk"] for row in page], terms__stage=TermsStage.APPLIED
    )
    # Ordered so that the earliest year is written last and stays.
    sought = dict(sums.order_by("-year").values_list("terms__application", "amount"))
    for row in page:
        row["sought"] = sought.get(row["pk"])
        row["tag"] = state_tag(row["state"])
        row["grant"] = GrantType(row["call__grant_type"]).label
    return page


@requires(rules.case_officer)
def declare(request: HttpRequest, application_id: int) -> HttpResponse:
    """Ask for a declaration of conflict of interest; of the case, only what it is called is shown."""
    application = received(request, application_id)
    case = application.received_case
    form = DeclarationForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        register_declaration(
            case, request.user, has_conflict=form.has_conflict, note=form.cleaned_data["note"]
        )
        if form.has_conflict:
            messages.info(
                request,
                _("You have declared a conflict of interest. The case is no longer shown to you."),
            )
            return redirect("assessments:queue")
        return redirect("assessments:application", application_id)
    context = {
        "application": application,
        "form": form,
        "declared": application.is_declared,  # type: ignore[attr-defined]  # annotated by `received`
    }
    return render(
        request, "assessments/declare.html", context, status=422 if request.method == "POST" else 200
    )


@requires(rules.case_officer)
@impartial
def application(request: HttpRequest, application: Application) -> HttpResponse:
    """Everything about one application: answers, budget, files, the case's story and history."""
    context = {
        "application": application,
        "file": case_file.read(application, request.user),
        "events": _story(application),
        "assessment": getattr(application, "assessment", None),
        "proposed": application.terms_at(TermsStage.PROPOSED),
        "tag": state_tag(application.state),
        "may_begin": application.state == State.SUBMITTED,
        "may_assess": application.state == State.IN_ASSESSMENT,
        "may_hand_over": application.state == State.ASSESSED and not application.call.is_round,
    }
    return render(request, "assessments/application.html", context)


def _story(application: Application) -> list[dict[str, Any]]:
    """The case's events, newest first, as the timeline shows them."""
    events = application.received_case.events.select_related("actor").order_by("-at", "-pk")
    return [
        {
            "when": event.at,
            "text": event.get_kind_display() + (f": {event.detail}" if event.detail else ""),
            "who": str(event.actor or ""),
        }
        for event in events
    ]
