"""The secretary's work with packs and documents: ask for, follow, publish, try again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from portal.committee import copies
from portal.committee import pack as packs
from portal.committee.changes import happened_since
from portal.committee.models import Meeting, Pack, PackCopy, PackState
from portal.committee.supplement import supplements_of
from portal.committee.views.answers import attempt
from portal.documents.models import Document
from portal.documents.work import try_again
from portal.people import rules
from portal.people.rules import requires
from portal.registry.models import Event


def pack_context(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """All versions of a meeting's pack, and how far the one in the making has come."""
    versions = list(
        Pack.objects.visible_to(request.user)
        .filter(meeting=meeting)
        .select_related("meeting", "file", "compared_with")
        .order_by("supplement", "-version")
    )
    in_the_making = next((version for version in versions if version.is_waiting), None)
    whole = [version for version in versions if not version.supplement]
    latest_of_each = list({version.supplement: version for version in reversed(versions)}.values())
    return {
        "versions": versions,
        "latest": whole[0] if whole else None,
        "latest_of_each": latest_of_each,
        "outdated": _outdated(latest_of_each),
        "supplements": supplements_of(meeting),
        "in_the_making": in_the_making,
        "progress": packs.progress(in_the_making) if in_the_making else None,
    }


def _outdated(packs: Iterable[Pack]) -> list[tuple[Pack, list[Event]]]:
    """The finished ones whose papers have changed since they were ordered, and by what."""
    happened = [(pack, list(happened_since(pack))) for pack in packs if pack.is_ready]
    return [(pack, events) for pack, events in happened if events]


def _meeting(request: HttpRequest, meeting_id: int) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user), pk=meeting_id)


def _pack(request: HttpRequest, pack_id: int) -> Pack:
    return get_object_or_404(Pack.objects.visible_to(request.user).select_related("meeting"), pk=pack_id)


@requires(rules.secretary)
def make(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Ask for a pack, or for the papers of one supplement."""
    meeting = _meeting(request, meeting_id)
    if request.method == "POST":
        wanted = request.POST.get("supplement", "")
        supplement = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 5 else 0
        attempt(
            request,
            lambda: packs.request_pack(meeting, request.user, supplement),
            _("The pack is ordered. You may leave the page; it is made anyway."),
        )
    return redirect("committee:desk", meeting.pk)


@requires(rules.secretary)
def status(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """How far the pack has come, for the page that asks every other second.

    Without script it is a link that leads back to the page, which a link to the page itself would not load
    anew. Nothing is sent while nothing has changed, so that a screen reader is not told the same again; the
    page is loaded anew when the pack is settled.
    """
    meeting = _meeting(request, meeting_id)
    context = pack_context(request, meeting)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('committee:desk', args=[meeting.pk])}#handlingar")
    if context["in_the_making"] is None:
        return HttpResponseClientRefresh()
    if request.GET.get("seen") == f"{context['in_the_making'].state}-{context['progress']['ready']}":
        return HttpResponse(status=204)
    return render(request, "committee/secretary/pack_progress.html", context | {"meeting": meeting})


@requires(rules.secretary)
def publish(request: HttpRequest, pack_id: int) -> HttpResponse:
    """Let the members read a pack."""
    pack = _pack(request, pack_id)
    if request.method == "POST":
        attempt(request, lambda: packs.publish(pack), _("The members can now read the pack."))
    return redirect("committee:desk", pack.meeting_id)


@requires(rules.secretary)
def retry(request: HttpRequest, pack_id: int) -> HttpResponse:
    """Try a failed pack again."""
    pack = _pack(request, pack_id)
    if request.method == "POST":
        attempt(request, lambda: packs.retry(pack), _("The pack is being tried again."))
    return redirect("committee:desk", pack.meeting_id)


@requires(rules.secretary)
def copy_retry(request: HttpRequest, copy_id: int) -> HttpResponse:
    """Try a failed copy for somebody with a conflict of interest again."""
    seen = PackCopy.objects.filter(pack__in=Pack.objects.visible_to(request.user))
    copy = get_object_or_404(seen.select_related("summons"), pk=copy_id)
    if request.method == "POST":
        attempt(request, lambda: copies.retry(copy), _("The copy is being tried again."))
    return redirect("committee:documents")


@requires(rules.secretary)
def documents(request: HttpRequest) -> HttpResponse:
    """Documents and packs that need hands, with the reason."""
    failed_packs = Pack.objects.visible_to(request.user).filter(state=PackState.FAILED)
    context = {
        "documents": Document.objects.visible_to(request.user).need_hands().defer("html").order_by("-pk"),
        "packs": failed_packs.select_related("meeting__committee__authority"),
        "copies": PackCopy.objects.filter(
            state=PackState.FAILED, pack__in=Pack.objects.visible_to(request.user)
        ).select_related("pack__meeting__committee__authority"),
    }
    return render(request, "committee/secretary/documents.html", context)


@requires(rules.secretary)
def document_retry(request: HttpRequest, document_id: int) -> HttpResponse:
    """Try a failed document again."""
    document = get_object_or_404(Document.objects.visible_to(request.user).defer("html"), pk=document_id)
    if request.method == "POST":
        attempt(request, lambda: try_again([document]), _("The document is being tried again."))
    return redirect("committee:documents")
