"""Closing cases, keeping and destroying by rule, and what holds it back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.people import kept_form
from portal.people.rules import requires
from portal.registry import closing, retention
from portal.registry.forms import HoldForm, RuleForm
from portal.registry.models import Case, Destruction, LegalHold, RetentionRule
from portal.registry.rules import registrar
from portal.registry.views.pages import attempt, case_step, crumbs, form_page, known_case

PER_PAGE = 50


@requires(registrar)
def close(request: HttpRequest, case_id: int) -> HttpResponse:
    """Close a case, and settle its working notes."""
    case = known_case(request, case_id)
    notes = closing.notes(case)
    if request.method == "POST":
        chosen = {note.key: request.POST.get(f"note-{note.key}", "") for note in notes}
        if attempt(
            request,
            lambda: closing.close(
                case.pk,
                request.user,
                kept=[key for key, what in chosen.items() if what == "keep"],
                cleared=[key for key, what in chosen.items() if what == "clear"],
            ),
            _("The case is closed."),
            closing.CannotClose,
        ):
            return redirect("registry:case", case_id)
    context = {
        "case": case,
        "hindrances": closing.hindrances(case),
        "notes": notes,
        "breadcrumbs": crumbs(case_step(case), (_("Close the case"), "")),
    }
    return render(request, "registry/close.html", context, status=422 if request.method == "POST" else 200)


@requires(registrar)
def hold(request: HttpRequest, case_id: int) -> HttpResponse:
    """Hold a case back from destruction."""
    case = known_case(request, case_id)
    form = HoldForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        retention.hold(case, request.user, form.cleaned_data["reason"])
        messages.success(request, _("Nothing of the case is destroyed for now."))
        return redirect("registry:case", case_id)
    return form_page(
        request,
        form,
        title=_("Hold back from destruction"),
        submit=_("Hold back"),
        back=reverse("registry:case", args=[case_id]),
        breadcrumbs=crumbs(case_step(case), (_("Hold back from destruction"), "")),
    )


@requires(registrar)
def lift_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Let the rules count again (POST)."""
    held = get_object_or_404(LegalHold.objects.visible_to(request.user), pk=hold_id)
    if request.method == "POST" and retention.lift(held.pk, request.user):
        messages.success(request, _("The rules count again."))
    return redirect("registry:case", held.case_id)


@requires(registrar)
def plan(request: HttpRequest) -> HttpResponse:
    """What would be destroyed today and by which rule; nothing goes before somebody orders it (POST)."""
    if request.method == "POST":
        count = retention.order(request.user)
        messages.success(
            request,
            ngettext(
                "%(count)s record is ordered to be destroyed.",
                "%(count)s records are ordered to be destroyed.",
                count,
            )
            % {"count": count},
        )
        return redirect("registry:retention")
    today = timezone.localdate()
    rules = retention.rules_by_kind(today)
    due = retention.due(today).filter(case__in=Case.objects.visible_to(request.user))
    page = Paginator(due.select_related("case").defer("content"), PER_PAGE).get_page(request.GET.get("page"))
    done = Destruction.objects.visible_to(request.user).select_related("case", "record", "rule", "ordered_by")
    context = {
        "page": page,
        "rows": [(record, rules[record.kind]) for record in page],
        "done": done[:PER_PAGE],
        "going": retention.going(),
        "held": LegalHold.objects.visible_to(request.user).standing().select_related("case"),
        "breadcrumbs": crumbs((_("Keeping and destroying"), "")),
    }
    return render(request, "registry/retention.html", context)


@requires(registrar)
def rules(request: HttpRequest) -> HttpResponse:
    """How long each kind of document is kept."""
    labels = dict(retention.kinds())
    rows = RetentionRule.objects.visible_to(request.user)
    context = {
        "rows": sorted(
            ((rule, labels.get(rule.what, rule.what)) for rule in rows),
            key=lambda row: retention.in_alphabet(row[1]),
        ),
        "without_code": sum(1 for rule in rows if not rule.class_code),
        "without": [label for code, label in retention.kinds() if code not in {rule.what for rule in rows}],
        "breadcrumbs": crumbs((_("Keeping and destroying"), reverse("registry:retention")), (_("Rules"), "")),
    }
    return render(request, "registry/rules.html", context)


@requires(registrar)
def new_rule(request: HttpRequest) -> HttpResponse:
    return _edit(request, RetentionRule(valid_from=timezone.localdate()))


@requires(registrar)
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(RetentionRule.objects.visible_to(request.user), pk=rule_id))


def _edit(request: HttpRequest, edited: RetentionRule) -> HttpResponse:
    """Write a rule. One that something was destroyed by keeps what it says: it can only end."""
    used = edited.pk is not None and edited.destructions.exists()
    form = RuleForm(retention.kinds(), kept_form.data(request), instance=edited)
    if used:
        for name, field in form.fields.items():
            field.disabled = name not in {"valid_until", "is_paused", "note"}
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The rule is saved."))
        return redirect("registry:rules")
    title = _("New rule") if edited.pk is None else _("Change the rule")
    return form_page(
        request,
        form,
        title=title,
        intro=_("Something was destroyed by this rule, so it can only end. Write a new one beside it.")
        if used
        else "",
        submit=_("Save the rule"),
        back=reverse("registry:rules"),
        breadcrumbs=crumbs((_("Rules"), reverse("registry:rules")), (title, "")),
    )
