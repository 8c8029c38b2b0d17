"""The forms about needs: writing one, closing it, an association's answer, the unit's reply."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from grants.forms.dialogue import long_text
from grants.forms.guarded import GuardedForm
from grants.models import Association
from iop.ideas_forms import area_field, association_field, groups_field
from iop.meanwhile import SeenForm
from iop.models import CivilRole
from portal.people.models import Unit


class NeedForm(GuardedForm, SeenForm):
    """A need as residents meet it, and what the unit itself can put in."""

    def __init__(self, units: QuerySet[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ModelChoiceField(
            units,
            label=_("Unit"),
            empty_label=None if len(units[:2]) == 1 else _("Choose"),
            error_messages={
                "required": _("Choose the unit."),
                "invalid_choice": _("Choose one of your units."),
            },
        )
        self.fields["title"] = forms.CharField(
            label=_("What is missing, in a few words"),
            max_length=150,
            error_messages={"required": _("Write in a few words what is missing.")},
        )
        self.fields["text"] = long_text(
            _("What is missing, as residents meet it"),
            limit=4000,
            help_text=_("Describe the need, not a service to order. Say nothing about single persons."),
            error_messages={"required": _("Write what is missing, as residents meet it.")},
        )
        self.fields["contributes"] = long_text(
            _("What the unit can contribute"),
            rows=3,
            limit=2000,
            required=False,
            help_text=_("For example premises, competence, time, or contact with those it is about."),
        )
        self.fields["area"] = area_field(required=True, empty=_("Choose"))
        self.fields["target_groups"] = groups_field(required=True)
        self.add_way_past()


class CloseForm(GuardedForm):
    """How it went, for those who answered and all who read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"] = long_text(
            _("How it went"),
            limit=2000,
            help_text=_("Everyone reads it, those who answered too."),
            error_messages={"required": _("Write how it went: those who answered read it.")},
        )
        self.add_way_past()


class NeedAnswerForm(GuardedForm):
    """In which role the association could do something, and what."""

    def __init__(self, own: QuerySet[Association], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["association"] = association_field(own)
        self.fields["role"] = forms.ChoiceField(
            label=_("Your role"),
            choices=CivilRole.choices,
            widget=forms.RadioSelect,
            help_text=_(
                "A voice speaks for those it is about, a performer does, an innovator tries new ways."
            ),
            error_messages={"required": _("Choose a role.")},
        )
        self.fields["text"] = long_text(
            _("What you could do"),
            limit=4000,
            error_messages={"required": _("Write what you could do. A few lines are enough.")},
        )
        self.add_way_past()


class ReplyForm(GuardedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reply"] = long_text(
            _("The unit's reply"),
            limit=4000,
            help_text=_("Say what you think, and what you suggest as the next step."),
            error_messages={"required": _("Write a reply.")},
        )
        self.add_way_past()
