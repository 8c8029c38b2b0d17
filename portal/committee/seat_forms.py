"""What the secretary writes about seats: whose, which post, from when and until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.committee.models import Committee, Presidium, Seat, SeatKind
from portal.committee.seats import SeatFacts, facts_of, seat_mark

#: Parties are printed by their letters, as in "Ledamot 1 (A)".
PARTY_LENGTH = 20


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class SeatForm(forms.Form):
    """A seat's post, party and turn, and from which day they hold."""

    use_required_attribute = False

    def __init__(self, data: Any = None, seat: Seat | None = None) -> None:
        super().__init__(data)
        facts = facts_of(seat) if seat else SeatFacts(SeatKind.MEMBER, "")
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind of seat"), choices=SeatKind.choices, initial=facts.kind, widget=forms.RadioSelect
        )
        self.fields["party"] = forms.CharField(
            label=pgettext("politics", "Party"),
            help_text=_("As the minutes print it, for example A."),
            initial=facts.party,
            max_length=PARTY_LENGTH,
        )
        self.fields["presidium"] = forms.ChoiceField(
            label=_("Presidium"),
            choices=[("", _("No post")), *Presidium.choices],
            initial=facts.presidium,
            required=False,
        )
        self.fields["order"] = forms.IntegerField(
            label=_("Order"),
            help_text=_("Among members in the minutes; among substitutes the turn in which they step in."),
            initial=facts.order,
            min_value=0,
            max_value=999,
        )
        self.fields["first_day"] = day_field(_("From"), initial=timezone.localdate())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("presidium") and data.get("kind") == SeatKind.SUBSTITUTE:
            self.add_error("presidium", _("Only a member can hold a post in the presidium."))
        return data

    @property
    def facts(self) -> SeatFacts:
        """What was written; only for a valid form."""
        written = self.cleaned_data
        return SeatFacts(written["kind"], written["party"].strip(), written["presidium"], written["order"])


class NewSeatForm(SeatForm):
    """Somebody's first seat: also who they are."""

    field_order = ["committee", "name", "email"]

    def __init__(self, committees: QuerySet[Committee], data: Any = None) -> None:
        super().__init__(data)
        found = list(committees.select_related("authority"))
        self.only = found[0] if len(found) == 1 else None
        if self.only is None:
            self.fields["committee"] = forms.ModelChoiceField(
                committees.select_related("authority"), label=_("Committee")
            )
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=150)
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address"), help_text=_("The person signs in with it and gets the summons there.")
        )
        self.order_fields(self.field_order)

    @property
    def committee(self) -> Committee:
        """Whose seat; only for a valid form."""
        chosen: Committee = self.only or self.cleaned_data["committee"]
        return chosen


class ChangeSeatForm(SeatForm):
    """Another post, party or turn; `seen` is the seat as the page showed it."""

    def __init__(self, seat: Seat, data: Any = None) -> None:
        super().__init__(data, seat)
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=seat_mark(seat))


class EndSeatForm(forms.Form):
    """The last day of a seat."""

    use_required_attribute = False

    def __init__(self, seat: Seat, data: Any = None) -> None:
        super().__init__(data)
        self.fields["last_day"] = day_field(
            _("Last day"), help_text=_("The person reads the committee's papers to the end of that day.")
        )
        self.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput(attrs={"id": "id_seen_end"}), initial=seat_mark(seat)
        )
