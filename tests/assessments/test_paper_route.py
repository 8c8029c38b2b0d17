"""An application on paper: entered in one act, as sent, once, with its scan as the record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.models import Application, Association, Call, Lateness, Membership, Route
from grants.received.paper_route import OnPaper, enter
from portal.documents.models import StoredFile
from portal.people.models import User
from portal.registry.models import Case, Event, Record
from tests.assessments.building import address, officer, signed_in
from tests.factories import PDF, AssociationFactory, CallFactory, organisation_number, person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return officer(display_name="Handläggare 1")


def fields(call: Call, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "organisation_number": organisation_number(900),
        "name": "Pappersföreningen",
        "legal_form": "ideell_forening",
        "street": "Storgatan 1",
        "postcode": "25220",
        "city": "Helsingborg",
        "title": "Öppet hus",
        f"amount_{call.first_year}": "50 000",
        "child_share": "",
        "arrived_on": timezone.localdate().isoformat(),
        "arrived_by": "post",
        "scan": SimpleUploadedFile("ansökan.pdf", PDF),
    } | changes


def post(person: User, call: Call, **changes: Any) -> Any:
    return signed_in(person).post(reverse("assessments:paper-entry", args=[call.pk]), fields(call, **changes))


def on_paper(call: Call, association: Association, **changes: Any) -> OnPaper:
    full: dict[str, Any] = {
        "key": uuid4(),
        "call": call,
        "association": association,
        "title": "Öppet hus",
        "amounts": {call.first_year: 50_000},
        "child_share": None,
        "arrived_on": timezone.localdate(),
        "arrived_by": "desk",
        "scan": StoredFile.objects.keep(PDF, "application/pdf"),
        "filename": "ansökan.pdf",
    }
    return OnPaper(**full | changes)


def test_it_is_sent_at_once_with_case_record_scan_and_receipt(person: User) -> None:
    call = CallFactory.create()
    answer = post(person, call)
    application = Application.objects.get()
    assert answer.headers["Location"] == address("application", application)
    assert (application.state, application.route, application.entered_by) == (
        "submitted",
        Route.PAPER,
        person,
    )
    assert (application.submitted_by, application.lateness) == (None, Lateness.IN_TIME)
    assert application.applied is not None
    assert application.applied.amounts == {2027: 50_000}
    record = Record.objects.get(kind=Record.Kind.APPLICATION)
    assert [file.filename for file in record.files.all()] == ["ansökan.pdf"]
    assert record.content_sha256 == Record.checksum(record.content)
    receipt = Record.objects.get(kind=Record.Kind.RECEIPT).document
    assert receipt is not None
    assert "På papper" in receipt.html
    kinds = list(application.received_case.events.values_list("kind", flat=True))
    assert Event.Kind.ENTERED in kinds
    assert Event.Kind.SUBMITTED not in kinds


def test_the_association_then_exists_without_people(person: User) -> None:
    post(person, CallFactory.create())
    association = Association.objects.get()
    assert (association.name, association.postcode) == ("Pappersföreningen", "252 20")
    assert not Membership.objects.exists()
    assert not Email.objects.exists()


def test_a_registered_association_is_used_and_told(person: User) -> None:
    association = AssociationFactory.create()
    call = CallFactory.create()
    answer = post(
        person,
        call,
        organisation_number=association.organisation_number,
        **dict.fromkeys(("name", "street", "postcode", "city"), ""),
    )
    assert answer.status_code == 302
    application = Application.objects.get()
    assert application.association == association
    assert Email.objects.get().to == [association.email]
    assert list(Application.objects.visible_to(person_of(association))) == [application]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"organisation_number": "802002-8712"}, "organisation_number"),
        ({"organisation_number": "640823-3234"}, "organisation_number"),
        ({"name": ""}, "name"),
        ({"street": ""}, "street"),
        ({"postcode": "2522"}, "postcode"),
        ({"title": ""}, "title"),
        ({"title": "För 19640823-3234"}, "title"),
        ({"amount_2027": ""}, "amount_2027"),
        ({"amount_2027": "mycket"}, "amount_2027"),
        ({"arrived_on": ""}, "arrived_on"),
        ({"arrived_on": "2999-01-01"}, "arrived_on"),
        ({"arrived_on": "2001-01-01"}, "arrived_on"),
        ({"arrived_by": "duva"}, "arrived_by"),
        ({"scan": ""}, "scan"),
        ({"scan": SimpleUploadedFile("a.pdf", b"ingen pdf")}, "scan"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_saved(person: User, changes: Any, wrong: str) -> None:
    call = CallFactory.create()
    answer = post(person, call, **changes)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert "Öppet hus" in answer.content.decode() or "title" in changes
    assert not Application.objects.exists()
    assert not Association.objects.exists()
    assert not Case.objects.exists()


def test_a_good_scan_is_kept_while_something_else_is_corrected(person: User) -> None:
    call = CallFactory.create()
    kept = post(person, call, title="").context["form"]["kept_scan"].value()
    colleague = officer()
    assert post(colleague, call, scan="", kept_scan=kept).status_code == 422
    assert post(person, call, scan="", kept_scan=kept + "x").status_code == 422
    assert post(person, call, scan="", kept_scan=kept).status_code == 302


def test_pressed_twice_it_is_one_case(person: User) -> None:
    call = CallFactory.create()
    key = str(uuid4())
    first, second = post(person, call, key=key), post(person, call, key=key)
    assert first.headers["Location"] == second.headers["Location"]
    assert (Application.objects.count(), Case.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_one_case() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets writers in one at a time")
    person = officer()
    call = CallFactory.create()
    paper = on_paper(call, AssociationFactory.create())
    barrier = Barrier(4)

    def press(_number: int) -> int:
        barrier.wait(timeout=10)
        try:
            return enter(paper, person).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as presses:
        entered = set(presses.map(press, range(4)))
    assert len(entered) == 1
    assert Case.objects.count() == 1


def test_the_day_it_arrived_decides_whether_it_is_late(person: User) -> None:
    closed = CallFactory.create(
        opens_at=timezone.make_aware(timezone.datetime(2026, 4, 1, 8)),  # type: ignore[attr-defined]
        closes_at=timezone.make_aware(timezone.datetime(2026, 6, 1)),  # type: ignore[attr-defined]
    )
    with time_machine.travel("2026-06-10T10:00:00Z"):
        in_time = enter(on_paper(closed, AssociationFactory.create(), arrived_on=date(2026, 5, 31)), person)
        late = enter(on_paper(closed, AssociationFactory.create(), arrived_on=date(2026, 6, 1)), person)
    assert (in_time.lateness, late.lateness) == (Lateness.IN_TIME, Lateness.WAITING)
    assert timezone.localdate(in_time.submitted_at) == date(2026, 5, 31)
    assert late.received_case.events.filter(kind=Event.Kind.CAME_LATE).exists()
    assert not in_time.received_case.events.filter(kind=Event.Kind.CAME_LATE).exists()


def test_a_call_can_be_chosen_after_it_has_closed_but_not_before_it_opens(person: User) -> None:
    closed = CallFactory.create(title="Stängd", closes_at=timezone.now() - timedelta(days=1))
    planned = CallFactory.create(
        title="Planerad", opens_at=timezone.now() + timedelta(days=1), closes_at=None
    )
    page = signed_in(person).get(reverse("assessments:paper")).content.decode()
    assert "Stängd" in page
    assert "Planerad" not in page
    assert post(person, closed).status_code == 302
    assert post(person, planned).status_code == 404


def test_it_is_marked_in_the_queue_and_on_the_case(person: User) -> None:
    from portal.registry.models import declare

    application = enter(on_paper(CallFactory.create(), AssociationFactory.create()), person)
    client = signed_in(person)
    [row] = client.get(reverse("assessments:queue")).context["rows"]
    assert row["on_paper"]
    declare(application.received_case, person, has_conflict=False)
    page = client.get(address("application", application)).content.decode()
    assert "ansökan.pdf" in page
    receipt = application.received_case.records.get(kind=Record.Kind.RECEIPT)
    assert reverse("registry:record-document", args=[receipt.pk]) in page
    assert "Handläggare 1" in page


def test_entering_freezes_the_calls_form(person: User) -> None:
    call = CallFactory.create()
    enter(on_paper(call, AssociationFactory.create()), person)
    call.refresh_from_db()
    assert call.frozen_at is not None
