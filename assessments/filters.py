"""How officers narrow the queue; what is chosen stands in the address, so that it can be kept and sent."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.models import Application, Call
from grants.states import SENT_STATES, State


def calls_of_officer(request: Any) -> Any:
    """The calls an officer may choose between."""
    return Call.objects.visible_to(request.user).only("title", "opens_at")


class QueueFilter(django_filters.FilterSet):
    """Call, state, and text found in the association's name or the registry number."""

    q = django_filters.CharFilter(label=_("Association or registry number"), method="containing")
    call = django_filters.ModelChoiceFilter(
        label=_("Call"), queryset=calls_of_officer, empty_label=_("All calls")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(state.value, state.label) for state in State if state in SENT_STATES],
        empty_label=_("All states"),
    )

    class Meta:
        model = Application
        fields = ["q", "call", "state"]

    def containing(self, queryset: Any, name: str, value: str) -> Any:
        """SQLite folds only a–z, so that "öppna" would not find "Öppna dörren": ask for both."""
        wanted = Q()
        for text in {value, value.lower(), value.capitalize(), value.upper()}:
            wanted |= Q(association__name__icontains=text) | Q(case__registry_number__icontains=text)
        return queryset.filter(wanted)
