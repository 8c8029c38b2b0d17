"""What a person wants to be reminded of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from grants.models import CallWatch, GrantType
from grants.reminders import kinds, unwanted_by


class RemindersForm(forms.Form):
    """Ticked is wanted; reminders that may not be turned off are not asked about."""

    use_required_attribute = False

    def __init__(self, user: Any, data: Any = None) -> None:
        may_turn_off = [kind for kind in kinds() if kind.may_turn_off]
        unwanted = unwanted_by(user)
        super().__init__(
            data,
            initial={
                "wanted": [kind.code for kind in may_turn_off if kind.code not in unwanted],
                "watched": list(CallWatch.objects.visible_to(user).values_list("grant_type", flat=True)),
            },
        )
        self.fields["wanted"] = forms.MultipleChoiceField(
            label=_("Remind me by mail"),
            choices=[(kind.code, kind.label) for kind in may_turn_off],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields["watched"] = forms.MultipleChoiceField(
            label=_("Tell me when a call opens for"),
            help_text=_("We tell those who have applied before in any case."),
            choices=GrantType.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
