"""For machines: health, figures, and whom to tell of a weakness."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from portal.operations import health, metrics
from portal.operations.rules import administrator_or_token, has_token
from portal.people.rules import administrator, anyone, requires

#: How long whoever reads security.txt may trust it (RFC 9116: less than a year).
SECURITY_TXT_LASTS = timedelta(days=180)


@requires(anyone)
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """This process answers. Asks nothing else, so that an outage elsewhere restarts nobody."""
    return JsonResponse({"status": "live"})


@requires(anyone)
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether to send visitors here; what is broken is told to administrators and to the token's holder."""
    readiness = health.readiness()
    answer: dict[str, object] = {"status": readiness.state}
    if _may_read_details(request):
        answer["checks"] = {name: wrong or "ok" for name, wrong in readiness.found.items()}
    return JsonResponse(answer, status=503 if readiness.state == "not ready" else 200)


def _may_read_details(request: HttpRequest) -> bool:
    try:
        return has_token(request) or administrator(request.user)
    except DatabaseError:  # who it is stands in the database that is gone
        return False


@administrator_or_token
@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Work and mail by state, for Prometheus."""
    return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)


@requires(anyone)
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116)."""
    expires = timezone.now() + SECURITY_TXT_LASTS
    lines = [
        *(f"Contact: {contact}" for contact in settings.SECURITY_CONTACT),
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: sv, en",
        f"Canonical: {request.build_absolute_uri(reverse('operations:security-txt'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
