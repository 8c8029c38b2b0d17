"""Rounds for the tests of distribution: assessed applications, and the board's rows as browsers post them."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from assessments.models import Scenario
from grants.models import Application, Call, Frame, Terms, TermsStage
from portal.people.models import User
from tests.assessments.building import assessed_by, opened_by, signed_in
from tests.factories import AssociationFactory, CallFactory, CommitteeFactory

YEARS = (2027, 2028, 2029)


def assessed_round(
    person: User, *amounts: int, sought: int = 100_000, years: tuple[int, ...] = (2027,)
) -> tuple[Call, list[Application]]:
    """A round whose applications seek and are proposed these sums each year; 0 is a rejection."""
    CommitteeFactory.create()
    call: Call = CallFactory.create()
    applications = []
    for number, amount in enumerate(amounts, start=1):
        association = AssociationFactory.create(name=f"Förening {number}")
        application = opened_by(person, call=call, association=association)
        seek(application, dict.fromkeys(years, sought))
        proposal = dict.fromkeys(years, amount) if amount else {}
        assessed_by(person, application, amounts=proposal)
        applications.append(application)
    return call, applications


def seek(application: Application, amounts: dict[int, int]) -> None:
    Terms.objects.get(application=application, stage=TermsStage.APPLIED).set_amounts(amounts)


def proposed(application: Application) -> dict[int, int]:
    """Year → whole kronor as saved."""
    return Terms.objects.get(application=application, stage=TermsStage.PROPOSED).amounts


def frame_of(year: int, amount: int, **fields: Any) -> None:
    Frame.objects.update_or_create(
        authority=Call.objects.all()[0].authority,
        year=year,
        defaults={"amount": amount, **fields},
    )


def row(wanted: dict[int, Any], seen: dict[int, int]) -> dict[str, Any]:
    """A row's form as it is posted."""
    return {f"amount_{year}": text for year, text in wanted.items()} | {
        f"seen_{year}": amount for year, amount in seen.items()
    }


def post_row(
    client: Client | User,
    application: Application,
    data: dict[str, Any],
    scenario: Scenario | None = None,
    **more: Any,
) -> Any:
    """Post a row by its Save button; `headers={"HX-Request": "true"}` as the row itself does."""
    client = client if isinstance(client, Client) else signed_in(client)
    args = [application.call_id, application.pk]
    name = "assessments:amounts"
    if scenario is not None:
        name, args = "assessments:scenario-amounts", [application.call_id, scenario.pk, application.pk]
    return client.post(reverse(name, args=args), data, **more)
