"""What the officers' tests build: officers, declarations, finished assessments, and many rows at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import assessing
from assessments.assessing import Written
from assessments.models import Assessment, Criterion
from grants.models import Application, Association, Call, GrantType, Terms, TermsStage, YearAmount
from grants.received import searching
from grants.states import State
from portal.people.models import Role, User
from portal.registry.models import Case, declare
from tests.factories import CallFactory, organisation_number, sent_application, staff


def address(name: str, application: Application) -> str:
    """One of the application's pages for officers."""
    return reverse(f"assessments:{name}", args=[application.pk])


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def officer(**fields: Any) -> User:
    """A case officer."""
    return staff(Role.CASE_OFFICER, **fields)


def opened_by(*officers: User, **fields: Any) -> Application:
    """A sent application in which each officer has declared no conflict of interest."""
    application = sent_application(**fields)
    for person in officers:
        declare(application.received_case, person, has_conflict=False)
    return application


def written(**changes: Any) -> Written:
    """A finished assessment that proposes 80 000 kr of the 100 000 kr sought for 2027."""
    full = Written(
        levels=dict.fromkeys(Criterion.values, "god"),
        texts={code: f"Bedömning av {code}." for code in Criterion.values},
        grant_type=GrantType.VERKSAMHETSBIDRAG,
        amounts={2027: 80_000},
        conditions="",
        previous_amount=70_000,
        reason="Verksamheten når många.",
        short_reason="Samma nivå som i fjol",
        reasons={code: f"Skäl för {code}." for code in Criterion.values},
        could_change="Beskriv samarbetet med skolan.",
        talk_to="Utvecklingsledare, utveckling@example.org",
        risks="Ett stort statsbidrag är inte beslutat.",
        equal_treatment="Två liknande föreningar får lika stor del.",
        alternatives="Ett lägre belopp har prövats.",
        reports={2027: date(2028, 3, 31)},
    )
    return replace(full, **changes)


def assessed_by(person: User, application: Application, **changes: Any) -> Assessment:
    """The application's assessment, written and marked ready."""
    assessment = assessing.begin(application, person)
    saved = assessing.save(assessment, written(**changes), assessment.version, person)
    assessing.mark_ready(saved, person)
    application.refresh_from_db()
    return saved


def posted(assessment: Assessment, **changes: Any) -> dict[str, Any]:
    """The desk's form as a browser posts it."""
    full = written()
    return {
        "version": assessment.version,
        **{f"level_{code}": full.levels[code] for code in Criterion.values},
        **{f"text_{code}": full.texts[code] for code in Criterion.values},
        **{f"reason_{code}": full.reasons[code] for code in Criterion.values},
        **{name: getattr(full, name) for name in assessing.TEXTS},
        "amount_2027": "80 000",
        "report_2027": "2028-03-31",
        "grant_type": full.grant_type,
        "conditions": full.conditions,
        "previous_amount": "70 000",
    } | changes


def many_received(count: int, call: Call | None = None) -> Call:
    """Many received applications, each by an association of its own, in few statements."""
    call = call or CallFactory.create()
    author = officer()
    first = Association.objects.count() + 1000
    associations = Association.objects.bulk_create(
        Association(name=f"Förening {n}", organisation_number=organisation_number(first + n), email="a@b.se")
        for n in range(count)
    )
    numbers = range(first, first + count)
    cases = Case.objects.bulk_create(
        Case(
            authority=call.authority,
            year=2026,
            number=number,
            registry_number=f"{number:05d}/2026",
            public_title="Ansökan",
        )
        for number in numbers
    )
    applications = Application.objects.bulk_create(
        Application(
            call=call,
            association=association,
            title="Mötesplats",
            state=State.SUBMITTED,
            child_share=10,
            case=case,
            created_by=author,
            submitted_at=timezone.now() - timedelta(minutes=number),
        )
        for number, association, case in zip(numbers, associations, cases, strict=True)
    )
    terms = Terms.objects.bulk_create(
        Terms(application=application, stage=TermsStage.APPLIED, grant_type=call.grant_type)
        for application in applications
    )
    YearAmount.objects.bulk_create(YearAmount(terms=row, year=2027, amount=100_000) for row in terms)
    searching.index(application.pk for application in applications)
    return call
