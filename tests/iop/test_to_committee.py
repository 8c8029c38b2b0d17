"""From a finished text to the committee and back: approved, changed, referred back or rejected."""

from __future__ import annotations

import pytest

from assessments import awards
from grants.models import Application, Commitment, CommitmentSource
from iop import promising, wording
from iop.deciding import take_decision
from iop.models import ContributionKind, Proposal
from iop.promising import Promise
from iop.proposing import go_to_signing, send_to_committee
from iop.readiness import lacking, lacking_to_sign
from iop.states import State
from iop.writing import Refused
from portal.committee import appendices, proposals, report_review
from portal.committee.models import Matter, Outcome, Stage
from portal.people.models import Role
from portal.registry.models import Event
from tests.factories import CallFactory, sent_application, staff
from tests.iop.agreeing import (
    all_say_yes,
    assess_market,
    decide,
    decided_partnership,
    on_agenda,
    promise,
    ready_partnership,
    reloaded,
    written_partnership,
)
from tests.iop.building import Partnership

pytestmark = pytest.mark.django_db


def texts(made: Partnership) -> list[str]:
    return [lack.text for lack in lacking(made.agreement)]


def test_the_check_names_all_that_is_missing() -> None:
    made = written_partnership()
    made.agreement.starts_on = made.agreement.ends_on = None
    made.agreement.save()
    made.agreement.contributions.filter(party=made.association_party).delete()
    made.agreement.clauses.filter(key="bakgrund").update(text="")
    pages = {lack.page for lack in lacking(made.agreement)}
    assert pages == {
        "iop:agreement-facts", "iop:contributions", "iop:clause", "iop:clauses-yes", "iop:market",
    }  # fmt: skip
    assert [lack.number for lack in lacking(made.agreement) if lack.page == "iop:clause"] == [2]
    with pytest.raises(Refused):
        send_to_committee(made.agreement, made.officer)
    assert not Matter.objects.exists()


def test_a_finished_text_becomes_a_matter_with_line_report_and_appendix() -> None:
    made = ready_partnership()
    assert texts(made) == []
    matter = send_to_committee(made.agreement, made.officer)
    agreement = reloaded(made.agreement)
    assert agreement.state == State.BEFORE_COMMITTEE
    line = matter.lines.get()
    assert (line.case, line.amounts_of(Stage.OFFICERS)) == (agreement.case, {2027: 150_000})
    points = [point.text for point in matter.points(Stage.OFFICERS)]
    assert points[0].startswith("att ingå idéburet offentligt partnerskap med ")
    assert "1 juli 2027–31 oktober 2027 enligt bilagt förslag till överenskommelse" in points[0]
    assert points[-1] == "att uppdra åt socialdirektören att underteckna överenskommelsen"
    assert [section.heading for section in matter.sections.all()] == [
        "Bakgrund och behov", "Vad parterna vill göra tillsammans", "Varför ett partnerskap", "Ekonomi",
        "Uppföljning",
    ]  # fmt: skip
    appendix = matter.appendices.get()
    text = agreement.texts.get()
    assert (appendix.source, appendix.key) == ("iop_agreement", text.pk)
    [source] = appendices.make("iop_agreement", [text.pk])[text.pk]
    assert text.content_sha256 in source.html.replace(" ", "")
    assert agreement.case.events.filter(kind=Event.Kind.TO_COMMITTEE).count() == 1


def test_only_the_case_officer_sends_it() -> None:
    made = ready_partnership()
    for person in (made.of_association, made.of_unit):
        with pytest.raises(Refused):
            send_to_committee(made.agreement, person)


def test_nothing_is_written_while_it_lies_before_the_committee() -> None:
    made = ready_partnership()
    send_to_committee(made.agreement, made.officer)
    clause = made.agreement.clauses.first()
    assert clause is not None
    with pytest.raises(Refused):
        wording.save_text(clause, "Nytt", clause.version, made.of_association)


