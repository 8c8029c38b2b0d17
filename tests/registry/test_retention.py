"""Keeping and destroying by rule: shown before it is done, held back, done once, and the skeleton stays."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.applying import draft_retention
from grants.models import Answer, Application, ContactNote, FieldVersion, Reminder
from grants.reminders import remind
from portal.documents.models import Document, StoredFile
from portal.documents.work import render
from portal.people.models import Role
from portal.registry import closing, copying, retention, tasks
from portal.registry.models import (
    Case,
    Destruction,
    Event,
    Record,
    RecordFile,
    RetentionRule,
    declare,
)
from portal.registry.shipped_rules import install_rules
from tests.factories import ApplicationFactory, complete, person_of, staff
from tests.registry.building import Kept, closed, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.rule(17)]

TODAY = date(2030, 1, 1)


def rule(what: str, years: int | None, **fields: object) -> RetentionRule:
    return RetentionRule.objects.create(
        what=what, years=years, keep=years is None, valid_from=date(2000, 1, 1), class_code="3.7", **fields
    )


def due(today: date = TODAY) -> list[str]:
    return [record.kind for record in retention.due(today)]


# --- What is due ------------------------------------------------------------------------------


def test_years_are_counted_from_the_end_of_the_year_the_case_was_closed(kept: Kept) -> None:
    rule("kvittens", 2)
    rule("ansokan", None)
    assert due() == []  # the case is not closed
    closed(kept, 2027)
    assert due(date(2029, 12, 31)) == []
    assert due(date(2030, 1, 1)) == ["kvittens"]


def test_the_rule_in_force_counts_and_a_kind_without_one_is_kept(kept: Kept) -> None:
    closed(kept, 2020)
    old = rule("kvittens", 2)
    RetentionRule.objects.filter(pk=old.pk).update(valid_until=date(2029, 12, 31))
    RetentionRule.objects.create(what="kvittens", years=20, valid_from=date(2030, 1, 1))
    assert due(date(2029, 12, 31)) == ["kvittens"]
    assert due() == []


def test_accounts_and_decisions_are_in_the_shipped_rules() -> None:
    assert install_rules(date(2020, 1, 1)) == 29
    assert install_rules(date(2021, 1, 1)) == 0
    rules = retention.rules_by_kind(TODAY)
    assert {code for code, _label in retention.kinds()} - set(rules) == set()
    assert {rule.class_code for rule in rules.values()} == {""}  # every city has its own
    assert (rules["protokoll"].keep, rules["ansokan"].years, rules["utlovat_papper"].years) == (True, 10, 7)


def test_a_dry_run_tells_and_changes_nothing(kept: Kept) -> None:
    rule("kvittens", 2)
    closed(kept, 2020)
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert f"{kept.case.registry_number} kvittens" in out.getvalue()
    assert "3.7 2 years after the case was closed" in out.getvalue()
    assert "1 records would be destroyed" in out.getvalue()
    assert (Destruction.objects.count(), Record.objects.filter(title="Kvittens").count()) == (0, 1)
    with pytest.raises(CommandError, match="registrar"):
        call_command("retention", by=kept.officer.email)


def test_the_page_shows_what_would_go_and_why(kept: Kept) -> None:
    rule("kvittens", 2)
    closed(kept, 2020)
    client = signed_in(kept.registrar)
    page = client.get(reverse("registry:retention"))
    assert [(record.kind, why.years) for record, why in page.context["rows"]] == [("kvittens", 2)]
    assert Destruction.objects.count() == 0
    client.post(reverse("registry:retention"))
    row = Destruction.objects.get()
    assert (row.state, row.ordered_by) == ("ordered", kept.registrar)


def test_drafts_are_shown_to_nobody(kept: Kept) -> None:
    rule("utkast", 1)
    draft = ApplicationFactory.create(title="Hemlig plan")
    Application.objects.filter(pk=draft.pk).update(saved_at=timezone.now() - timedelta(days=800))
    page = signed_in(kept.registrar).get(reverse("registry:retention")).content.decode()
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    for text in (page, out.getvalue()):
        assert draft.association.name not in text
        assert "Hemlig plan" not in text


# --- Destroying -------------------------------------------------------------------------------


@pytest.mark.rule(3)
def test_destroying_leaves_the_skeleton_and_twice_is_once(kept: Kept) -> None:
    case = closed(kept, 2015)
    application = kept.record("ansokan")
    rule("ansokan", 10)
    sums = {application.content_sha256, RecordFile.objects.get(record=application).stored_file.sha256}
    assert retention.order(kept.registrar, TODAY) == 1
    assert retention.order(kept.registrar, TODAY) == 0
    row = Destruction.objects.get()
    tasks.destroy_record(row.pk)
    tasks.destroy_record(row.pk)
    row.refresh_from_db()
    gone = Record.objects.get(pk=application.pk)
    assert (row.state, set(row.checksums)) == ("done", sums)
    assert (gone.content, gone.document, gone.files.count()) == (None, None, 0)
    assert (gone.kind, gone.created_at, gone.case.registry_number) == (
        "ansokan",
        application.created_at,
        case.registry_number,
    )
    event = Event.objects.get(case=case, kind=Event.Kind.DESTROYED)
    assert event.actor == kept.registrar
    assert event.detail == f"ansokan {application.created_at:%Y-%m-%d}: 3.7, 10 år efter avslutat ärende"
    assert due() == []


def test_what_the_rooms_hold_of_it_goes_too(kept: Kept) -> None:
    closed(kept, 2015)
    rule("ansokan", 10)
    assert Answer.objects.filter(application=kept.application).count() > 0
    FieldVersion.objects.create(application=kept.application, name="title", version=99, value="Öppet")
    retention.order(kept.registrar, TODAY)
    tasks.destroy_record(Destruction.objects.get().pk)
    assert Answer.objects.filter(application=kept.application).count() == 0
    assert FieldVersion.objects.filter(application=kept.application).count() == 0
    assert Application.objects.get(pk=kept.application.pk).title == ""


def test_the_bytes_go_with_their_last_user(kept: Kept, django_capture_on_commit_callbacks: object) -> None:
    receipt = kept.record("kvittens")
    assert receipt.document is not None
    render(receipt.document.pk)
    stored = Document.objects.get(pk=receipt.document.pk).file
    assert stored is not None
    kept.case.register(Record.Kind.APPENDIX, "Samma", files=[(stored, "samma.pdf")])
    closed(kept, 2015)
    rule("kvittens", 2)
    rule("bilaga", 5)

    def destroy(today: date) -> None:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            retention.order(kept.registrar, today)
            for row in Destruction.objects.filter(state="ordered"):
                tasks.destroy_record(row.pk)

    destroy(date(2018, 1, 1))
    assert not Document.objects.filter(pk=receipt.document.pk).exists()
    assert stored.file.storage.exists(str(stored.file.name))
    destroy(date(2021, 1, 1))
    assert not StoredFile.objects.filter(pk=stored.pk).exists()
    assert not stored.file.storage.exists(str(stored.file.name))


def test_copies_of_what_is_destroyed_go_with_it(kept: Kept) -> None:
    closed(kept, 2015)
    copy = copying.make(kept.case, [kept.record("ansokan")], kept.registrar)
    other = copying.make(kept.case, [kept.record("kvittens")], kept.registrar)
    rule("ansokan", 10)
    retention.order(kept.registrar, TODAY)
    tasks.destroy_record(Destruction.objects.get().pk)
    copy.refresh_from_db()
    other.refresh_from_db()
    assert (copy.document, other.document is not None) == (None, True)


def test_a_hold_keeps_a_case_also_when_it_was_ordered(kept: Kept) -> None:
    case = closed(kept, 2015)
    rule("ansokan", 10)
    retention.order(kept.registrar, TODAY)
    held = retention.hold(case, kept.registrar, "Överklagat")
    assert retention.hold(case, kept.registrar, "Igen") == held
    row = Destruction.objects.get()
    tasks.destroy_record(row.pk)
    row.refresh_from_db()
    assert row.state == "held"
    assert kept.record("ansokan").content is not None
    assert due() == []
    assert retention.lift(held.pk, kept.registrar)
    assert not retention.lift(held.pk, kept.registrar)
    assert due() == ["ansokan"]
    assert kept.record("ansokan").content is not None


def test_who_has_a_conflict_of_interest_neither_sees_nor_orders(kept: Kept) -> None:
    closed(kept, 2015)
    rule("ansokan", 10)
    other = staff(Role.REGISTRAR)
    declare(kept.case, other, has_conflict=True)
    assert retention.order(other, TODAY) == 0
    assert signed_in(other).get(reverse("registry:retention")).context["rows"] == []


def test_a_rule_that_destroyed_something_can_only_end(kept: Kept) -> None:
    closed(kept, 2015)
    used = rule("ansokan", 10)
    retention.order(kept.registrar, TODAY)
    client = signed_in(kept.registrar)
    written = {
        "what": "kvittens",
        "years": "1",
        "valid_from": "2001-01-01",
        "valid_until": "2031-12-31",
        "note": "Ny",
    }
    assert client.post(reverse("registry:rule", args=[used.pk]), written).status_code == 302
    used.refresh_from_db()
    assert (used.what, used.years, used.valid_from) == ("ansokan", 10, date(2000, 1, 1))
    assert (used.valid_until, used.note) == (date(2031, 12, 31), "Ny")
    page = client.post(reverse("registry:new-rule"), {"what": "kvittens", "valid_from": "2026-01-01"})
    assert set(page.context["form"].errors) == {"years"}


# --- Closing ----------------------------------------------------------------------------------


def test_a_case_closes_when_nothing_is_open_and_its_notes_are_settled(kept: Kept) -> None:
    case, client = kept.case, signed_in(kept.registrar)
    with pytest.raises(closing.CannotClose):
        closing.close(case.pk, kept.registrar)
    Application.objects.filter(pk=kept.application.pk).update(state="decided")
    notes = [
        ContactNote.objects.create(
            association=kept.application.association,
            case=case,
            held_on=date(2026, 1, day),
            channel="phone",
            text=f"Anteckning {day}",
            written_by=kept.officer,
        )
        for day in (1, 2)
    ]
    with pytest.raises(closing.CannotClose):
        closing.close(case.pk, kept.registrar, kept=[f"contact-{notes[0].pk}"])
    url = reverse("registry:close", args=[case.pk])
    assert [note.text for note in client.get(url).context["notes"]] == ["Anteckning 1", "Anteckning 2"]
    written = {f"note-contact-{notes[0].pk}": "keep", f"note-contact-{notes[1].pk}": "clear"}
    assert client.post(url, written).status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert case.closed_by == kept.registrar
    assert list(ContactNote.objects.values_list("text", "mark")) == [("Anteckning 1", "sakuppgift")]
    assert closing.close(case.pk, kept.officer).closed_by == kept.registrar
    assert Event.objects.filter(case=case, kind=Event.Kind.CLOSED).count() == 1
    assert Event.objects.get(case=case, kind=Event.Kind.NOTES_CLEANED).detail == "1 rensade, 1 behållna"


# --- Drafts -----------------------------------------------------------------------------------


def test_a_draft_goes_only_after_a_warning_and_a_month() -> None:
    rule("utkast", 1)
    draft = complete(ApplicationFactory.create())
    colleague = person_of(draft.association, "writer")
    now = timezone.now()
    Application.objects.filter(pk=draft.pk).update(saved_at=now - timedelta(days=700))
    assert retention.run_own(now) == {"utkast": 0}
    remind(now)
    remind(now)
    mails = [mail for mail in Email.objects.all() if "tas snart bort" in mail.subject]
    assert sorted(mail.to[0] for mail in mails) == sorted([draft.created_by.email, colleague.email])
    assert draft.call.title in mails[0].subject
    assert retention.run_own(now + timedelta(days=29)) == {"utkast": 0}
    assert retention.run_own(now + timedelta(days=31)) == {"utkast": 1}
    assert retention.run_own(now + timedelta(days=31)) == {"utkast": 0}
    assert not Application.objects.filter(pk=draft.pk).exists()


def test_a_draft_that_is_saved_after_the_warning_stays() -> None:
    rule("utkast", 1)
    draft = ApplicationFactory.create()
    now = timezone.now()
    Application.objects.filter(pk=draft.pk).update(saved_at=now - timedelta(days=340))
    remind(now)
    assert Reminder.objects.filter(kind=draft_retention.KIND).count() == 1
    Application.objects.filter(pk=draft.pk).update(saved_at=now)
    assert retention.run_own(now + timedelta(days=60)) == {"utkast": 0}
    assert Application.objects.filter(pk=draft.pk).exists()


def test_a_young_draft_and_a_sent_application_are_left_alone(kept: Kept) -> None:
    rule("utkast", 1)
    ApplicationFactory.create()
    Application.objects.filter(pk=kept.application.pk).update(saved_at=timezone.now() - timedelta(days=3000))
    assert retention.run_own(timezone.now()) == {"utkast": 0}
    assert remind() == 0


def test_a_discarded_draft_goes_when_it_can_no_longer_be_taken_back() -> None:
    rule("utkast", 1)
    draft = complete(ApplicationFactory.create())
    now = timezone.now()
    Application.objects.filter(pk=draft.pk).update(discarded_at=now, discarded_by=draft.created_by)
    assert retention.run_own(now + timedelta(days=29)) == {"utkast": 0}
    assert retention.run_own(now + timedelta(days=31)) == {"utkast": 1}


def test_all_that_can_hang_on_a_draft_is_deleted_with_it() -> None:
    """A new model that points at applications is named here or it keeps drafts from going."""
    pointing = {
        relation.related_model
        for relation in Application._meta.related_objects
        if relation.related_model._meta.app_label == "grants"
    }
    from grants.models import CompletionRequest, Message, SearchText, TargetGroup

    of_what_is_sent = {CompletionRequest, Message, SearchText, TargetGroup}
    assert pointing - of_what_is_sent == {
        model for model, path in draft_retention._LEAVES if path == "application"
    }


def test_kinds_stand_in_the_alphabets_order() -> None:
    words = ["Öppet", "Zon", "Återkallelse", "Ansökan", "Ärende"]
    assert sorted(words, key=retention.in_alphabet) == ["Ansökan", "Zon", "Återkallelse", "Ärende", "Öppet"]
    labels = [label for _code, label in retention.kinds()]
    assert labels == sorted(labels, key=retention.in_alphabet)
