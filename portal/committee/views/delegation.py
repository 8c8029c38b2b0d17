"""Decisions by delegation: the register, a new decision, the delegation order, and reporting to a meeting."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee import delegation
from portal.committee.delegation_forms import DecisionByDelegationForm, RegisterFilter, RuleForm
from portal.committee.models import Committee, DelegationDecision, DelegationRule, Meeting
from portal.committee.rules import follows_decisions, reads_delegation
from portal.committee.views.answers import attempt, status_of
from portal.documents.download import stream
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import Case

PER_PAGE = 50


def _crumbs(label: str) -> list[dict[str, str]]:
    return [
        {"label": _("Decisions by delegation"), "url": reverse("committee:delegation")},
        {"label": label},
    ]


@requires(reads_delegation)
def register(request: HttpRequest) -> HttpResponse:
    """All decisions by delegation, the newest first."""
    seen = DelegationDecision.objects.visible_to(request.user)
    form = RegisterFilter(seen, request.GET)
    found = (
        form.found()
        .select_related("rule", "case", "decided_by", "document", "reported_to")
        .order_by("-year", "-number")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": page,
        "is_narrowed": any(value for name, value in request.GET.items() if name != "page"),
        "may_decide": _own_rules(request).exists(),
        "is_secretary": rules.secretary(request.user),
    }
    return render(request, "committee/delegation/register.html", context)


def _own_rules(request: HttpRequest) -> QuerySet[DelegationRule]:
    """The points in force by which the person may decide."""
    seen = DelegationRule.objects.visible_to(request.user).in_force(timezone.localdate())
    held = request.user.roles if request.user.is_authenticated else frozenset()
    return seen.filter(role__in=held).select_related("committee")


@requires(follows_decisions)
def decide(request: HttpRequest) -> HttpResponse:
    """Decide in a case by delegation."""
    cases = Case.objects.visible_to(request.user)
    form = DecisionByDelegationForm(
        _own_rules(request), cases, kept_form.data(request), number=request.GET.get("arende", "")[:60]
    )
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        if attempt(
            request,
            lambda: delegation.decide(
                written["rule"],
                written["number"],
                request.user,
                decision=written["decision"],
                reason=written["reason"],
                amount=written["amount"],
                decided_on=written["decided_on"],
            ),
            _("The decision is registered. It is reported to the committee's next meeting."),
        ):
            return redirect("committee:delegation")
    context = {
        "form": form,
        "may_decide": _own_rules(request).exists(),
        "breadcrumbs": _crumbs(_("New decision")),
    }
    return render(request, "committee/delegation/decide.html", context, status=status_of(request))


@requires(reads_delegation)
def file(request: HttpRequest, decision_id: int) -> FileResponse:
    """The document of a decision by delegation."""
    seen = DelegationDecision.objects.visible_to(request.user).select_related("document__file")
    made = get_object_or_404(seen, pk=decision_id)
    if made.document is None or made.document.file is None:
        raise Http404
    return stream(made.document.file, f"delegationsbeslut-{made.year}-{made.number}.pdf", inline=True)


@requires(reads_delegation)
def order(request: HttpRequest) -> HttpResponse:
    """The delegation order: who decides what, up to how much."""
    today = timezone.localdate()
    seen = DelegationRule.objects.visible_to(request.user).select_related("committee__authority")
    context = {
        "rows": [(rule, _is_in_force(rule, today)) for rule in seen],
        "is_secretary": rules.secretary(request.user),
        "breadcrumbs": _crumbs(_("Delegation order")),
    }
    return render(request, "committee/delegation/order.html", context)


def _is_in_force(rule: DelegationRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_until is None or rule.valid_until >= day)


@requires(rules.secretary)
def new_rule(request: HttpRequest) -> HttpResponse:
    return _edit(request, DelegationRule(), _("New point"))


@requires(rules.secretary)
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    shown = get_object_or_404(DelegationRule.objects.visible_to(request.user), pk=rule_id)
    return _edit(request, shown, _("Point %(point)s") % {"point": shown.point})


def _edit(request: HttpRequest, edited: DelegationRule, label: str) -> HttpResponse:
    """Write a point of the delegation order; who comes second is shown both."""
    form = RuleForm(Committee.objects.visible_to(request.user), kept_form.data(request), instance=edited)
    if request.method == "POST" and form.is_valid():
        if attempt(
            request,
            lambda: delegation.write_rule(form.instance, form.cleaned_data["seen"]),
            _("The point is saved."),
        ):
            return redirect("committee:delegation-order")
        if edited.pk:
            form.show_anew()
    context = {"form": form, "label": label, "breadcrumbs": _crumbs(label)}
    return render(request, "committee/delegation/rule.html", context, status=status_of(request))


@requires(rules.secretary)
def report(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Put the decisions not reported yet on a meeting's agenda."""
    shown = get_object_or_404(Meeting.objects.visible_to(request.user), pk=meeting_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: delegation.report_to(shown),
            _("The decisions by delegation are on the meeting's agenda."),
        )
    return redirect("committee:desk", shown.pk)