def test_approved_as_it_stands_it_waits_for_signatures_and_binds_the_money() -> None:
    made = decided_partnership()
    assert made.agreement.state == State.TO_SIGN
    assert made.agreement.text_to_sign == made.agreement.texts.get()
    bound = Commitment.objects.get()
    assert (bound.case, bound.year, bound.amount, bound.source) == (
        made.agreement.case, 2027, 150_000, CommitmentSource.IOP,
    )  # fmt: skip
    assert made.agreement.proposals.get().result == Proposal.Result.APPROVED


def changed(made: Partnership, amount: int) -> Proposal:
    """The chair proposes another amount and the committee decides so."""
    matter = send_to_committee(made.agreement, made.officer)
    line = matter.lines.get()
    proposals.change(matter, staff(Role.CHAIR), {line.pk: {2027: amount}}, "Ramen räcker inte.")
    decide(matter)
    made.agreement.refresh_from_db()
    return made.agreement.proposals.get()


def test_the_chairs_amounts_stand_in_the_decision_points() -> None:
    made = ready_partnership()
    matter = send_to_committee(made.agreement, made.officer)
    proposals.change(matter, staff(Role.CHAIR), {matter.lines.get().pk: {2027: 90_000}}, "Ramen räcker inte.")
    points = [point.text for point in Matter.objects.get().points(Stage.CHAIR)]
    assert "med den ändringen att nämnden bidrar med 90\u00a0000 kronor för 2027" in points[0]


def test_a_changed_amount_goes_straight_to_signing_when_all_say_yes_to_exactly_that() -> None:
    made = ready_partnership()
    proposal = changed(made, 90_000)
    assert proposal.result == Proposal.Result.CHANGED
    assert "90\u00a0000" in proposal.words
    assert made.agreement.state == State.WRITING
    assert promising.city_money(made.agreement) == {2027: 90_000}
    assert Commitment.objects.get().amount == 90_000
    with pytest.raises(Refused):  # nobody has said yes to the changed clause 8
        go_to_signing(made.agreement, made.officer)
    all_say_yes(made)
    assert lacking_to_sign(made.agreement) == []
    text = go_to_signing(made.agreement, made.officer)
    made.agreement.refresh_from_db()
    assert (made.agreement.state, made.agreement.text_to_sign) == (State.TO_SIGN, text)
    assert text.number == 2
    assert Commitment.objects.get().amount == 90_000


def test_more_than_the_money_changed_asks_for_another_decision() -> None:
    made = ready_partnership()
    changed(made, 90_000)
    clause = made.agreement.clauses.get(key="syfte")
    wording.save_text(clause, "Något helt annat.", clause.version, made.of_association)
    all_say_yes(made)
    assert [lack.page for lack in lacking_to_sign(made.agreement)] == ["iop:agreement"]
    with pytest.raises(Refused):
        go_to_signing(made.agreement, made.officer)
    decide(send_to_committee(made.agreement, made.officer))
    assert reloaded(made.agreement).state == State.TO_SIGN
    assert Commitment.objects.get().amount == 90_000


def test_another_amount_than_decided_is_not_signed() -> None:
    made = ready_partnership()
    changed(made, 90_000)
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2027: 120_000}))
    all_say_yes(made)
    with pytest.raises(Refused, match="2027"):
        go_to_signing(made.agreement, made.officer)


def test_own_decision_points_are_a_change_too() -> None:
    made = ready_partnership()
    matter = send_to_committee(made.agreement, made.officer)
    decide(matter, points=["att ingå partnerskapet, med uppföljning i september"])
    proposal = made.agreement.proposals.get()
    assert proposal.result == Proposal.Result.CHANGED
    assert proposal.words == "att ingå partnerskapet, med uppföljning i september"


