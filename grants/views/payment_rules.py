"""Officers' pages about when grants are paid."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from grants.forms.payment_rules import PaymentRuleForm
from grants.models import PaymentRule
from grants.payment_plan import DEFAULT_MONTHS
from grants.views.calls import crumbs
from portal.people import kept_form, rules
from portal.people.rules import requires


def _in_words(months: list[int] | tuple[int, ...]) -> str:
    return ", ".join(str(MONTHS[month]) for month in months)


def _way(request: HttpRequest) -> list[dict[str, str]]:
    """The pages above, for who may open them."""
    return crumbs(None) if rules.case_officer(request.user) else []


@requires(rules.keeps_settings)
def payment_rules(request: HttpRequest) -> HttpResponse:
    """From which sum grants are paid in which months."""
    found = PaymentRule.objects.visible_to(request.user).select_related("authority", "call")
    context = {
        "rows": [(rule, _in_words(rule.months)) for rule in found],
        "default": _in_words(DEFAULT_MONTHS),
        "breadcrumbs": [*_way(request), {"label": _("When grants are paid")}],
    }
    return render(request, "grants/payment_rules.html", context)


@requires(rules.keeps_settings)
def payment_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Change from which sum, and in which months."""
    found = get_object_or_404(PaymentRule.objects.visible_to(request.user), pk=rule_id)
    return _edit(request, found, _("Change when grants are paid"))


@requires(rules.keeps_settings)
def new_payment_rule(request: HttpRequest) -> HttpResponse:
    """Say when grants from some sum on are paid."""
    return _edit(request, None, _("New rule for payments"))


def _edit(request: HttpRequest, found: PaymentRule | None, title: str) -> HttpResponse:
    form = PaymentRuleForm(request.user, kept_form.data(request), instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("It is saved. Letters that are not released say that they fell behind."))
        return redirect("grants:payment-rules")
    back = reverse("grants:payment-rules")
    context = {
        "form": form,
        "call": None,
        "title": title,
        "button": _("Save"),
        "back": back,
        "breadcrumbs": [
            *_way(request),
            {"label": _("When grants are paid"), "url": back},
            {"label": title},
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "grants/call_form.html", context, status=status)
