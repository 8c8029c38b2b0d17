"""The finance officer's page: what is granted and to be paid, and accounts that wait to be checked."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import PaymentAccount
from grants.payables import by_month, payables
from grants.payment_sheet import columns, rows
from portal.documents.sheets import sheet
from portal.people import trail
from portal.people.rules import finance, requires

ROWS_A_PAGE = 50


@requires(finance)
@trail.reads_people
def payments(request: HttpRequest) -> HttpResponse:
    """Every instalment of what is bound for this year and later, sums of each month, accounts to check."""
    found = payables(request.user, timezone.localdate())
    waiting = PaymentAccount.objects.visible_to(request.user).waiting().select_related("association")
    context = {
        "page_obj": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "months": by_month(found),
        "waiting": waiting.order_by("entered_at", "pk")[:ROWS_A_PAGE],
    }
    return render(request, "grants/payments.html", context)


@requires(finance)
@trail.takes_out
def export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """All instalments of the page as CSV or Excel, for the city's own system of payments."""
    found = payables(request.user, timezone.localdate())
    return sheet(kind, "utbetalningar", _("Payments"), columns(), [rows(found)])
