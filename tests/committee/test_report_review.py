"""Heads approve officers' reports before the chair and the agenda get them, or send them back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.matters import propose_single
from grants.models import Application
from grants.states import State
from portal.committee import attached, proposals, report_review
from portal.committee.agenda import put_on_agenda
from portal.committee.changes import happened_since
from portal.committee.matter_text import MatterText
from portal.committee.minutes import record_decision
from portal.committee.models import (
    Matter,
    MatterState,
    Meeting,
    Outcome,
    Pack,
    PackPart,
    ReportReview,
)
from portal.committee.pack import request_pack
from portal.committee.papers import officers_report
from portal.committee.report_review import AwaitsApproval, CannotReview
from portal.documents.models import StoredFile
from portal.people.models import Role, User
from portal.registry.models import Case, Event, Record, declare
from tests.committee.building import make_matter, work_until_settled
from tests.factories import PDF, CommitteeFactory, MeetingFactory, sent_application, staff
from tests.world import assess

pytestmark = pytest.mark.django_db


def goes_on(matter: Matter) -> bool:
    """Whether the chair and the agenda get the matter."""
    try:
        proposals.adopt(matter, staff(Role.CHAIR))
        put_on_agenda(matter, MeetingFactory.create(committee=matter.committee), staff(Role.SECRETARY))
    except AwaitsApproval:
        return False
    return True


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_without_a_head_a_report_goes_on_at_once() -> None:
    assert goes_on(make_matter("Fyren"))


def test_with_a_head_it_waits_for_the_approval() -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren")
    assert not goes_on(matter)
    review = report_review.approve(matter, head)
    assert (review.by, review.verdict) == (head, ReportReview.Verdict.APPROVED)
    assert matter.case.events.filter(kind=Event.Kind.REPORT_APPROVED, actor=head).count() == 1
    assert goes_on(matter)


def test_approving_twice_is_refused() -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren")
    report_review.approve(matter, head)
    with pytest.raises(CannotReview):
        report_review.approve(matter, head)
    assert ReportReview.objects.count() == 1


def test_nobody_approves_what_they_wrote_and_a_lone_head_who_did_holds_nothing_up() -> None:
    matter, head = make_matter("Fyren"), staff(Role.HEAD)
    Matter.objects.filter(pk=matter.pk).update(created_by=head)
    with pytest.raises(CannotReview):
        report_review.approve(matter, head)
    assert goes_on(matter)


@pytest.mark.parametrize("in_a_line", [False, True])
def test_a_head_with_a_conflict_of_interest_does_not_see_it_and_a_lone_one_holds_nothing_up(
    in_a_line: bool,
) -> None:
    matter, head = make_matter("Fyren"), staff(Role.HEAD)
    case = matter.lines.get().case if in_a_line else matter.case
    declare(case, head, has_conflict=True)
    assert not report_review.to_approve(head).exists()
    assert client_of(head).get(reverse("committee:report", args=[matter.pk])).status_code == 404
    assert goes_on(matter)
    other = make_matter("Hamnen")
    assert list(report_review.to_approve(head)) == [other]
    assert not goes_on(other)


@pytest.mark.parametrize("in_a_line", [False, True])
def test_a_head_declares_a_conflict_of_interest_from_the_reports_page(in_a_line: bool) -> None:
    head, other, matter = staff(Role.HEAD), staff(Role.HEAD), make_matter("Fyren", "Hamnen")
    case = matter.lines.get(title="Hamnen").case if in_a_line else matter.case
    client, page = client_of(head), reverse("committee:report", args=[matter.pk])
    address = reverse("committee:report-conflict", args=[matter.pk])
    assert f'href="{address}"' in client.get(page).content.decode()
    assert client.post(address, {"note": "utan val"}).status_code == 422
    assert client.post(address, {"case": make_matter("Annan").case_id}).status_code == 422
    assert client.get(page).status_code == 200
    done = client.post(address, {"case": case.pk, "note": "Min syster är ordförande"}, follow=True)
    assert done.redirect_chain == [(reverse("committee:reports"), 302)]
    assert f'href="{page}"' not in done.content.decode()
    declared = case.declarations.get(user=head)
    assert (declared.has_conflict, declared.note) == (True, "Min syster är ordförande")
    assert [client.get(url).status_code for url in (page, address)] == [404, 404]
    assert not Case.objects.visible_to(head).filter(pk=case.pk).exists()
    assert matter not in report_review.to_approve(head)
    assert matter in report_review.to_approve(other)


def paper_added(matter: Matter) -> None:
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    attached.attach(matter, stored, title="Avtal", filename="avtal.pdf", by=staff(Role.CASE_OFFICER))


def paper_taken_off(matter: Matter) -> None:
    attached.take_off(matter.appendices.get(title="Avtal"))


def assessment_corrected(matter: Matter) -> None:
    matter.lines.get().case.log(Event.Kind.ASSESSMENT_CORRECTED, detail="version 2")


@pytest.mark.parametrize("change", [paper_added, paper_taken_off, assessment_corrected])
def test_a_change_after_the_approval_needs_a_new_one(change: Any) -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren")
    if change is paper_taken_off:
        paper_added(matter)
    report_review.approve(matter, head)
    assert not report_review.to_approve(head).exists()
    change(matter)
    assert list(report_review.to_approve(head)) == [matter]
    assert not goes_on(matter)
    report_review.approve(matter, head)
    assert goes_on(matter)


@pytest.mark.parametrize("in_a_line", [False, True])
def test_a_conflict_of_interest_declared_after_the_approval_takes_it_away(in_a_line: bool) -> None:
    head, other = staff(Role.HEAD), staff(Role.HEAD)
    matter, beside = make_matter("Fyren"), make_matter("Hamnen")
    report_review.approve(matter, head)
    report_review.approve(beside, head)
    case = matter.lines.get().case if in_a_line else matter.case
    declare(case, other, has_conflict=False)
    declare(case, staff(Role.CASE_OFFICER), has_conflict=True)
    assert matter not in report_review.to_approve(other)
    declare(case, head, has_conflict=True)
    assert list(report_review.to_approve(other)) == [matter]
    assert matter.report_reviews.get().stands is False
    assert "Godkänd av" not in printed(matter)
    assert "Godkänd av" in printed(beside)
    assert not goes_on(matter)
    report_review.approve(matter, other)
    assert f"Godkänd av {other}" in printed(matter)
    assert goes_on(matter)


def test_an_approval_stays_away_when_the_conflict_of_interest_is_taken_back() -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren")
    report_review.approve(matter, head)
    declare(matter.case, head, has_conflict=True)
    declare(matter.case, head, has_conflict=False)
    assert list(report_review.to_approve(head)) == [matter]
    report_review.approve(matter, head)
    assert goes_on(matter)


def test_a_lone_head_whose_conflict_of_interest_comes_later_holds_nothing_up() -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren")
    report_review.approve(matter, head)
    declare(matter.case, head, has_conflict=True)
    assert goes_on(matter)
    assert "Godkänd av" not in printed(matter)


@pytest.mark.parametrize(("outcome", "holds"), [(Outcome.GRANTED, True), (Outcome.TABLED, False)])
def test_a_conflict_of_interest_after_the_decision_takes_no_approval_away(outcome: str, holds: bool) -> None:
    head, meeting = staff(Role.HEAD), MeetingFactory.create()
    matter = make_matter("Fyren", committee=meeting.committee)
    report_review.approve(matter, head)
    item = put_on_agenda(matter, meeting, staff(Role.SECRETARY))
    record_decision(item, outcome, staff(Role.SECRETARY))
    declare(matter.case, head, has_conflict=True)
    assert ("Godkänd av" in printed(matter)) is holds


def test_what_was_declared_before_the_decision_is_not_undone_by_declaring_it_again_afterwards() -> None:
    head, meeting = staff(Role.HEAD), MeetingFactory.create()
    matter = make_matter("Fyren", committee=meeting.committee)
    report_review.approve(matter, head)
    declare(matter.case, head, has_conflict=True)
    record_decision(
        put_on_agenda(matter, meeting, staff(Role.SECRETARY)), Outcome.GRANTED, staff(Role.SECRETARY)
    )
    declare(matter.case, head, has_conflict=True)
    assert "Godkänd av" not in printed(matter)


def test_sending_back_opens_the_assessment_and_a_new_report_needs_its_own_approval() -> None:
    CommitteeFactory.create()
    head, officer = staff(Role.HEAD), staff(Role.CASE_OFFICER)
    application = sent_application()
    assess(application, officer)
    first = propose_single(application, officer)
    report_review.send_back(first, head, "Skriv hur barnens perspektiv är vägt.")
    application = Application.objects.get(pk=application.pk)
    first.refresh_from_db()
    assert (first.state, application.state) == (MatterState.SENT_BACK, State.IN_ASSESSMENT)
    assert application.assessment.ready_at is None
    told = first.case.events.get(kind=Event.Kind.REPORT_SENT_BACK)
    assert (told.actor, told.detail) == (head, "Skriv hur barnens perspektiv är vägt.")
    page = client_of(officer).get(reverse("assessments:application", args=[application.pk]))
    assert "Skriv hur barnens perspektiv är vägt." in page.content.decode()
    Application.objects.filter(pk=application.pk).update(state=State.ASSESSED)
    second = propose_single(Application.objects.get(pk=application.pk), officer)
    assert list(report_review.to_approve(head)) == [second]
    with pytest.raises(CannotReview):
        report_review.approve(first, head)
    with pytest.raises(CannotReview):
        report_review.send_back(first, head, "Igen")


def test_sending_back_needs_a_reason_also_in_the_database() -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren")
    with pytest.raises(CannotReview):
        report_review.send_back(matter, head, "  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportReview.objects.create(matter=matter, verdict=ReportReview.Verdict.SENT_BACK, by=head)


def test_what_stands_on_an_agenda_is_not_sent_back() -> None:
    matter = make_matter("Fyren")
    put_on_agenda(matter, MeetingFactory.create(committee=matter.committee), staff(Role.SECRETARY))
    with pytest.raises(CannotReview):
        report_review.send_back(matter, staff(Role.HEAD), "Skäl")
    matter.refresh_from_db()
    assert matter.state == MatterState.ON_AGENDA


def test_the_report_says_who_approved_it() -> None:
    head, matter = staff(Role.HEAD, display_name="Enhetschef"), make_matter("Fyren")
    assert "Godkänd av" not in officers_report(MatterText.from_matter(matter)).html
    report_review.approve(matter, head)
    assert "Godkänd av Enhetschef den " in officers_report(MatterText.from_matter(matter)).html


def printed(matter: Matter) -> str:
    """The report as it is printed now."""
    return officers_report(MatterText.from_matter(Matter.objects.get(pk=matter.pk))).html


@pytest.mark.parametrize("change", [paper_added, paper_taken_off, assessment_corrected])
def test_an_approval_that_no_longer_holds_is_not_printed(change: Any, settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    head, matter = staff(Role.HEAD), make_matter("Fyren")
    if change is paper_taken_off:
        paper_added(matter)
    report_review.approve(matter, head)
    change(matter)
    assert "Godkänd av" not in printed(matter)
    page = client_of(head).get(reverse("committee:report", args=[matter.pk])).content.decode()
    assert "approve anew" in page
    assert "the approval no longer holds" in page
    report_review.approve(matter, head)
    assert "Godkänd av" in printed(matter)


def test_a_paper_that_the_register_has_already_asks_for_a_new_approval_too() -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren")
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    matter.case.register(Record.Kind.APPENDIX, "Avtal", files=[(stored, "avtal.pdf")])
    report_review.approve(matter, head)
    attached.attach(matter, stored, title="Avtal", filename="avtal.pdf", by=staff(Role.CASE_OFFICER))
    assert list(report_review.to_approve(head)) == [matter]
    assert matter.case.records.filter(kind=Record.Kind.APPENDIX).count() == 1


@pytest.mark.parametrize(("outcome", "holds"), [(Outcome.GRANTED, True), (Outcome.TABLED, False)])
def test_what_comes_after_the_decision_takes_no_approval_away(outcome: str, holds: bool) -> None:
    head, meeting = staff(Role.HEAD), MeetingFactory.create()
    matter = make_matter("Fyren", committee=meeting.committee)
    report_review.approve(matter, head)
    item = put_on_agenda(matter, meeting, staff(Role.SECRETARY))
    record_decision(item, outcome, staff(Role.SECRETARY))
    assessment_corrected(matter)
    assert ("Godkänd av" in printed(matter)) is holds


def made_anew(meeting: Meeting) -> Pack:
    return work_until_settled(request_pack(meeting, staff(Role.SECRETARY)))


def report_in(made: Pack) -> PackPart:
    return made.parts.select_related("document").get(title="Tjänsteskrivelse")


def test_a_new_pack_has_another_report_when_an_approval_falls_and_says_so_before_it_is_made() -> None:
    head, meeting = staff(Role.HEAD), MeetingFactory.create()
    matter = make_matter("Fyren", committee=meeting.committee)
    report_review.approve(matter, head)
    put_on_agenda(matter, meeting, staff(Role.SECRETARY))
    approved = made_anew(meeting)
    paper_added(matter)
    assert [event.kind for event in happened_since(approved)] == [Event.Kind.PAPER_ATTACHED]
    fallen = made_anew(meeting)
    attached.take_off(matter.appendices.get(title="Avtal"))
    report_review.approve(matter, head)
    assert [event.kind for event in happened_since(fallen)] == [
        Event.Kind.PAPER_TAKEN_OFF,
        Event.Kind.REPORT_APPROVED,
    ]
    again = made_anew(meeting)
    line = "Godkänd av"
    assert [line in report_in(made).document.html for made in (approved, fallen, again)] == [
        True,
        False,
        True,
    ]
    # A part is found by its content: the same line on the same day is the same document.
    assert report_in(again).document == report_in(approved).document != report_in(fallen).document


def test_a_pack_tells_of_the_conflict_that_took_an_approval_away_and_of_nobody_elses() -> None:
    head, other, meeting = staff(Role.HEAD), staff(Role.HEAD), MeetingFactory.create()
    matter = make_matter("Fyren", committee=meeting.committee)
    report_review.approve(matter, head)
    put_on_agenda(matter, meeting, staff(Role.SECRETARY))
    approved = made_anew(meeting)
    declare(matter.case, other, has_conflict=True)
    assert not happened_since(approved).exists()
    declare(matter.lines.get().case, head, has_conflict=True)
    assert [event.kind for event in happened_since(approved)] == [Event.Kind.CONFLICT]
    fallen = made_anew(meeting)
    assert ["Godkänd av" in report_in(made).document.html for made in (approved, fallen)] == [True, False]


def test_the_heads_pages_from_the_start_page_to_the_approval() -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren", title="Fördelning")
    client = client_of(head)
    listed, page = reverse("committee:reports"), reverse("committee:report", args=[matter.pk])
    assert f'href="{listed}"' in client.get("/").content.decode()
    assert f'href="{page}"' in client.get(listed).content.decode()
    empty = client.post(page, {"reason": ""})
    assert empty.status_code == 422
    done = client.post(reverse("committee:report-approve", args=[matter.pk]), follow=True).content.decode()
    assert str(head) in done
    assert reverse("committee:report-approve", args=[matter.pk]) not in done


def test_the_chair_and_the_secretary_see_what_is_approved() -> None:
    head, matter = staff(Role.HEAD), make_matter("Fyren", title="Fördelning")
    chair, secretary = client_of(staff(Role.CHAIR)), client_of(staff(Role.SECRETARY))
    own = reverse("committee:chair-matter", args=[matter.pk])
    assert own not in chair.get(reverse("committee:chair")).content.decode()
    assert list(secretary.get(reverse("committee:matters")).context["awaiting_heads"]) == [matter]
    report_review.approve(matter, head)
    assert own in chair.get(reverse("committee:chair")).content.decode()
    assert list(secretary.get(reverse("committee:matters")).context["free"]) == [matter]


def test_the_heads_list_takes_as_many_queries_for_many_as_for_few(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    head = staff(Role.HEAD)
    client = client_of(head)

    def two_more() -> None:
        report_review.approve(make_matter("Fyren"), head)
        make_matter("Hamnen")

    two_more()
    client.get(reverse("committee:reports"))
    with django_assert_num_queries(5) as few:
        client.get(reverse("committee:reports"))
    two_more()
    two_more()
    with django_assert_num_queries(len(few)):
        client.get(reverse("committee:reports"))
