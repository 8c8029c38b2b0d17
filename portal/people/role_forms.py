"""What an administrator writes to give a role or to end one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.people.models import Role
from portal.people.roles import ELECTED


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class GiveRoleForm(forms.Form):
    """Who gets which role, from when and until when."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address"), help_text=_("The person signs in with it.")
        )
        self.fields["name"] = forms.CharField(
            label=_("Name"), max_length=150, help_text=_("For somebody who is new here.")
        )
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"),
            choices=[("", _("Choose a role")), *((r.value, r.label) for r in Role if r not in ELECTED)],
            help_text=_("Members of the committee get theirs with their seat."),
        )
        self.fields["first_day"] = _day(_("From"), initial=timezone.localdate)
        self.fields["last_day"] = _day(
            _("Until"), required=False, help_text=_("Empty until somebody ends it.")
        )


class EndRoleForm(forms.Form):
    """The last day of a role."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["last_day"] = _day(
            _("Last day"),
            initial=timezone.localdate,
            help_text=_("The role counts to the end of that day. Yesterday ends it at once."),
        )
