"""The public register: anyone reads it, and it reveals nothing that may be secret."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.people.models import Role
from portal.registry import entering, public_register
from portal.registry.models import Case, Event, Record, declare
from portal.registry.parties import Direction
from tests.factories import ApplicationFactory, AuthorityFactory, staff
from tests.registry.building import Kept, signed_in

pytestmark = pytest.mark.django_db


def lines(**asked: Any) -> list[tuple[str, str, str]]:
    """(registry number, from or to, brief content) of each line."""
    found = public_register.with_what_is_shown(public_register.records(**asked))
    return [(row.registry_number, row.counterpart, row.brief) for row in public_register.entries(found)]


def test_a_line_says_date_number_the_other_side_and_what_it_is(kept: Kept) -> None:
    number = kept.case.registry_number
    assert lines() == [
        (number, "Kvinnojouren Sundet", "Kvittens"),
        (number, "Kvinnojouren Sundet", "Ansökan"),
    ]
    entries = public_register.entries(public_register.with_what_is_shown(public_register.records()))
    assert [entry.direction for entry in entries] == [Direction.OUT, Direction.IN]


@pytest.mark.rule(8)
def test_protected_titles_are_neither_shown_nor_found(kept: Kept) -> None:
    case = kept.case
    case.rename(
        public_title="Ansökan om bidrag",
        protected_title="Boende på Dolda gränd",
        seen=(case.public_title, case.protected_title),
        by=kept.registrar,
    )
    for name in ("registry:register", "registry:register-cases"):
        page = Client().get(reverse(name))
        assert "Ansökan om bidrag" in page.content.decode()
        assert "Dolda" not in page.content.decode()
    assert "Dolda" not in Client().get(reverse("registry:register-case", args=[case.pk])).content.decode()
    assert lines(words="Dolda") == []
    assert list(public_register.cases("Dolda")) == []
    assert list(public_register.cases("bidrag")) == [case]


@pytest.mark.parametrize("whole_case", [True, False])
def test_what_is_marked_has_only_its_date_and_number(kept: Kept, whole_case: bool) -> None:
    application, number = kept.record("ansokan"), kept.case.registry_number
    entering.enter(application, kept.registrar, brief="Skyddat boende", counterpart="Jouren")
    assert lines(words="skyddat") == [(number, "Jouren", "Skyddat boende")]
    mark = entering.mark(
        kept.case,
        kept.registrar,
        paragraph="21 kap. 3 § OSL",
        reason="Adressen",
        record=None if whole_case else application,
    )
    receipt = (number, "", "") if whole_case else (number, "Kvinnojouren Sundet", "Kvittens")
    assert lines() == [receipt, (number, "", "")]
    assert lines(words="skyddat") == []
    assert lines(words="ansökan verksamhetsbidrag") == lines()  # the public title alone
    assert lines(kind="ansokan") == []
    entering.lift(mark.pk, kept.registrar)
    assert lines(words="skyddat") == [(number, "Jouren", "Skyddat boende")]
    assert entering.lift(mark.pk, kept.registrar) is False


def test_a_records_own_title_and_content_are_never_shown(kept: Kept) -> None:
    kept.case.register(
        Record.Kind.STATEMENT, "Yttrande: enheten för hemliga boenden", content={"a": "Hemligt"}
    )
    page = Client().get(reverse("registry:register")).content.decode()
    assert "Yttrande" in page
    assert "hemliga" not in page.lower()
    assert lines(words="hemliga") == []


def test_drafts_are_not_there(kept: Kept) -> None:
    draft = ApplicationFactory.create(title="Hemlig plan")
    page = Client().get(reverse("registry:register")).content.decode()
    page += Client().get(reverse("registry:register-cases")).content.decode()
    assert draft.association.name not in page
    assert "Hemlig plan" not in page


@pytest.mark.rule(10)
def test_a_conflict_of_interest_hides_the_case_but_not_the_public_list(kept: Kept) -> None:
    conflicted = staff(Role.REGISTRAR)
    declare(kept.case, conflicted, has_conflict=True)
    client = signed_in(conflicted)
    assert client.get(reverse("registry:case", args=[kept.case.pk])).status_code == 404
    assert kept.case.registry_number not in client.get(reverse("registry:desk")).content.decode()
    assert kept.case.registry_number in client.get(reverse("registry:register")).content.decode()


def test_the_list_takes_as_many_queries_for_one_case_as_for_sixty(kept: Kept) -> None:
    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(reverse(name), {"q": "ansökan"}).status_code == 200
        return len(captured)

    names = ("registry:register", "registry:register-cases")
    few = [queries(name) for name in names]
    authority = AuthorityFactory.create()
    cases = Case.objects.bulk_create(
        Case(
            authority=authority,
            year=2019,
            number=n,
            registry_number=f"{n:05d}/2019",
            public_title=f"Ansökan {n}",
        )
        for n in range(1, 61)
    )
    Record.objects.bulk_create(Record(case=case, kind="ansokan", title="Ansökan") for case in cases)
    assert [queries(name) for name in names] == few
    assert len(Client().get(reverse("registry:register")).context["entries"]) == 50
    second = Client().get(reverse("registry:register"), {"page": "2", "q": "ansökan"})
    assert len(second.context["entries"]) == 12


def test_a_protected_address_is_on_no_public_page_and_in_no_export(kept: Kept) -> None:
    association, officer = kept.application.association, signed_in(kept.officer)
    pages = [
        *(Client().get(reverse(name)) for name in ("home", "registry:register", "registry:register-cases")),
        Client().get(reverse("registry:register-case", args=[kept.case.pk])),
        *(officer.get(reverse("assessments:export", args=[kind])) for kind in ("csv",)),
    ]
    bodies = [page.getvalue() for page in pages]
    assert [page.status_code for page in pages] == [200] * 5
    assert association.name in bodies[4].decode()
    for secret in (association.street, association.phone, association.email):
        assert [secret in body.decode() for body in bodies] == [False] * 5


def test_what_the_registrar_does_is_an_event_that_tells_no_secret(kept: Kept) -> None:
    entering.enter(kept.record("ansokan"), kept.registrar, brief="Hemligt", counterpart="Hemlig")
    entering.mark(kept.case, kept.registrar, paragraph="21 kap. 3 § OSL", reason="Hemlig adress")
    events = Event.objects.filter(case=kept.case, actor=kept.registrar).values_list("kind", "detail")
    assert list(events) == [("entry_changed", "Ansökan"), ("secrecy_marked", "21 kap. 3 § OSL")]


def test_a_mark_belongs_to_a_record_of_its_own_case(kept: Kept) -> None:
    other = AuthorityFactory.create().open_case(public_title="Annat")
    with pytest.raises(ValueError, match="is not of case"):
        entering.mark(other, kept.registrar, paragraph="x", reason="y", record=kept.record("ansokan"))
