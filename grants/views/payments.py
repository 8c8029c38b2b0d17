"""The finance officer's page: what is granted and to be paid, and accounts that wait to be checked."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from grants.models import PaymentAccount
from grants.payables import by_month, payables
from portal.people import trail
from portal.people.rules import finance, requires

ROWS_A_PAGE = 50


@requires(finance)
@trail.reads_people
def payments(request: HttpRequest) -> HttpResponse:
    """Every instalment of what is granted for this year and later, sums of each month, accounts to check."""
    found = payables(request.user, timezone.localdate())
    waiting = PaymentAccount.objects.visible_to(request.user).waiting().select_related("association")
    context = {
        "page_obj": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "months": by_month(found),
        "waiting": waiting.order_by("entered_at", "pk")[:ROWS_A_PAGE],
    }
    return render(request, "grants/payments.html", context)
