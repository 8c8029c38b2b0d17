"""The officer asks for completion: choose what, write what is missing, read the message, send it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.forms.completion import AskForm, ExtendForm
from grants.models import Application, CompletionRequest
from grants.received import completion
from grants.received.things import Thing, changes, things
from grants.states import OPEN_STATES
from grants.views.dialogue import officer_crumbs
from grants.views.impartial import impartial
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import Record


def newest_content(application: Application, user: Any) -> dict[str, Any]:
    """The application's newest version in the register, as the person may read it."""
    record = (
        Record.objects.visible_to(user)
        .filter(case=application.case_id, kind=Record.Kind.APPLICATION)
        .order_by("created_at", "pk")
        .last()
    )
    return dict(record.content or {}) if record else {}


def _session_key(application: Application) -> str:
    return f"completion:{application.pk}"


@requires(rules.case_officer)
@impartial
def ask(request: HttpRequest, application: Application) -> HttpResponse:
    """An open request to follow up, or the way to a new one."""
    waiting = (
        CompletionRequest.objects.visible_to(request.user)
        .open()
        .filter(application=application)
        .prefetch_related("items")
        .first()
    )
    if waiting is not None:
        return _follow_up(request, application, waiting)
    if application.state not in OPEN_STATES:
        messages.info(request, _("The application is no longer handled, so nothing more can be asked for."))
        return redirect("assessments:application", application.pk)
    return _write(request, application)


def _follow_up(request: HttpRequest, application: Application, waiting: CompletionRequest) -> HttpResponse:
    go = request.POST.get("go", "")
    form = ExtendForm(request.POST if go == "extend" else None, initial={"last_day": waiting.last_day})
    if request.method == "POST" and (go in {"remind", "close"} or (go == "extend" and form.is_valid())):
        try:
            if go == "remind":
                completion.remind(waiting.pk, request.user)
                messages.success(request, _("A reminder is on its way."))
            elif go == "extend":
                completion.extend(waiting.pk, form.cleaned_data["last_day"], request.user)
                messages.success(request, _("The last day is changed. The association gets a mail."))
            else:
                completion.close(waiting.pk, request.POST.get("note", ""), request.user)
                messages.success(request, _("The request is closed."))
                return redirect("assessments:application", application.pk)
        except completion.CannotAsk as refused:
            messages.error(request, str(refused))
        return redirect("grants:ask", application.pk)
    context = {
        "application": application,
        "waiting": waiting,
        "form": form,
        "breadcrumbs": officer_crumbs(application, _("Completion")),
    }
    return render(request, "grants/ask_open.html", context, status=422 if request.method == "POST" else 200)


def _write(request: HttpRequest, application: Application) -> HttpResponse:
    """Choose what to ask for, then write what is missing; `forslag` in the address is ticked beforehand."""
    data = kept_form.data(request)
    all_things = things(newest_content(application, request.user), application.call)
    codes = (data or request.GET).getlist("fraga")
    chosen = [thing for thing in all_things if thing.code in codes]
    if not chosen:
        context = {
            "application": application,
            "sections": _by_section(all_things),
            "suggested": request.GET.getlist("forslag"),
            "chosen_nothing": "fraga" in request.GET or "skriv" in request.GET or request.method == "POST",
            "breadcrumbs": officer_crumbs(application, _("Ask for completion")),
        }
        return render(
            request,
            "grants/ask_choose.html",
            context,
            status=422 if context["chosen_nothing"] else 200,
        )
    kept = request.session.get(_session_key(application))
    form = AskForm(chosen, data, initial=_initial(kept))
    if request.method == "POST" and form.is_valid():
        request.session[_session_key(application)] = request.POST.urlencode()
        return redirect("grants:ask-preview", application.pk)
    context = {
        "application": application,
        "form": form,
        "breadcrumbs": officer_crumbs(application, _("Ask for completion")),
    }
    return render(request, "grants/ask_write.html", context, status=422 if request.method == "POST" else 200)


def _by_section(all_things: list[Thing]) -> list[tuple[str, list[Thing]]]:
    found: dict[str, list[Thing]] = {}
    for thing in all_things:
        found.setdefault(str(thing.section.label), []).append(thing)
    return list(found.items())


def _initial(kept: str | None) -> dict[str, str]:
    return QueryDict(kept).dict() if kept else {}


@requires(rules.case_officer)
@impartial
def preview(request: HttpRequest, application: Application) -> HttpResponse:
    """The message exactly as the association reads it; POST sends it."""
    kept = request.session.get(_session_key(application))
    if not kept:
        return redirect("grants:ask", application.pk)
    data = QueryDict(kept)
    all_things = things(newest_content(application, request.user), application.call)
    codes = data.getlist("fraga")
    form = AskForm([thing for thing in all_things if thing.code in codes], data)
    back = f"{reverse('grants:ask', args=[application.pk])}?{_questions(codes)}"
    if not form.is_valid():
        return redirect(back)
    asking = form.asking()
    if request.method == "POST":
        try:
            completion.ask(application.pk, asking, request.user)
        except completion.CannotAsk as refused:
            messages.error(request, str(refused))
            return redirect("grants:ask", application.pk)
        del request.session[_session_key(application)]
        messages.success(request, _("The request is sent. The association gets a mail that there is one."))
        return redirect("assessments:application", application.pk)
    words = {thing.code: thing.words for thing in all_things}
    context = {
        "application": application,
        "asking": asking,
        "items": [(item, words.get(item.code, "")) for item in asking.items],
        "back": back,
        "breadcrumbs": officer_crumbs(application, _("Ask for completion")),
    }
    return render(request, "grants/ask_preview.html", context)


def _questions(codes: list[str]) -> str:
    query = QueryDict(mutable=True)
    query.setlist("fraga", codes)
    return query.urlencode()


@requires(rules.case_officer)
@impartial
def compare(request: HttpRequest, application: Application, request_id: int) -> HttpResponse:
    """What was asked for and what changed, before and after side by side."""
    answered = get_object_or_404(
        CompletionRequest.objects.visible_to(request.user)
        .filter(application=application, after__isnull=False)
        .select_related("before", "after", "ended_by")
        .prefetch_related("items", "after__files__stored_file"),
        pk=request_id,
    )
    before, after = answered.before.content, answered.after.content  # type: ignore[union-attr]
    found = changes(before or {}, after or {}, application.call, answered.asked_keys)
    wanted = {item.code: item.wanted for item in answered.items.all()}
    context = {
        "application": application,
        "answered": answered,
        "changes": [(change, wanted.get(change.code, "")) for change in found],
        "unasked": [change for change in found if change.is_unasked_change],
        "breadcrumbs": officer_crumbs(application, _("Before and after")),
    }
    return render(request, "grants/compare.html", context)
