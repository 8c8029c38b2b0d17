"""An idea has an owner and a day at once, is never closed by silence, and always gets an answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.associations.contact_register import set_contact_officer
from grants.models import Association, Membership
from grants.reminders import remind
from iop import answering_ideas, owners
from iop.answering_ideas import CannotAnswer, Ending
from iop.idea_lists import waiting
from iop.leaving_ideas import PUBLIC_TITLE, Thought, leave
from iop.models import (
    Agreement,
    CooperationEntry,
    FollowUpRule,
    Idea,
    IdeaNote,
)
from iop.tasks import keep_ideas_owned
from portal.people.models import Role, RoleAssignment, Unit, User
from portal.registry.models import Case, Event, Record, declare
from tests.factories import AssociationFactory, AuthorityFactory, person_of, sent_application, staff
from tests.iop.building import area, level

pytestmark = pytest.mark.django_db


def association_and_person() -> tuple[Association, User]:
    AuthorityFactory.create()
    association = AssociationFactory.create()
    return association, person_of(association)


def left(title: str = "Ett kafé för unga föräldrar", **more: Any) -> Idea:
    association, person = association_and_person()
    return leave(association, Thought(title, **more), person)


def mailed() -> list[tuple[str, str]]:
    """(address, subject) of all mail in the queue."""
    return sorted((mail.to[0], mail.subject) for mail in Email.objects.all())


def ended(idea: Idea, **changes: Any) -> Idea:
    ending = Ending(**{"outcome": "nej", "answer": "Inte hos oss.", "what_else": "Fråga kulturen."} | changes)
    declare(idea.case, idea.owner, has_conflict=False)
    answering_ideas.end(idea, ending, idea.owner)
    idea.refresh_from_db()
    return idea


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_title_is_enough_and_opens_a_case_that_reveals_nothing() -> None:
    officer = staff(Role.CASE_OFFICER)
    idea = left("Stöd till Anna")
    assert idea.case.public_title == PUBLIC_TITLE
    assert idea.association.name not in idea.case.public_title
    assert idea.owner == officer
    assert idea.follow_up_on == timezone.localdate() + timedelta(days=14)
    record = Record.objects.get(case=idea.case)
    assert (record.kind, (record.content or {})["title"]) == (Record.Kind.IDEA, "Stöd till Anna")
    assert list(idea.case.events.values_list("kind", flat=True)) == [
        Event.Kind.OPENED, Event.Kind.IDEA_LEFT, Event.Kind.IDEA_OWNER
    ]  # fmt: skip
    assert mailed() == sorted(
        [
            (officer.email, "En idé väntar på dig"),
            (idea.association.email, "Vi har tagit emot er idé"),
        ]
    )


def test_mail_tells_nothing_of_the_idea() -> None:
    staff(Role.CASE_OFFICER)
    idea = left("Stöd till Anna", text="Anna bor på Storgatan.")
    ended(idea)
    assert not [mail for mail in Email.objects.all() if "Anna" in mail.message or "Anna" in mail.subject]


def test_the_city_says_within_how_many_days() -> None:
    staff(Role.CASE_OFFICER)
    FollowUpRule.objects.create(days=14, valid_from=date(2020, 1, 1))
    FollowUpRule.objects.create(days=7, valid_from=timezone.localdate())
    FollowUpRule.objects.create(days=30, valid_from=timezone.localdate() + timedelta(days=1))
    assert left().follow_up_on == timezone.localdate() + timedelta(days=7)


def test_the_contact_officer_holds_it_else_who_holds_fewest() -> None:
    busy, free = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    assert left().owner == busy
    assert left().owner == free
    association, person = association_and_person()
    set_contact_officer(association, busy, busy)
    assert leave(association, Thought("Två"), person).owner == busy
    assert leave(association, Thought("Tre"), person).owner == busy
    assert left().owner == free


def test_who_has_a_conflict_in_a_case_of_the_association_or_acts_for_it_does_not_hold_its_ideas() -> None:
    conflicted, member, free = (staff(Role.CASE_OFFICER) for _n in range(3))
    sent = sent_application()
    declare(sent.received_case, conflicted, has_conflict=True)
    Membership.objects.create(association=sent.association, user=member, role=Membership.Role.WRITER)
    set_contact_officer(sent.association, conflicted, free)
    person = person_of(sent.association)
    assert {leave(sent.association, Thought(str(n)), person).owner for n in range(3)} == {free}


def test_an_idea_never_lies_without_an_owner() -> None:
    """Somebody with a conflict elsewhere holds it rather than nobody; without any officer nothing is kept."""
    sent = sent_application()
    person = person_of(sent.association)
    with pytest.raises(owners.NobodyToOwn):
        leave(sent.association, Thought("En"), person)
    assert not Case.objects.filter(public_title=PUBLIC_TITLE).exists()
    only = staff(Role.CASE_OFFICER)
    declare(sent.received_case, only, has_conflict=True)
    assert leave(sent.association, Thought("Två"), person).owner == only


def test_who_cannot_be_received_keeps_what_they_wrote() -> None:
    association, person = association_and_person()
    answer = client_of(person).post(
        reverse("iop:new-idea"), {"association": association.pk, "title": "Mitt förslag"}
    )
    assert answer.status_code == 422
    assert "Mitt förslag" in answer.content.decode()


def test_a_conflict_declared_later_gives_the_idea_to_somebody_else_at_once() -> None:
    first, second = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    idea = left()
    declare(idea.case, first, has_conflict=True)
    idea.refresh_from_db()
    assert idea.owner == second
    note = idea.notes.get()
    assert (note.kind, note.owner, note.written_by, note.is_shared) == ("ansvarig", second, None, True)
    assert not Idea.objects.visible_to(first).exists()


@pytest.mark.parametrize("leaves", ["role ends", "account closed"])
def test_who_leaves_is_followed_by_somebody_and_the_job_changes_nothing_twice(leaves: str) -> None:
    first, second = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    idea, answered = left(), left()
    Idea.objects.filter(pk=answered.pk).update(owner=first)
    answered.refresh_from_db()
    ended(answered)
    if leaves == "role ends":
        RoleAssignment.objects.filter(user=first).update(valid_until=timezone.localdate() - timedelta(days=1))
    else:
        User.objects.filter(pk=first.pk).update(is_active=False)
    keep_ideas_owned()
    before = (IdeaNote.objects.count(), Email.objects.count())
    keep_ideas_owned()
    assert (IdeaNote.objects.count(), Email.objects.count()) == before
    idea.refresh_from_db()
    answered.refresh_from_db()
    assert (idea.owner, answered.owner) == (second, first)


def test_an_overdue_idea_stands_on_its_owners_page_and_is_reminded_once_a_day() -> None:
    owner, colleague = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    idea = left()
    assert list(waiting(owner)) == []
    Email.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        assert [(row.count, row.url) for row in waiting(owner)] == [(1, "/partnerskap/ideer/?view=mine")]
        assert [(row.count, row.url) for row in waiting(colleague)] == [
            (1, "/partnerskap/ideer/?view=overdue")
        ]
        remind()
        remind()
        assert mailed() == [(owner.email, "Idéer att följa upp: 1")]
    with time_machine.travel(timezone.now() + timedelta(days=16), tick=False):
        remind()
        assert len(mailed()) == 2
        ended(idea)
        Email.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(days=17), tick=False):
        remind()
        assert mailed() == []
        assert list(waiting(owner)) == []


def test_another_day_needs_words_that_the_association_reads() -> None:
    officer = staff(Role.CASE_OFFICER)
    idea = left()
    day = timezone.localdate() + timedelta(days=30)
    with pytest.raises(CannotAnswer):
        answering_ideas.move_day(idea, day, "  ", officer)
    with pytest.raises(CannotAnswer):
        answering_ideas.move_day(idea, timezone.localdate() + timedelta(days=91), "Vi väntar.", officer)
    Email.objects.all().delete()
    answering_ideas.move_day(idea, day, "Vi väntar på budgeten.", officer)
    idea.refresh_from_db()
    assert idea.follow_up_on == day
    page = client_of(idea.left_by).get(reverse("iop:idea", args=[idea.pk])).content.decode()
    assert "Vi väntar på budgeten." in page
    assert mailed() == [(idea.association.email, "Vi har skrivit till er om er idé")]


def test_an_idea_is_handed_over_to_an_officer_who_can_hold_it() -> None:
    first, second, barred = (staff(Role.CASE_OFFICER) for _n in range(3))
    idea = left()
    declare(idea.case, barred, has_conflict=True)
    for wrong in (first, barred, staff(Role.SECRETARY)):
        with pytest.raises(CannotAnswer):
            answering_ideas.hand_over(idea, wrong, "", first)
    answering_ideas.hand_over(idea, second, "Jag byter jobb.", first)
    idea.refresh_from_db()
    assert idea.owner == second
    assert idea.case.events.filter(kind=Event.Kind.IDEA_OWNER).count() == 2


def test_officers_notes_are_not_the_associations_to_read() -> None:
    officer = staff(Role.CASE_OFFICER)
    idea = left()
    answering_ideas.say(idea, "Fråga chefen.", officer, is_shared=False)
    answering_ideas.say(idea, "Vi hör av oss.", officer)
    answering_ideas.say(idea, "Tack!", idea.left_by, is_shared=False)
    texts = [note.text for note in IdeaNote.objects.visible_to(idea.left_by)]
    assert texts == ["Vi hör av oss.", "Tack!"]
    page = client_of(idea.left_by).get(reverse("iop:idea", args=[idea.pk])).content.decode()
    assert "Fråga chefen." not in page


def test_the_thread_is_written_once() -> None:
    officer = staff(Role.CASE_OFFICER)
    note = answering_ideas.say(left(), "Hej", officer)
    note.text = "Annat"
    with pytest.raises(TypeError):
        note.save()


def test_a_no_says_what_else_and_nothing_ends_without_words() -> None:
    staff(Role.CASE_OFFICER)
    idea = left()
    for wrong in ({"answer": ""}, {"what_else": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ended(idea, **wrong)
    ended(idea)
    assert (idea.association.email, "Ni har fått svar på er idé") in mailed()
    page = client_of(idea.left_by).get(reverse("iop:idea", args=[idea.pk])).content.decode()
    assert "Inte hos oss." in page
    assert "Fråga kulturen." in page
    answer = Record.objects.get(case=idea.case, kind=Record.Kind.IDEA_ANSWER)
    assert (answer.content or {})["what_else"] == "Fråga kulturen."


def test_the_second_to_answer_is_told_and_changes_nothing() -> None:
    staff(Role.CASE_OFFICER)
    idea = ended(left())
    with pytest.raises(CannotAnswer):
        ended(idea, outcome="bidrag", answer="Sök bidrag.")
    idea.refresh_from_db()
    assert idea.outcome == "nej"
    assert Record.objects.filter(case=idea.case, kind=Record.Kind.IDEA_ANSWER).count() == 1


def test_a_dialogue_goes_on_in_the_log_of_the_co_operation() -> None:
    staff(Role.CASE_OFFICER)
    dialogue = level("dialog")
    unit = Unit.objects.create(name="Socialpsykiatrin")
    idea = ended(left(), outcome="dialog", answer="Vi ses.", what_else="", unit=unit)
    entry = CooperationEntry.objects.get()
    assert (entry.cooperation.association, entry.cooperation.unit) == (idea.association, unit)
    assert entry.level == dialogue
    assert idea.case.registry_number in entry.text


def test_without_levels_a_dialogue_is_refused_with_words_and_nothing_is_answered() -> None:
    staff(Role.CASE_OFFICER)
    idea = left()
    with pytest.raises(CannotAnswer):
        ended(idea, outcome="dialog", unit=Unit.objects.create(name="Socialpsykiatrin"))
    idea.refresh_from_db()
    assert idea.outcome == ""
    assert not Record.objects.filter(case=idea.case, kind=Record.Kind.IDEA_ANSWER).exists()


def test_a_partnership_begins_with_association_and_unit_as_parties() -> None:
    staff(Role.CASE_OFFICER)
    unit = Unit.objects.create(name="Socialpsykiatrin")
    idea = ended(left(), outcome="iop", answer="Vi skriver.", what_else="", unit=unit, area=area())
    agreement = Agreement.objects.get()
    assert (agreement.idea, agreement.case) == (idea, idea.case)
    assert [(party.association, party.unit) for party in agreement.parties.all()] == [
        (idea.association, None),
        (None, unit),
    ]


def test_who_answers_declares_first_that_they_have_no_conflict() -> None:
    officer = staff(Role.CASE_OFFICER)
    idea = left()
    url = reverse("iop:idea-answer", args=[idea.pk])
    data = {"outcome": "bidrag", "answer": "Sök utvecklingsbidrag."}
    assert client_of(officer).post(url, data).status_code == 422
    assert client_of(officer).post(url, data | {"declared": "on"}).status_code == 302
    idea.refresh_from_db()
    assert (idea.outcome, idea.ended_by) == ("bidrag", officer)
    assert idea.case.declarations.get(user=officer).has_conflict is False


def test_who_declares_a_conflict_on_the_ideas_page_no_longer_reads_it() -> None:
    first, second = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    idea = left()
    assert client_of(first).post(reverse("iop:idea-conflict", args=[idea.pk])).status_code == 302
    idea.refresh_from_db()
    assert idea.owner == second
    assert client_of(first).get(reverse("iop:idea", args=[idea.pk])).status_code == 404


@pytest.mark.parametrize(
    ("outcome", "missing"),
    [("dialog", "unit"), ("iop", "unit"), ("hanvisning", "referred_to"), ("nej", "what_else")],
)
def test_each_way_on_asks_for_what_it_needs(outcome: str, missing: str) -> None:
    officer = staff(Role.CASE_OFFICER)
    idea = left()
    answer = client_of(officer).post(
        reverse("iop:idea-answer", args=[idea.pk]), {"outcome": outcome, "answer": "Vi svarar så här."}
    )
    assert answer.status_code == 422
    assert missing in answer.context["form"].errors
    assert "Vi svarar så här." in answer.content.decode()
    idea.refresh_from_db()
    assert idea.is_open


def test_a_personal_identity_number_is_stopped_before_it_is_kept() -> None:
    staff(Role.CASE_OFFICER)
    association, person = association_and_person()
    data = {"association": association.pk, "title": "Hjälp 19121212-1212"}
    assert client_of(person).post(reverse("iop:new-idea"), data).status_code == 422
    assert not Idea.objects.exists()


def test_nobody_leaves_an_idea_for_anothers_association() -> None:
    staff(Role.CASE_OFFICER)
    _own, person = association_and_person()
    other = AssociationFactory.create()
    answer = client_of(person).post(reverse("iop:new-idea"), {"association": other.pk, "title": "Vår idé"})
    assert answer.status_code == 422
    assert not Idea.objects.exists()


def test_the_officers_list_is_narrowed_by_whose_area_and_group() -> None:
    call_command("load_partnership_lists", verbosity=0)
    from iop.models import Area, TargetGroup

    first, second = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    elderly = TargetGroup.objects.filter(code="aldre")
    mine = left("Min", area=Area.objects.get(code="aldreomsorg"), target_groups=elderly)
    theirs = left("Deras")
    assert (mine.owner, theirs.owner) == (first, second)
    Idea.objects.filter(pk=theirs.pk).update(follow_up_on=timezone.localdate() - timedelta(days=1))
    done = ended(left("Klar"))
    client = client_of(first)

    def found(query: str) -> set[str]:
        page = client.get(f"{reverse('iop:ideas')}?{query}")
        return {idea.title for idea in page.context["page_obj"]}

    assert found("") == {"Min", "Deras"}
    assert found("view=mine") == {"Min"}
    assert found("view=overdue") == {"Deras"}
    assert found("view=ended") == {done.title}
    assert found("view=open&area=aldreomsorg") == {"Min"}
    assert found("view=open&group=aldre") == {"Min"}
    assert found("view=open&group=suicid") == set()
