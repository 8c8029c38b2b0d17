"""How officers narrow the queue; what is chosen stands in the address, so that it can be kept and sent."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from assessments.worklists import Worklist
from grants.calls.standard_form import options_of
from grants.models import Application, Call, GrantType, Lateness, TargetGroup
from grants.received import searching
from grants.states import SENT_STATES, State

#: No officer, as the address says it.
NOBODY = "0"


#: Name in the address → what is sorted by. Always ending in the primary key, so that pages do not overlap.
ORDERS = {
    "": ("-submitted_at", "-pk"),
    "oldest": ("submitted_at", "pk"),
    "association": ("association__name", "-submitted_at", "-pk"),
    "state": ("state", "-submitted_at", "-pk"),
}
ORDER_LABELS = [
    ("", _("Newest first")),
    ("oldest", _("Oldest first")),
    ("association", _("Association, A–Ö")),
    ("state", _("State")),
]


def calls_of_officer(request: Any) -> Any:
    """The calls an officer may choose between."""
    return Call.objects.visible_to(request.user).only("title", "opens_at")


def _start(day: date) -> datetime:
    """The moment the day begins here."""
    return timezone.make_aware(datetime.combine(day, time()))


class QueueFilter(django_filters.FilterSet):
    """A worklist, words that are searched for, and what an application is."""

    view = django_filters.ChoiceFilter(choices=Worklist.choices, method="of_worklist")
    q = django_filters.CharFilter(label=_("Search"), max_length=100, method="with_words")
    call = django_filters.ModelChoiceFilter(
        label=_("Call"), queryset=calls_of_officer, empty_label=_("All calls")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(state.value, state.label) for state in State if state in SENT_STATES],
        empty_label=_("All states"),
    )
    grant = django_filters.ChoiceFilter(
        label=_("Grant"),
        field_name="call__grant_type",
        choices=GrantType.choices,
        empty_label=_("All grants"),
    )
    group = django_filters.ChoiceFilter(
        label=_("Target group"),
        empty_label=_("All target groups"),
        method="for_group",
    )
    officer = django_filters.ChoiceFilter(
        label=_("Case officer"), empty_label=_("All officers"), method="of_officer"
    )
    late = django_filters.ChoiceFilter(
        label=_("In time or late"),
        choices=[("1", _("Late")), ("0", _("In time"))],
        empty_label=_("Both"),
        method="came_late",
    )
    since = django_filters.DateFilter(label=_("Received from"), method="received_since")
    until = django_filters.DateFilter(label=_("Received to"), method="received_until")
    sort = django_filters.ChoiceFilter(
        label=_("Order"), choices=ORDER_LABELS[1:], empty_label=_("Newest first"), method="unchanged"
    )

    class Meta:
        model = Application
        fields = ["view", "q", "call", "state", "grant", "group", "officer", "late", "since", "until", "sort"]

    def __init__(self, *args: Any, officers: list[tuple[str, str]], **kwargs: Any) -> None:
        """`officers` are the choices of the case officer: primary key as text, and name."""
        super().__init__(*args, **kwargs)
        self.filters["officer"].extra["choices"] = officers
        language = "en" if translation.get_language() == "en" else "sv"
        self.filters["group"].extra["choices"] = [
            (option["code"], option[language]) for option in options_of(searching.TARGET_GROUPS_KEY)
        ]

    def chosen(self, name: str) -> Any:
        """A value as far as it could be read; None for what was nonsense."""
        if not self.is_bound:
            return None
        self.form.is_valid()  # reads the fields, once
        return self.form.cleaned_data.get(name)

    @property
    def words(self) -> str:
        """What is searched for, if anything can be."""
        text = self.chosen("q") or ""
        return text if searching.asked_words(text) else ""

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.Meta.fields if name not in ("sort", "view"))

    @property
    def order(self) -> tuple[str, ...]:
        return ORDERS[self.chosen("sort") or ""]

    def of_worklist(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(Worklist(value).condition(self.request.user))

    def with_words(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(searching.found_by(value, self.request.user))

    def for_group(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(pk__in=TargetGroup.objects.filter(code=value).values("application"))

    def of_officer(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(officer=None if value == NOBODY else int(value))

    def came_late(self, queryset: QuerySet[Application], name: str, value: str) -> Any:
        in_time = queryset.filter(lateness=Lateness.IN_TIME)
        return in_time if value == "0" else queryset.exclude(lateness=Lateness.IN_TIME)

    def received_since(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(submitted_at__gte=_start(value))

    def received_until(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(submitted_at__lt=_start(value + timedelta(days=1)))

    def unchanged(self, queryset: Any, name: str, value: str) -> Any:
        """The order is given to the rows that are shown, not to those that are counted."""
        return queryset
