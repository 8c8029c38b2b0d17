"""How officers find associations: search and worklists, kept in the address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from grants.models import Association, ContactNote, ContactOfficer, Eligibility, Paper, PaymentAccount
from portal.people import rules
from portal.people.front_page import Waiting


class AssociationQueries:
    """What the list asks of each association, as subqueries: none of them adds a query a row."""

    @staticmethod
    def account_waits() -> Exists:
        return Exists(PaymentAccount.objects.waiting().filter(association=OuterRef("pk")))

    @staticmethod
    def paper_waits() -> Exists:
        """A current paper that its manager handed in and nobody has looked at."""
        handed_in = Paper.objects.current().filter(handed_in_at__isnull=False, review=Paper.Review.NONE)
        return Exists(handed_in.filter(association=OuterRef("pk")))

    @staticmethod
    def eligible_until() -> Subquery:
        """The last day of the latest period."""
        periods = Eligibility.objects.filter(association=OuterRef("pk")).order_by().values("association")
        return Subquery(periods.annotate(last=Max("valid_until")).values("last"))

    @staticmethod
    def contact() -> Subquery:
        held = ContactOfficer.objects.current().filter(association=OuterRef("pk"))
        return Subquery(held.values("officer__display_name")[:1])


def listed(rows: QuerySet[Association]) -> QuerySet[Association]:
    """The rows with what the list shows of each."""
    return rows.annotate(
        account_waits=AssociationQueries.account_waits(),
        paper_waits=AssociationQueries.paper_waits(),
        eligible_until=AssociationQueries.eligible_until(),
        contact=AssociationQueries.contact(),
    ).order_by("name", "pk")


def waiting(user: Any) -> Iterable[Waiting]:
    """What finance has to check, and case officers to check and to follow up, for the start page."""
    if rules.finance(user):
        yield from _accounts_to_check(user)
    if not rules.case_officer(user):
        return
    url = reverse("grants:register")
    seen = Association.objects.visible_to(user)
    accounts = seen.filter(AssociationQueries.account_waits()).count()
    papers = seen.filter(AssociationQueries.paper_waits()).count()
    notes = ContactNote.objects.visible_to(user).to_follow_up()
    notes = notes.filter(follow_up_on__lte=timezone.localdate())
    contacts = notes.values("association").distinct().count()
    if accounts:
        text = ngettext(
            "association has new account details", "associations have new account details", accounts
        )
        yield Waiting(accounts, text, f"{url}?show=check")
    if papers:
        text = ngettext(
            "association has handed in papers to review",
            "associations have handed in papers to review",
            papers,
        )
        yield Waiting(papers, text, f"{url}?show=check")
    if contacts:
        text = ngettext("association to follow up", "associations to follow up", contacts)
        yield Waiting(contacts, text, f"{url}?show=follow")


class AssociationFilter(django_filters.FilterSet):
    """Name or organisation number, and what there is to do."""

    SHOW = (
        ("mine", _("Mine")),
        ("nobody", _("Without a contact")),
        ("check", _("Account or paper to check")),
        ("number", _("Organisation number not verified")),
        ("expired", _("Status has run out or is missing")),
        ("follow", _("To follow up today or earlier")),
    )

    q = django_filters.CharFilter(label=_("Name or organisation number"), max_length=100, method="containing")
    show = django_filters.ChoiceFilter(
        label=_("Show"), choices=SHOW, empty_label=_("All associations"), method="of_list"
    )

    class Meta:
        model = Association
        fields = ["q", "show"]

    def containing(self, queryset: Any, name: str, value: str) -> Any:
        """SQLite folds only a–z, so that "öppna" would not find "Öppna dörren": ask for both."""
        wanted = Q()
        for text in {value, value.lower(), value.capitalize(), value.upper()}:
            wanted |= Q(name__icontains=text)
        digits = value.replace("-", "").replace(" ", "")
        if digits.isascii() and digits.isdecimal():
            wanted |= Q(organisation_number__contains=digits[-10:])
        return queryset.filter(wanted)

    def of_list(self, queryset: Any, name: str, value: str) -> Any:
        today = timezone.localdate()
        held = ContactOfficer.objects.current().filter(association=OuterRef("pk"))
        if value == "mine":
            return queryset.filter(Exists(held.filter(officer=self.request.user.pk)))
        if value == "nobody":
            return queryset.exclude(Exists(held))
        if value == "check":
            return queryset.filter(
                Q(AssociationQueries.account_waits()) | Q(AssociationQueries.paper_waits())
            )
        if value == "number":
            return queryset.filter(organisation_number__isnull=False, number_verified_at=None)
        if value == "expired":
            return queryset.exclude(
                Exists(Eligibility.objects.filter(association=OuterRef("pk"), valid_until__gte=today))
            )
        notes = ContactNote.objects.visible_to(self.request.user).to_follow_up()
        return queryset.filter(Exists(notes.filter(association=OuterRef("pk"), follow_up_on__lte=today)))


def _accounts_to_check(user: Any) -> Iterable[Waiting]:
    count = PaymentAccount.objects.visible_to(user).waiting().count()
    if count:
        text = ngettext("account to check", "accounts to check", count)
        yield Waiting(count, text, reverse("grants:payments"))
