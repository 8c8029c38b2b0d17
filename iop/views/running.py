"""The page of a running partnership, and the list of those that a person sees."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from iop import running_page
from iop.acting import may_write
from iop.models import Agreement
from iop.rules import partner
from iop.views.within import page, reads
from portal.people.rules import requires

ROWS_A_PAGE = 25


@requires(partner)
def running_list(request: HttpRequest) -> HttpResponseBase:
    """Partnerships in force, and those that have ended, as far as the person sees them."""
    agreements = (
        Agreement.objects.visible_to(request.user)
        .signed()
        .select_related("case", "area")
        .prefetch_related("parties__association", "parties__unit")
        .order_by("-ends_on", "-pk")
    )
    page_obj = Paginator(agreements, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "iop/running/list.html", {"page_obj": page_obj, "agreements": page_obj.object_list}
    )


@reads
def running(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """What was promised and done, the next check-in, what was learned, documents and turns."""
    context = running_page.context(agreement, request.user, timezone.localdate())
    context["may_write"] = may_write(agreement, request.user)
    return page(request, agreement, "running/page", agreement.title, **context)


@reads
def promises(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """Promised and delivered of each year as picture and table."""
    years = running_page.years(agreement)
    return page(request, agreement, "running/promises", _("Promised and delivered"), years=years)
