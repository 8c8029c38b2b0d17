"""Forms of what passes between association and officers after sending: messages, withdrawal, lateness."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants.forms.fields import ShortTextField
from grants.forms.guarded import GuardedForm
from grants.forms.papers import UploadField
from portal.documents import uploads

MAX_CHARACTERS = 10_000


def long_text(label: str, *, rows: int = 5, limit: int = MAX_CHARACTERS, **kwargs: Any) -> forms.CharField:
    """A text field with room to write."""
    return forms.CharField(
        label=label, max_length=limit, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class MessageForm(GuardedForm):
    """A message and one more file for it; what is empty is refused when it is sent, not when it is saved."""

    def __init__(self, *args: Any, oversized: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.oversized = oversized
        self.fields["text"] = ShortTextField(
            label=_("Message"), max_length=MAX_CHARACTERS, widget=forms.Textarea(attrs={"rows": 7})
        )
        self.fields["file"] = UploadField(
            label=_("Attach a file"),
            help_text=_("PDF, Word, Excel, JPG or PNG."),
            required=False,
            widget=forms.ClearableFileInput(attrs={"accept": uploads.ACCEPT}),
        )
        self.add_way_past()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.oversized:
            self.add_error("file", uploads.too_large())
        return cleaned


class WithdrawForm(GuardedForm):
    """The reason is the association's to give or not; the tick is what makes it mean it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = long_text(
            _("Why do you withdraw it?"),
            limit=2000,
            required=False,
            help_text=_("You do not have to say. It helps us to understand."),
        )
        self.fields["confirmed"] = forms.BooleanField(
            label=_("We withdraw the application"),
            error_messages={"required": _("Tick the box if you withdraw the application.")},
        )
        self.add_way_past()


class LateRulingForm(GuardedForm):
    """Whether a late application is tried, and why; the association reads the reason."""

    ADMIT, DISMISS = "admit", "dismiss"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ruling"] = forms.ChoiceField(
            label=_("What do you decide?"),
            choices=[
                (self.ADMIT, _("Admit it: the application is tried like the others")),
                (self.DISMISS, _("Dismiss it: the application is not tried (avvisas)")),
            ],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what you decide.")},
        )
        self.fields["reason"] = long_text(
            _("Reason, as the association reads it"),
            limit=4000,
            error_messages={"required": _("Write the reason: the association reads it.")},
        )
        self.add_way_past()

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if not reason:
            raise ValidationError(_("Write the reason: the association reads it."), code="required")
        return reason
