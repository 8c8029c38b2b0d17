"""The page of a running partnership, and all that was promised and delivered in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from iop import running_page
from iop.acting import may_write
from iop.models import Agreement
from iop.views.within import page, reads


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
