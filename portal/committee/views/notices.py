"""After the approval: the notice for the city's board, and appeals against single decisions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee import notice
from portal.committee.minutes_deadlines import next_deadline
from portal.committee.minutes_forms import AppealForm, NoticeForm, SettleForm
from portal.committee.models import (
    Appeal,
    Decision,
    Minutes,
)
from portal.committee.rules import follows_decisions
from portal.committee.views.answers import attempt, status_of
from portal.committee.views.minutes import minutes_crumbs, minutes_or_404
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.secretary)
def announce(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """The text for the city's notice board, and the day when it went up."""
    shown = minutes_or_404(request, minutes_id)
    if not shown.is_approved:
        messages.error(request, _("The minutes are not approved yet, so there is nothing to announce."))
        return redirect("committee:minutes", shown.pk)
    form = NoticeForm(shown, kept_form.data(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            request,
            lambda: notice.put_up(shown, form.cleaned_data["up_on"], request.user),
            _("It is recorded that the notice went up. The last day to appeal follows from it."),
        )
    ):
        return redirect("committee:minutes-notice", shown.pk)
    context = {
        "minutes": shown,
        "form": form,
        "text": notice.notice_text(shown, shown.notice_up_on or timezone.localdate()),
        "deadline": next_deadline(shown, timezone.localdate()),
        "breadcrumbs": minutes_crumbs(shown, _("Notice")),
    }
    return render(request, "committee/minutes/notice.html", context, status=status_of(request))


@requires(rules.secretary)
def notice_file(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """The notice as a plain text file, to paste on the city's board."""
    shown = minutes_or_404(request, minutes_id)
    if not shown.is_approved:
        raise Http404
    text = notice.notice_text(shown, shown.notice_up_on or timezone.localdate())
    name = f"anslag-{shown.meeting.date.isoformat()}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


@requires(follows_decisions)
def appeals(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Whether a decision is final, and the appeals of it; the secretary registers them."""
    shown = _decision(request, decision_id)
    is_secretary = rules.secretary(request.user)
    form = AppealForm(kept_form.data(request) if is_secretary else None)
    if (
        request.method == "POST"
        and is_secretary
        and form.is_valid()
        and attempt(
            request,
            lambda: notice.register_appeal(
                shown, form.cleaned_data["came_on"], form.cleaned_data["note"], request.user
            ),
            _("The appeal is registered. The decision is not final while it is open."),
        )
    ):
        return redirect("committee:appeals", shown.pk)
    context = {
        "decision": shown,
        "minutes": shown.paragraph_text.minutes,
        "standing": notice.standing_of(shown, timezone.localdate()),
        "appeals": Appeal.objects.visible_to(request.user).filter(decision=shown),
        "form": form,
        "is_secretary": is_secretary,
        "breadcrumbs": minutes_crumbs(shown.paragraph_text.minutes, f"§ {shown.paragraph}"),
    }
    return render(request, "committee/minutes/appeals.html", context, status=status_of(request))


def _decision(request: HttpRequest, decision_id: int) -> Any:
    """A decision that stands in minutes the person sees, or 404; appeals are not the members' to follow."""
    if not (rules.administration(request.user) or rules.chair(request.user)):
        raise Http404
    decisions = Decision.objects.visible_to(request.user).filter(
        paragraph_text__minutes__in=Minutes.objects.visible_to(request.user)
    )
    return get_object_or_404(
        decisions.select_related(
            "matter__case", "paragraph_text__minutes__meeting__committee__authority"
        ).prefetch_related("appeals"),
        pk=decision_id,
    )


@requires(rules.secretary)
def settle(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """Record how the court left an appeal."""
    seen = Appeal.objects.visible_to(request.user).select_related(
        "decision__matter__case", "decision__paragraph_text__minutes__meeting__committee__authority"
    )
    shown = get_object_or_404(seen, pk=appeal_id)
    form = SettleForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        if attempt(
            request,
            lambda: notice.settle_appeal(
                shown, written["settled_on"], annulled=written["annulled"] == "yes", by=request.user
            ),
            _("It is recorded how the court left the appeal."),
        ):
            return redirect("committee:appeals", shown.decision_id)
    context = {
        "appeal": shown,
        "form": form,
        "breadcrumbs": minutes_crumbs(
            shown.decision.paragraph_text.minutes, f"§ {shown.decision.paragraph}", _("The court's answer")
        ),
    }
    return render(request, "committee/minutes/settle.html", context, status=status_of(request))
