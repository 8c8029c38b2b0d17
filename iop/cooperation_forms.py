"""The forms of the shared log: beginning one, and writing what happened."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.forms.dialogue import long_text
from grants.forms.guarded import GuardedForm
from grants.forms.officer import day_field
from grants.models import Association
from iop.ideas_forms import association_field
from iop.models import CivilRole, CooperationEntry, Level
from portal.people.models import Unit


class PairForm(forms.Form):
    """Which association and which unit."""

    use_required_attribute = False

    def __init__(
        self, associations: QuerySet[Association], units: QuerySet[Unit], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["association"] = association_field(associations)
        self.fields["unit"] = forms.ModelChoiceField(
            units,
            label=_("Unit"),
            empty_label=_("Choose"),
            error_messages={"required": _("Choose the unit.")},
        )


class LevelField(forms.ModelChoiceField):
    """The levels in use, each with what it means."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}: {obj.description}" if obj.description else obj.name


class EntryForm(GuardedForm):
    """What happened on a day, at which level and in which role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = day_field(_("Day"))
        self.fields["on"].initial = timezone.localdate()
        self.fields["kind"] = forms.ChoiceField(
            label=_("What it was"),
            choices=[("", _("Choose")), *CooperationEntry.Kind.choices],
            error_messages={"required": _("Choose what it was.")},
        )
        self.fields["level"] = LevelField(
            Level.objects.active(),
            label=_("Level"),
            empty_label=None,
            widget=forms.RadioSelect,
            help_text=_("No level is better than another. An open dialogue has its own worth."),
            error_messages={"required": _("Choose a level.")},
        )
        self.fields["role"] = forms.ChoiceField(
            label=_("The association's role"),
            choices=[("", _("No role in particular")), *CivilRole.choices],
            required=False,
        )
        self.fields["text"] = long_text(
            _("What was said or agreed"),
            limit=4000,
            help_text=_(
                "Both sides read it. It cannot be changed afterwards, so write nothing of single persons."
            ),
            error_messages={"required": _("Write what was said or agreed.")},
        )
        self.add_way_past()

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(_("Write down what has happened: the day cannot lie ahead."), code="ahead")
        if day.year < 1990:
            raise ValidationError(_("Check the year."), code="too_early")
        return day
