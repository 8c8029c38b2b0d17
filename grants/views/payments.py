"""The finance officer's page: what is granted and to be paid, and accounts that wait to be checked."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from grants.models import Application, PaymentAccount, TermsStage, YearAmount
from portal.people import trail
from portal.people.rules import finance, requires

ROWS_A_PAGE = 50


@requires(finance)
@trail.reads_people
def payments(request: HttpRequest) -> HttpResponse:
    """What is granted for this year and later, the nearest year first, with the account in use.

    Cases in which the person proposed or decided, or has a conflict of interest, are not among them.
    """
    seen = Application.objects.visible_to(request.user)
    in_use = PaymentAccount.objects.effective().filter(
        association=OuterRef("terms__application__association")
    )
    rows = (
        YearAmount.objects.filter(
            terms__application__in=seen,
            terms__stage=TermsStage.DECIDED,
            amount__gt=0,
            year__gte=timezone.localdate().year,
        )
        .annotate(
            association=F("terms__application__association__name"),
            organisation_number=F("terms__application__association__organisation_number"),
            registry_number=F("terms__application__case__registry_number"),
            account_kind=Subquery(in_use.values("kind")[:1]),
            account_number=Subquery(in_use.values("number")[:1]),
        )
        .order_by("year", "association", "pk")
    )
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.account = (
            PaymentAccount(kind=row.account_kind, number=row.account_number) if row.account_number else None
        )
    waiting = PaymentAccount.objects.visible_to(request.user).waiting().select_related("association")
    context = {"page_obj": page, "waiting": waiting.order_by("entered_at", "pk")[:ROWS_A_PAGE]}
    return render(request, "grants/payments.html", context)
