"""What is written about delegation: points of the delegation order, decisions, and the register's filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.delegation import ROLES_PRINTED, rule_digest
from portal.committee.forms import KronorField
from portal.committee.models import Committee, DelegationDecision, DelegationRule
from portal.registry.models import Case

_DAY = {"type": "date"}


def _day_widget() -> forms.DateInput:
    return forms.DateInput(attrs=_DAY, format="%Y-%m-%d")


class RuleForm(forms.ModelForm):
    """A point of the delegation order."""

    use_required_attribute = False
    #: What the page showed, to tell whether somebody has saved since.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = DelegationRule
        fields = ("committee", "point", "text", "role", "amount_limit", "valid_from", "valid_until")
        widgets = {"text": forms.Textarea(attrs={"rows": 2, "lang": "sv"})}

    def __init__(
        self, committees: QuerySet[Committee], data: Any = None, *, instance: DelegationRule
    ) -> None:
        super().__init__(data, instance=instance, initial={"seen": rule_digest(instance)})
        if instance.pk:
            del self.fields["committee"]
        else:
            choice = self.fields["committee"]
            choice.label, choice.initial = _("Committee"), committees.first()
            choice.queryset = committees.select_related("authority")  # type: ignore[attr-defined]
            choice.empty_label = None  # type: ignore[attr-defined]
        limit = self.fields["amount_limit"]
        self.fields["amount_limit"] = KronorField(
            label=limit.label, help_text=limit.help_text, required=False
        )
        for name in ("valid_from", "valid_until"):
            self.fields[name].widget = _day_widget()
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in ROLES_PRINTED
        ]

    def show_anew(self) -> None:
        """Keep what was typed, on top of what somebody else has saved: the next save is a choice."""
        assert isinstance(self.data, QueryDict)
        shown = self.data.copy()
        shown["seen"] = rule_digest(DelegationRule.objects.get(pk=self.instance.pk))
        self.data = shown

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begins, ends = data.get("valid_from"), data.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("The last day comes before the first."))
        return data


class DecisionByDelegationForm(forms.Form):
    """A decision in one case by one point of the delegation order."""

    use_required_attribute = False

    def __init__(
        self, rules: QuerySet[DelegationRule], cases: QuerySet[Case], data: Any = None, number: str = ""
    ) -> None:
        super().__init__(data)
        self.cases = cases
        self.fields["rule"] = forms.ModelChoiceField(
            rules,
            label=_("By which point"),
            empty_label=_("Choose a point"),
            error_messages={"required": _("Choose the point you decide by.")},
        )
        self.fields["number"] = forms.CharField(
            label=_("Registry number of the case"),
            help_text=_("For example 00086/2026"),
            initial=number,
            max_length=60,
            error_messages={"required": _("Write the registry number of the case.")},
        )
        self.fields["decision"] = forms.CharField(
            label=_("The decision"),
            widget=forms.Textarea(attrs={"rows": 3, "lang": "sv"}),
            max_length=5000,
            error_messages={"required": _("Write what you decide.")},
        )
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            widget=forms.Textarea(attrs={"rows": 4, "lang": "sv"}),
            max_length=10_000,
            error_messages={"required": _("Write why you decide so.")},
        )
        self.fields["amount"] = KronorField(
            label=_("Kronor"), help_text=_("Empty where no money is decided."), required=False
        )
        self.fields["decided_on"] = forms.DateField(
            label=_("Decision day"), initial=timezone.localdate, widget=_day_widget()
        )
        self.fields["impartial"] = forms.BooleanField(
            label=_("I have no conflict of interest in this case."),
            error_messages={
                "required": _("Only who has no conflict of interest may decide. Tick the box if so.")
            },
        )

    def clean_number(self) -> Case:
        """The case with the number, among those the person sees."""
        number = self.cleaned_data["number"].strip()
        case = self.cases.select_related("authority").filter(registry_number=number).first()
        if case is None:
            raise ValidationError(
                _("There is no case with the number %(number)s that you can open."),
                params={"number": number},
                code="unknown",
            )
        return case


class RegisterFilter(forms.Form):
    """Which decisions by delegation to show."""

    use_required_attribute = False

    def __init__(self, seen: QuerySet[DelegationDecision], data: Any = None) -> None:
        super().__init__(data)
        self.seen = seen
        years = seen.order_by("-year").values_list("year", flat=True).distinct()
        points = seen.order_by("rule__point").values_list("rule__point", flat=True).distinct()
        self.fields["year"] = _choice(_("Year"), [(str(year), str(year)) for year in years])
        self.fields["point"] = _choice(_("Point"), [(point, point) for point in points])
        self.fields["reported"] = _choice(
            _("Reported"), [("no", _("Not reported yet")), ("yes", _("Reported"))]
        )
        self.fields["q"] = forms.CharField(label=_("Registry number or text"), required=False, max_length=100)

    def found(self) -> QuerySet[DelegationDecision]:
        """What was asked for; everything where the question makes no sense."""
        if not self.is_valid():
            return self.seen
        asked, found = self.cleaned_data, self.seen
        if asked["year"]:
            found = found.filter(year=int(asked["year"]))
        if asked["point"]:
            found = found.filter(rule__point=asked["point"])
        if asked["reported"]:
            found = found.filter(reported_to__isnull=asked["reported"] == "no")
        if words := asked["q"].strip():
            found = found.filter(
                Q(case__registry_number__icontains=words)
                | Q(decision__icontains=words)
                | Q(reason__icontains=words)
            )
        return found


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("All")), *choices], required=False)
