"""The forms about ideas: leaving one, words in its thread, another day or owner, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from grants.forms.dialogue import long_text
from grants.forms.guarded import GuardedForm
from grants.forms.officer import day_field
from grants.models import Association, Call
from iop import owners
from iop.models import Area, Idea, TargetGroup
from portal.people.models import Unit
from portal.registry.models import Authority


def groups_field(*, required: bool = False) -> forms.ModelMultipleChoiceField:
    """The target groups in use, as boxes to tick."""
    return forms.ModelMultipleChoiceField(
        TargetGroup.objects.active(),
        label=_("Whom it is about"),
        required=required,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one group.")},
    )


def area_field(*, required: bool = False, empty: str = "") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Area.objects.active(),
        label=_("Area"),
        required=required,
        empty_label=empty or _("We do not know"),
        error_messages={"required": _("Choose an area.")},
    )


def association_field(own: QuerySet[Association]) -> forms.ModelChoiceField:
    """For which of the person's associations; chosen already when there is only one."""
    field = forms.ModelChoiceField(
        own,
        label=_("Association"),
        empty_label=None,
        error_messages={
            "required": _("Choose the association."),
            "invalid_choice": _("Choose one of yours."),
        },
    )
    if len(own[:2]) == 1:
        field.widget = forms.HiddenInput()
        field.initial = own[0].pk
    return field


class IdeaForm(GuardedForm):
    """A title is enough."""

    def __init__(
        self, own: QuerySet[Association], authorities: Sequence[Authority], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["association"] = association_field(own)
        self.fields["title"] = forms.CharField(
            label=_("Your idea in a few words"),
            max_length=150,
            error_messages={"required": _("Write a few words, for example “A café for young parents”.")},
        )
        self.fields["text"] = long_text(
            _("Tell us more"),
            rows=6,
            limit=4000,
            required=False,
            help_text=_("Unfinished is fine. Who is it for, and what do you see is missing?"),
        )
        self.fields["area"] = area_field()
        self.fields["target_groups"] = groups_field()
        if len(authorities) > 1:
            self.fields["authority"] = forms.ModelChoiceField(
                Authority.objects.filter(pk__in=[one.pk for one in authorities]),
                label=_("Committee"),
                empty_label=None,
            )
        self.add_way_past()


class WordsForm(GuardedForm):
    """Words in the thread; an officer says whether the association reads them."""

    def __init__(self, *args: Any, is_officer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"] = long_text(
            _("Write to the association") if is_officer else _("Write more about the idea"),
            rows=4,
            limit=4000,
            error_messages={"required": _("Write something first.")},
        )
        if is_officer:
            self.fields["is_internal"] = forms.BooleanField(
                label=_("Only a note among officers; the association does not read it"), required=False
            )
        self.add_way_past()


class DayForm(GuardedForm):
    """Another day, with words that the association reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"] = day_field(_("New day to follow up"), _("At most 90 days ahead."))
        self.fields["words"] = long_text(
            _("Why it takes longer, as the association reads it"),
            rows=3,
            limit=2000,
            error_messages={"required": _("Write to the association why it takes longer.")},
        )
        self.add_way_past()


class OwnerForm(GuardedForm):
    """Who holds the idea from now on."""

    def __init__(self, idea: Idea, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ModelChoiceField(
            owners.able(idea.association, idea.case).exclude(pk=idea.owner_id),
            label=_("Who holds the idea from now on"),
            empty_label=_("Choose"),
            error_messages={
                "required": _("Choose who takes over."),
                "invalid_choice": _("They cannot hold this idea. Choose somebody else."),
            },
        )
        self.fields["words"] = long_text(
            _("Words to the association"),
            rows=3,
            limit=2000,
            required=False,
            help_text=_("The association is told who its new contact is."),
        )
        self.add_way_past()


#: What each outcome needs besides the answer: field → what is said when it is missing.
def _needed(outcome: str) -> dict[str, str]:
    return {
        Idea.Outcome.DIALOGUE: {"unit": _("Choose the unit that goes on talking with the association.")},
        Idea.Outcome.IOP: {
            "unit": _("Choose the unit that is the association's partner."),
            "area": _("Choose the area that the partnership belongs to."),
        },
        Idea.Outcome.REFERRAL: {"referred_to": _("Write to whom the association should turn.")},
        Idea.Outcome.NO: {"what_else": _("A no also says what else might fit. Write it.")},
    }.get(Idea.Outcome(outcome), {})


class AnswerForm(GuardedForm):
    """How the idea ends, and where it goes on; what each way needs is asked for in words.

    Whoever has not declared yet that they have no conflict of interest does so here (kommunallagen 7:4).
    """

    def __init__(self, idea: Idea, *args: Any, is_declared: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_declared:
            self.fields["declared"] = forms.BooleanField(
                label=_("I have no conflict of interest in this case"),
                error_messages={
                    "required": _("Tick the box if you have none. Else declare it on the idea’s page.")
                },
            )
        self.fields["outcome"] = forms.ChoiceField(
            label=_("How do we go on?"),
            choices=Idea.Outcome.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose how we go on.")},
        )
        self.fields["answer"] = long_text(
            _("Our answer to the association"),
            rows=6,
            limit=4000,
            help_text=_("Say why, and what happens next. The association reads it as you write it."),
            error_messages={"required": _("Write an answer: an idea never ends without words.")},
        )
        self.fields["what_else"] = long_text(
            _("What else might fit"),
            rows=3,
            limit=2000,
            required=False,
            help_text=_("Needed with a no: another way, another time, somebody else to ask."),
        )
        self.fields["unit"] = forms.ModelChoiceField(
            Unit.objects.filter(is_active=True),
            label=_("Unit"),
            required=False,
            empty_label=_("None"),
            help_text=_("Needed when you go on talking, and for a partnership."),
        )
        self.fields["area"] = area_field(empty=_("Choose"))
        self.fields["area"].initial = idea.area_id
        self.fields["area"].help_text = _("Needed for a partnership.")
        self.fields["call"] = forms.ModelChoiceField(
            Call.objects.open(),
            label=_("Call to apply in"),
            required=False,
            empty_label=_("None; the association finds its way by the questions"),
            help_text=_("For a grant, when a call is open."),
        )
        self.fields["referred_to"] = forms.CharField(
            label=_("To whom"),
            max_length=200,
            required=False,
            help_text=_("Needed with a referral. A role or an organisation, never a name."),
        )
        self.add_way_past()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, text in _needed(cleaned["outcome"]).items() if cleaned.get("outcome") else ():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(text, code="required"))
        return cleaned
