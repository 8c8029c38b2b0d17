"""Old papers of a library go by their rule: never one that counts, and never one that is kept elsewhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.associations import library_retention
from grants.associations.library import NewPaper, add_paper, hand_in
from grants.models import Association, Attachment, Membership, Paper, PromisedPaper, Reminder
from grants.reminders import remind
from portal.documents.models import StoredFile
from portal.people.models import AuditEvent, Role, User
from portal.registry import retention
from portal.registry.models import Destruction, DestructionState, Record, RetentionRule
from tests.factories import (
    PDF,
    ApplicationFactory,
    AssociationFactory,
    paper_type,
    person_of,
    sent_application,
    staff,
)

pytestmark = [pytest.mark.django_db, pytest.mark.rule(17)]


def at(year: int, month: int = 6, day: int = 1) -> datetime:
    return timezone.make_aware(datetime(year, month, day, 3))  # noqa: DTZ001  # made aware


#: The rule counts two whole calendar years: what no longer counted in 2037 goes from January 2040.
NOW = at(2040, 1, 20)


@pytest.fixture(autouse=True)
def rule() -> RetentionRule:
    made = RetentionRule.objects.create(what=library_retention.CODE, years=2, valid_from=date(2000, 1, 1))
    RetentionRule.objects.filter(pk=made.pk).update(changed_at=at(2030))
    return made


@pytest.fixture
def association() -> Association:
    return AssociationFactory.create()


@pytest.fixture
def person(association: Association) -> User:
    return person_of(association)


def statutes(association: Association, by: User, when: datetime, words: bytes) -> Paper:
    """Statutes put in the library at a time."""
    stored = StoredFile.objects.keep(PDF + words, "application/pdf")
    with time_machine.travel(when, tick=False):
        return add_paper(association, NewPaper(paper_type("stadgar"), "stadgar.pdf", stored), by)


@pytest.fixture
def versions(association: Association, person: User) -> list[Paper]:
    """Three versions: the first two were replaced in 2036 and 2037, the third counts."""
    return [statutes(association, person, at(year), str(year).encode()) for year in (2030, 2036, 2037)]


def run(now: datetime = NOW) -> int:
    return retention.run_own(now)[library_retention.CODE]


def warn(when: datetime = NOW - timedelta(days=31)) -> int:
    return remind(when)


def left(association: Association) -> list[int]:
    return list(
        Paper.objects.filter(association=association).order_by("version").values_list("version", flat=True)
    )


def test_replaced_versions_go_with_their_bytes_after_a_mail_and_the_one_that_counts_stays(
    association: Association, versions: list[Paper], django_capture_on_commit_callbacks: Any
) -> None:
    assert run() == 0, "nobody was told"
    assert warn() == 1
    mail = Email.objects.get()
    assert association.name in mail.subject
    names = [str(paper.stored_file.file.name) for paper in versions]
    storage = versions[0].stored_file.file.storage
    assert run(NOW - timedelta(days=5)) == 0, "told too lately"
    for _time in range(3):  # a version waits for those that it replaced
        with django_capture_on_commit_callbacks(execute=True):
            run()
    assert left(association) == [3]
    assert [storage.exists(name) for name in names] == [False, False, True]
    assert run() == 0
    assert warn(NOW) == 0, "once a year"


def test_a_paper_that_was_replaced_lately_stays(association: Association, person: User) -> None:
    statutes(association, person, at(2020), b"1")
    statutes(association, person, at(2038), b"2")
    assert warn() == 0
    assert run() == 0


def test_nothing_goes_by_a_rule_that_is_new_or_held_back(
    versions: list[Paper], rule: RetentionRule, association: Association
) -> None:
    warn()
    RetentionRule.objects.filter(pk=rule.pk).update(changed_at=NOW - timedelta(days=10))
    assert run() == 0
    RetentionRule.objects.filter(pk=rule.pk).update(changed_at=at(2030), is_paused=True)
    assert library_retention.CODE not in retention.run_own(NOW)
    assert warn(NOW + timedelta(days=400)) == 0
    assert left(association) == [1, 2, 3]


def test_where_nobody_is_left_to_be_told_they_go_all_the_same(
    association: Association, versions: list[Paper]
) -> None:
    Membership.objects.all().delete()
    assert warn() == 0
    assert run() == 1


def test_a_draft_keeps_its_papers(association: Association, person: User, versions: list[Paper]) -> None:
    draft = ApplicationFactory.create(association=association, created_by=person)
    Attachment.objects.create(application=draft, paper=versions[0], added_by=person)
    warn()
    assert run() == 0


@pytest.mark.parametrize("late", [False, True])
def test_what_came_with_an_application_stays_until_its_record_is_destroyed(
    association: Association, person: User, rule: RetentionRule, late: bool
) -> None:
    application = sent_application(association=association, created_by=person)
    paper = Paper.objects.get(association=association)
    statutes(association, person, at(2037), b"newer")
    if late:
        Attachment.objects.filter(application=application).delete()
        PromisedPaper.objects.create(
            application=application,
            type=paper.type,
            due_on=date(2027, 1, 1),
            promised_by=person,
            paper=paper,
            came_at=at(2027),
        )
    assert warn() == 0
    assert (run(), library_retention.due(rule, NOW)) == (0, 0)
    for record in Record.objects.filter(case=application.case, kind=Record.Kind.APPLICATION):
        Destruction.objects.create(
            record=record,
            case=application.received_case,
            rule=rule,
            ordered_by=staff(Role.REGISTRAR),
            state=DestructionState.DONE,
            done_at=at(2039),
        )
    assert warn() == 1
    assert library_retention.due(rule, NOW) == 1
    assert run() == 1
    assert not Paper.objects.filter(pk=paper.pk).exists()


def test_the_registrar_sees_and_the_trail_tells_only_what_the_city_received(
    association: Association, person: User, versions: list[Paper], rule: RetentionRule
) -> None:
    with time_machine.travel(at(2036, 2), tick=False):
        hand_in(versions[0].pk, person)
    own = AssociationFactory.create()
    for year in (2030, 2036):
        statutes(own, person_of(own), at(year), f"own {year}".encode())
    assert library_retention.due(rule, NOW) == 1
    warn()
    assert run() == 2
    told = AuditEvent.objects.get(kind=AuditEvent.Kind.DESTROYED)
    assert told.detail == f"{library_retention.CODE}: 1, till 2037-12-31"


def test_bytes_that_another_row_holds_stay(
    association: Association, versions: list[Paper], django_capture_on_commit_callbacks: Any
) -> None:
    stored = versions[0].stored_file
    case = sent_application().received_case
    case.register(Record.Kind.APPENDIX, "Samma fil", files=[(stored, "stadgar.pdf")])
    warn()
    with django_capture_on_commit_callbacks(execute=True):
        assert run() == 1
    assert StoredFile.objects.filter(pk=stored.pk).exists()
    assert stored.file.storage.exists(str(stored.file.name))
    assert Reminder.objects.filter(kind=library_retention.KIND).count() == 1


def test_the_library_says_which_papers_go_soon(
    association: Association, person: User, versions: list[Paper], client: Client
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    words = "Counts no longer and is deleted soon"

    def told(now: datetime) -> int:
        with time_machine.travel(now, tick=False):
            client.force_login(person)
            return client.get(reverse("grants:papers", args=[association.pk])).content.decode().count(words)

    assert told(at(2038)) == 0, "the first has not been out of use for two calendar years"
    assert told(NOW - timedelta(days=31)) == 1
    assert library_retention.leaving(association, NOW) == {versions[0].pk}
    assert library_retention.leaving(AssociationFactory.create(), NOW) == set()
