"""The page on which officers say which applications of a call get a second reading."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from assessments import reading_rules
from assessments.models import ReadingRule
from assessments.reading_forms import ReadingRuleForm
from grants.models import Call
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.case_officer)
def reading_rule(request: HttpRequest, call_id: int) -> HttpResponse:
    """By which rule applications of a call get a second reading."""
    call = get_object_or_404(Call.objects.visible_to(request.user), pk=call_id)
    rule = get_object_or_404(ReadingRule.objects.visible_to(request.user), call=call)
    form = ReadingRuleForm(rule, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            reading_rules.change(call, form.values(), form.cleaned_data["seen"])
        except reading_rules.RuleLocked as locked:
            form.add_error(None, str(locked))
        except reading_rules.RuleChanged as changed:
            form = _with_latest(form, changed.rule)
        else:
            messages.success(request, _("The rule is saved."))
            return redirect("assessments:reading-rule", call_id)
    context = {"call": call, "rule": rule, "form": form, "is_locked": reading_rules.is_locked(call)}
    return render(
        request, "assessments/reading_rule.html", context, status=422 if request.method == "POST" else 200
    )


def _with_latest(form: ReadingRuleForm, rule: ReadingRule) -> ReadingRuleForm:
    """What was typed, and what a colleague saved meanwhile; the next save replaces it knowingly."""
    posted = cast(QueryDict, form.data).copy()
    posted["seen"] = reading_rules.fingerprint(rule)
    again = ReadingRuleForm(rule, posted)
    again.add_error(
        None,
        _(
            "A colleague changed the rule meanwhile: sum over %(limit)s, first time %(first)s, sample "
            "%(percent)s percent. Save again to replace it with yours."
        )
        % {
            "limit": "–" if rule.amount_limit is None else rule.amount_limit,
            "first": _("yes") if rule.first_time else _("no"),
            "percent": rule.sample_percent,
        },
    )
    return again
