"""A closed case that gets a new record is open again, seen by the registrar, and packed whole afterwards."""

from __future__ import annotations

import tarfile
from datetime import date

import pytest
from django.urls import reverse

from grants.received import dialogue
from portal.registry import archiving, closing, disclosing, retention, tasks
from portal.registry.models import Case, Destruction, Event, Record, RetentionRule
from tests.registry.building import Kept, closed, signed_in

pytestmark = pytest.mark.django_db


def is_closed(kept: Kept) -> bool:
    return Case.objects.get(pk=kept.case.pk).closed_at is not None


def test_a_message_to_a_closed_case_opens_it_and_says_so(kept: Kept) -> None:
    case = closed(kept, 2026)
    before = Event.objects.filter(case=case).count()
    message = dialogue.write(kept.application, kept.application.created_by, "Vi har en fråga till.")
    dialogue.send(message.pk, kept.application.created_by)
    assert not is_closed(kept)
    event = Event.objects.get(case=case, kind=Event.Kind.REOPENED)
    assert (event.actor, event.detail) == (kept.application.created_by, "meddelande")
    case.register(Record.Kind.MESSAGE, "Ett till")
    assert Event.objects.filter(case=case, kind=Event.Kind.REOPENED).count() == 1
    assert Event.objects.filter(case=case).count() == before + 2


def test_one_read_before_it_was_closed_opens_too(kept: Kept) -> None:
    stale = Case.objects.get(pk=kept.case.pk)
    closed(kept, 2026)
    assert stale.closed_at is None
    stale.register(Record.Kind.MESSAGE, "Sent")
    assert not is_closed(kept)


def test_an_open_case_is_told_of_nothing(kept: Kept) -> None:
    kept.case.register(Record.Kind.MESSAGE, "Hej")
    assert not Event.objects.filter(kind=Event.Kind.REOPENED).exists()


def test_the_registrar_sees_it_until_it_is_closed_again(kept: Kept) -> None:
    case, client = closed(kept, 2026), signed_in(kept.registrar)
    other = case.authority.open_case(public_title="Ett annat")
    case.register(Record.Kind.MESSAGE, "Hej")
    desk = client.get(reverse("registry:desk"))
    assert (desk.context["reopened"], {row.pk for row in desk.context["rows"]}) == (
        {case.pk},
        {case.pk, other.pk},
    )
    link = f"{reverse('registry:desk')}?reopened=1"
    assert [row.count for row in desk.context["waiting"] if row.url == link] == [1]
    assert [row.pk for row in client.get(link).context["rows"]] == [case.pk]
    closing.close(case.pk, kept.registrar)
    assert list(client.get(link).context["rows"]) == []


def test_the_package_made_after_it_is_closed_again_holds_the_whole(kept: Kept) -> None:
    case, client = closed(kept, 2026), signed_in(kept.registrar)
    first = archiving.order(case, kept.registrar)
    tasks.make_archive_package(first.pk)
    record = case.register(Record.Kind.MESSAGE, "Sent", content={"text": "kom efteråt"})
    with pytest.raises(archiving.CannotArchive):
        archiving.order(case, kept.registrar)
    closing.close(case.pk, kept.registrar)
    page = client.get(reverse("registry:case", args=[case.pk]))
    assert page.context["latest_record"] == record.created_at > first.ordered_at
    second = archiving.order(case, kept.registrar)
    tasks.make_archive_package(second.pk)
    second.refresh_from_db()
    assert second.file is not None
    with second.file.file.open() as content, tarfile.open(fileobj=content) as tar:
        held = [tar.extractfile(member) for member in tar if member.name.endswith("content.json")]
        assert any("kom efteråt" in read.read().decode() for read in held if read)


def test_what_was_ordered_to_be_destroyed_stays_when_the_case_opened_again(kept: Kept) -> None:
    case = closed(kept, 2015)
    RetentionRule.objects.create(what="ansokan", years=10, valid_from=date(2000, 1, 1))
    retention.order(kept.registrar, date(2030, 1, 1))
    case.register(Record.Kind.MESSAGE, "Hej")
    tasks.destroy_record(Destruction.objects.get().pk)
    assert kept.record("ansokan").content is not None
    assert Destruction.objects.count() == 0
    assert list(retention.due(date(2030, 1, 1))) == []
    closing.close(case.pk, kept.registrar)
    assert [record.kind for record in retention.due(date(2040, 1, 1))] == ["ansokan"]


def test_a_decision_on_who_may_read_it_leaves_it_closed(kept: Kept) -> None:
    closed(kept, 2026)
    asked = disclosing.receive(asked_for="Allt", case=kept.case)
    refusal = {"outcome": "refused", "paragraph": "OSL 21:3", "reason": "Adressen"}
    disclosing.decide(asked.pk, kept.record("ansokan"), kept.registrar, **refusal)
    disclosing.answer(asked.pk, kept.registrar)
    assert kept.case.records.filter(kind="beslut_om_utlamnande").count() == 1
    assert is_closed(kept)
