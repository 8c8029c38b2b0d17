"""Applications with terms at each stage, for what is computed and written from them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils import timezone

from grants.models import Application, Association, Call, Terms
from grants.states import State
from tests.factories import ApplicationFactory, AssociationFactory

#: Year → whole kronor.
Amounts = Mapping[int, int]


def before_committee(
    call: Call, name: str, *, child_share: int = 0, number: str = "", **stages: Amounts
) -> Application:
    """An application before the committee; each of `stages` (applied=, proposed=, …) gets terms."""
    association: Association = AssociationFactory.create(
        name=name, **({"organisation_number": number} if number else {})
    )
    application: Application = ApplicationFactory.create(
        call=call,
        association=association,
        title="Öppen mötesplats",
        child_share=child_share,
        state=State.BEFORE_COMMITTEE,
        case=call.authority.open_case(public_title="Ansökan"),
        submitted_at=timezone.now(),
    )
    for stage, amounts in stages.items():
        set_terms(application, stage, amounts)
    return application


def set_terms(
    application: Application, stage: str, amounts: Amounts, *, grant_type: str = "", conditions: str = ""
) -> Terms:
    terms, _created = Terms.objects.update_or_create(
        application=application,
        stage=stage,
        defaults={"grant_type": grant_type or application.call.grant_type, "conditions": conditions},
    )
    terms.set_amounts(dict(amounts))
    return terms


def loaded(*applications: Application) -> list[Application]:
    """The same applications as the acts load them, in the order of their registry numbers."""
    found: QuerySet[Application] = Application.objects.filter(pk__in=[row.pk for row in applications])
    return list(
        found.select_related("association", "case")
        .prefetch_related("terms__year_amounts")
        .order_by("case__number")
    )
