"""What secretary, chair and approvers write about minutes: page one, paragraphs, notice, appeals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import formset_factory
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.models import Appeal, Minutes, MinutesCorrection, MinutesParagraph, Seat
from portal.committee.passages import Passage, written
from portal.committee.whole_minutes import front_digest

#: Empty passages offered below those there are.
NEW_PASSAGES = 1
MAX_PASSAGES = 60


class FrontForm(forms.ModelForm):
    """What page one says beside what was recorded at the meeting."""

    use_required_attribute = False
    #: What the page showed, to tell whether somebody has saved since.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Minutes
        fields = ("approvers", "approval_place", "others_present", "kept_at")
        widgets = {
            "approvers": forms.CheckboxSelectMultiple,
            "others_present": forms.Textarea(attrs={"rows": 4, "lang": "sv"}),
        }

    def __init__(self, minutes: Minutes, seats: QuerySet[Seat], data: Any = None) -> None:
        super().__init__(data, instance=minutes, initial={"seen": front_digest(minutes)})
        approvers = self.fields["approvers"]
        approvers.queryset = seats  # type: ignore[attr-defined]
        approvers.label = _("Who approves the minutes together with the chair")
        approvers.required = False

    def _post_clean(self) -> None:
        """The act writes, not the form: the row itself stays as it was read."""

    def show_anew(self, minutes: Minutes) -> None:
        """Keep what was typed, on top of what somebody else has saved: the next save is a choice."""
        assert isinstance(self.data, QueryDict)
        shown = self.data.copy()
        shown["seen"] = front_digest(minutes)
        self.data = shown


class PassageForm(forms.Form):
    """One headed passage of a paragraph. Without text it is left out."""

    use_required_attribute = False
    heading = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"lang": "sv"}))
    text = forms.CharField(
        max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 6, "lang": "sv"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["heading"].label = _("Heading")
        self.fields["text"].label = _("Text, one paragraph a line")
        lines = str(self.initial.get("text", ""))
        self.fields["text"].widget.attrs["rows"] = min(16, 2 + len(lines) // 70 + lines.count("\n"))


PassagesFormSet = formset_factory(
    PassageForm, extra=NEW_PASSAGES, max_num=MAX_PASSAGES, validate_max=True, absolute_max=MAX_PASSAGES + 5
)


def passages_formset(paragraph: MinutesParagraph, data: Any = None) -> Any:
    """The passages of a paragraph to edit, and an empty one."""
    initial = [
        {"heading": passage["heading"], "text": "\n".join(passage["paragraphs"])}
        for passage in paragraph.text
    ]
    return PassagesFormSet(data, prefix="passages", initial=initial)


def written_passages(formset: Any) -> list[Passage]:
    """The passages that say something, in order; only for a valid formset."""
    rows = (form.cleaned_data for form in formset.forms)
    made = (written(row.get("heading", ""), row.get("text", "")) for row in rows)
    return [passage for passage in made if passage["paragraphs"]]


class VersionForm(forms.Form):
    """Which version of a paragraph the page showed."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class CorrectionForm(forms.ModelForm):
    """A correction of approved minutes, of one paragraph or of the whole."""

    use_required_attribute = False

    class Meta:
        model = MinutesCorrection
        fields = ("decision", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "lang": "sv"})}

    def __init__(self, decisions: QuerySet[Any], data: Any = None) -> None:
        super().__init__(data)
        decision = self.fields["decision"]
        decision.queryset = decisions  # type: ignore[attr-defined]
        decision.label, decision.required = _("Paragraph"), False
        decision.empty_label = _("The minutes as a whole")  # type: ignore[attr-defined]
        self.fields["text"].error_messages = {"required": _("Write what is corrected, and how.")}

    def _post_clean(self) -> None:
        """The act writes, not the form."""


def _day(label: str, initial: date | None = None) -> forms.DateField:
    return forms.DateField(
        label=label,
        initial=initial or timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2026-12-15."), "required": _("Write a day.")},
    )


class NoticeForm(forms.Form):
    """On which day the notice went up on the city's board."""

    use_required_attribute = False

    def __init__(self, minutes: Minutes, data: Any = None) -> None:
        super().__init__(data)
        self.fields["up_on"] = _day(_("The notice went up"), minutes.notice_up_on)


class AppealForm(forms.ModelForm):
    """An appeal that came in."""

    use_required_attribute = False

    class Meta:
        model = Appeal
        fields = ("came_on", "note")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["came_on"] = _day(_("Came in"))
        self.fields["note"].help_text = _("For example the court's case number. No names of persons.")


class SettleForm(forms.Form):
    """How the court left an appeal."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["settled_on"] = _day(_("Settled"))
        self.fields["annulled"] = forms.ChoiceField(
            label=_("What did the court decide?"),
            choices=[("no", _("The decision stands")), ("yes", _("The decision is annulled"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what the court decided.")},
        )
