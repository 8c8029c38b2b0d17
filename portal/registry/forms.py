"""Forms of the register: what the public and the registrar fill in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.registry import own_retention, public_register, revealing
from portal.registry.models import (
    Case,
    DisclosedRecord,
    DisclosureRequest,
    LegalHold,
    ObstacleReport,
    Record,
    RegisterEntry,
    RetentionRule,
    SecrecyMark,
)

_TEXT = forms.Textarea(attrs={"rows": 4})


class RegisterSearch(forms.Form):
    """What to show of the public register."""

    use_required_attribute = False
    q = forms.CharField(label=_("Search in the register"), required=False, max_length=100)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            ("", _("All years")),
            *((year, str(year)) for year in public_register.years()),
        ]

    @property
    def asked(self) -> dict[str, Any]:
        """What was chosen; what cannot be read is left out."""
        self.is_valid()
        return {"words": self.cleaned_data.get("q") or "", "year": self.cleaned_data.get("year")}


class AsksWhatReveals(forms.Form):
    """A form of texts that anyone may read: what seems to reveal somebody is saved once that is confirmed."""

    public_texts: tuple[str, ...]

    def ask(self, case: Case, records: Iterable[Record]) -> None:
        """Look at what was written; with something to ask about there is a box to tick."""
        written = {name: str(self.data.get(name, "")) for name in self.public_texts}
        self.revealing = {
            name: details
            for name, text in written.items()
            if text and (details := ", ".join(revealing.details_in(text, case, records)))
        }
        if self.revealing:
            told = ", ".join(self.revealing.values())
            # The box counts for what it names: what is written meanwhile is asked about anew.
            self.box = f"may_stand_{hashlib.sha256(told.encode()).hexdigest()[:8]}"
            self.fields[self.box] = forms.BooleanField(
                label=_("Anyone may read %(details)s; save it as it is") % {"details": told}, required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.revealing and not cleaned.pop(self.box, False):
            for name, details in self.revealing.items():
                text = _(
                    "This may reveal somebody: %(details)s. Take it out. If anyone may read it, tick the box "
                    "at the end of the form."
                )
                self.add_error(name, ValidationError(text, code="revealing", params={"details": details}))
        return cleaned


class EntryForm(AsksWhatReveals, forms.ModelForm):
    """What the public register says of a record."""

    public_texts = ("brief", "counterpart")

    class Meta:
        model = RegisterEntry
        fields = ("brief", "counterpart")
        help_texts = {
            "brief": _("Anyone may read it. Leave it empty to show the kind of document alone."),
            "counterpart": _("Leave it empty to show the association that the case is about."),
        }

    def __init__(self, record: Record, data: Any = None) -> None:
        super().__init__(data, instance=getattr(record, "register_entry", None))
        self.ask(record.case, [record])


class TitleForm(AsksWhatReveals):
    """What a case is called, in public and for those who may open it."""

    public_texts = ("public_title",)
    use_required_attribute = False
    public_title = forms.CharField(
        label=_("Public title"), max_length=300, help_text=_("Anyone may read it. It must reveal nothing.")
    )
    protected_title = forms.CharField(
        label=_("Protected title"),
        max_length=300,
        required=False,
        help_text=_("For those who may open the case. It is never shown in the public register."),
    )
    seen_public = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    seen_protected = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, case: Case, records: Iterable[Record], data: Any = None) -> None:
        shown = {"public_title": case.public_title, "protected_title": case.protected_title}
        seen = {"seen_public": case.public_title, "seen_protected": case.protected_title}
        super().__init__(data, initial=shown | seen)
        self.ask(case, records)


class MarkForm(forms.ModelForm):
    """A mark of secrecy on a case or on one of its records."""

    use_required_attribute = False

    class Meta:
        model = SecrecyMark
        fields = ("record", "paragraph", "reason")
        help_texts = {"paragraph": _("For example: 21 kap. 3 § OSL")}

    def __init__(self, case: Case, data: Any = None) -> None:
        super().__init__(data)
        record: Any = self.fields["record"]
        record.queryset = Record.objects.filter(case=case)
        record.empty_label = _("The whole case")
        record.required = False


class RequestForm(forms.ModelForm):
    """A request to read public documents; no name is asked for."""

    use_required_attribute = False

    class Meta:
        model = DisclosureRequest
        fields = ("asked_for", "contact")
        widgets = {"asked_for": _TEXT}
        help_texts = {
            "asked_for": _("Registry number, which documents, or what they are about."),
            "contact": _(
                "E-mail, telephone or postal address, so that we can send the documents. You need not say "
                "who you are or why you ask. Leave it empty if you rather call or come to us."
            ),
        }


class DecisionForm(forms.ModelForm):
    """What is decided about one record for one request."""

    use_required_attribute = False

    class Meta:
        model = DisclosedRecord
        fields = ("record", "outcome", "paragraph", "reason")
        widgets = {"reason": forms.Textarea(attrs={"rows": 3}), "outcome": forms.RadioSelect}
        help_texts = {
            "paragraph": _("Needed when something is masked or refused. For example: 21 kap. 3 § OSL"),
            "reason": _("Stands in the written decision. Do not write what is secret."),
        }

    def __init__(self, request: DisclosureRequest, records: Any, data: Any = None) -> None:
        super().__init__(data)
        record: Any = self.fields["record"]
        record.queryset = records.exclude(pk__in=request.decisions.values("record"))
        record.label = _("Record")
        record.empty_label = None
        self.fields["outcome"].choices = DisclosedRecord.Outcome.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("outcome") in {DisclosedRecord.Outcome.MASKED, DisclosedRecord.Outcome.REFUSED}:
            for name, text in (
                ("paragraph", _("Say by which section of the law something is kept secret.")),
                ("reason", _("Say why, so that the person understands the decision.")),
            ):
                if not data.get(name):
                    self.add_error(name, text)
        return data


class HoldForm(forms.ModelForm):
    """Why nothing of a case may be destroyed for now."""

    use_required_attribute = False

    class Meta:
        model = LegalHold
        fields = ("reason",)
        help_texts = {"reason": _("For example: the decision is appealed, case number of the court.")}


class RuleForm(forms.ModelForm):
    """A rule of keeping or destroying."""

    use_required_attribute = False

    class Meta:
        model = RetentionRule
        fields = ("what", "class_code", "keep", "years", "valid_from", "valid_until", "is_paused", "note")
        widgets = {
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {"years": _("Counted from the end of the year in which the case was closed.")}

    def __init__(self, kinds: list[tuple[str, str]], data: Any = None, *, instance: RetentionRule) -> None:
        super().__init__(data, instance=instance)
        self.fields["what"] = forms.ChoiceField(label=_("Kind of document"), choices=kinds)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("keep") and data.get("years") is not None:
            self.add_error("years", _("What is kept for ever has no number of years."))
        if not data.get("keep") and data.get("what") in Record.KEPT_FOR_EVER:
            self.add_error("keep", _("Decisions, what they rest on, and agreements are always kept."))
        if not data.get("keep") and data.get("years") is None:
            self.add_error("years", _("Write after how many years, or choose that it is kept."))
        years = data.get("years")
        if (
            data.get("what") == own_retention.TRAIL
            and years is not None
            and years < own_retention.LEAST_YEARS
        ):
            self.add_error("years", _("The audit trail is kept for at least five years."))
        begins, ends = data.get("valid_from"), data.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("The last day comes before the first."))
        return data


class PersonForm(forms.Form):
    """About whom an extract is to be made."""

    use_required_attribute = False
    email = forms.EmailField(
        label=_("The person's e-mail address in Samspel"),
        help_text=_("Make sure first that it is the person themselves who asks."),
    )


class ObstacleForm(forms.ModelForm):
    """An obstacle that somebody met in the service."""

    use_required_attribute = False
    #: Shown to nobody; only programs that fill in every field write here.
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ObstacleReport
        fields = ("what", "page", "contact")
        widgets = {"what": _TEXT}
        help_texts = {
            "page": _("The address or the heading of the page, or which document it was."),
            "contact": _("E-mail or telephone, if you want an answer."),
        }


class ObstacleAnswerForm(forms.ModelForm):
    """What was answered or done about an obstacle."""

    use_required_attribute = False

    class Meta:
        model = ObstacleReport
        fields = ("answer",)
        widgets = {"answer": _TEXT}

    def clean_answer(self) -> str:
        answer: str = self.cleaned_data["answer"].strip()
        if not answer:
            raise ValidationError(_("Write what you answered or did."))
        return answer