def test_referred_back_the_parties_write_again() -> None:
    made = ready_partnership()
    matter = send_to_committee(made.agreement, made.officer)
    decide(matter, Outcome.REFERRED_BACK, instruction="att beskriva målgruppen")
    agreement = reloaded(made.agreement)
    assert (agreement.state, agreement.proposals.get().result) == (State.WRITING, Proposal.Result.RETURNED)
    assert "målgruppen" in agreement.proposals.get().words
    assert not Commitment.objects.exists()


def test_sent_back_by_the_head_the_parties_write_again_and_read_why() -> None:
    made = ready_partnership()
    matter = send_to_committee(made.agreement, made.officer)
    report_review.send_back(matter, staff(Role.HEAD), "Beskriv målgruppen.")
    agreement, proposal = reloaded(made.agreement), made.agreement.proposals.get()
    assert (agreement.state, proposal.result) == (State.WRITING, Proposal.Result.SENT_BACK)
    assert proposal.words == "Beskriv målgruppen."
    assert agreement.case.events.filter(kind=Event.Kind.AGREEMENT_RETURNED).count() == 1


def test_tabled_it_goes_on_waiting() -> None:
    made = ready_partnership()
    matter = send_to_committee(made.agreement, made.officer)
    decide(matter, Outcome.TABLED)
    assert reloaded(made.agreement).state == State.BEFORE_COMMITTEE


def test_rejected_it_comes_to_nothing_with_words() -> None:
    made = ready_partnership()
    matter = send_to_committee(made.agreement, made.officer)
    decide(matter, Outcome.REJECTED)
    agreement = reloaded(made.agreement)
    assert (agreement.state, agreement.proposals.get().result) == (State.DROPPED, Proposal.Result.REJECTED)
    assert agreement.proposals.get().words
    assert not Commitment.objects.exists()


def test_each_room_ignores_the_others_matters() -> None:
    made = ready_partnership()
    application = sent_application(call=CallFactory.create())
    matter = send_to_committee(made.agreement, made.officer)
    assert not awards._is_ours(matter)
    item = on_agenda(matter)
    before = list(Application.objects.values())
    from portal.committee.minutes import Decided, record

    decision = record(item, Decided(Outcome.GRANTED), staff(Role.SECRETARY))
    assert list(Application.objects.values()) == before
    other = Matter.objects.create(
        committee=matter.committee, case=application.received_case, title="Bidrag", summary="S",
        created_by=made.officer,
    )  # fmt: skip
    state = reloaded(made.agreement).state
    take_decision(other, decision)
    assert reloaded(made.agreement).state == state


def test_a_party_of_two_units_shares_out_the_decided_sum_itself() -> None:
    made = written_partnership()
    from iop.beginning import invite
    from portal.registry.models import declare
    from tests.iop.building import unit_with_contact

    unit, contact = unit_with_contact("Enheten för familjer")
    party = invite(made.agreement, made.officer, unit=unit)
    declare(made.agreement.case, contact, has_conflict=False)
    promise(party, contact, Promise(ContributionKind.PENGAR, {2027: 50_000}))
    assess_market(made)
    all_say_yes(made)
    versions = dict(made.agreement.clauses.values_list("pk", "version"))
    wording.say_yes_to_all(made.agreement, versions, contact)
    changed(made, 120_000)
    assert promising.city_money(made.agreement) == {2027: 200_000}
    pages = {lack.page for lack in lacking_to_sign(made.agreement)}
    assert pages == {"iop:contributions"}


def test_the_partnership_without_money_is_decided_too() -> None:
    made = written_partnership()
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.LOKAL, text="Fritidsgården, två kvällar"))
    assess_market(made)
    all_say_yes(made)
    matter = send_to_committee(made.agreement, made.officer)
    assert matter.lines.get().amounts_of(Stage.OFFICERS) == {}
    decide(matter)
    assert reloaded(made.agreement).state == State.TO_SIGN
    assert not Commitment.objects.exists()
