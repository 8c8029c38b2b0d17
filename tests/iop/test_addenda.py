"""Addenda: written together, to the committee when the city's money changes, signed by all, then in force."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from grants.models import Commitment, CommitmentSource, Frame
from iop import addenda, addendum_money, addendum_signing
from iop.addenda import Promise, Written
from iop.models import Addendum, Agreement, AgreementText, ContributionKind, Party, Proposal, Signature
from iop.money import bind
from iop.promising import city_money
from iop.writing import Conflict, Refused
from portal.committee import report_review
from portal.committee.models import Matter, Outcome, Stage
from portal.people.models import Role
from portal.registry.models import Record
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import AssociationFactory, person_of, staff
from tests.iop.agreeing import decide
from tests.iop.building import Partnership
from tests.iop.building_running import rendered, running
from tests.iop.test_check_ins import signed_in
from tests.people.visitor import signed_in_through

pytestmark = pytest.mark.django_db

MONEY, HOURS = ContributionKind.PENGAR, ContributionKind.IDEELL_TID


def begun(one: Partnership, new_end: date | None = None) -> Addendum:
    return addenda.begin(
        one.agreement, Written("Fler kvällar", "Fler unga kommer.", new_end), one.of_association
    )


def with_clause(one: Partnership) -> Addendum:
    addendum = begun(one)
    return addenda.change_clause(addendum, one.agreement.clauses.get(number=7), "Två kvällar i veckan.", 1)


def with_money(one: Partnership, kronor: int = 150_000) -> Addendum:
    """The unit promises another sum for 2028, of the 100 000 that are bound for each year."""
    bind(one.agreement, city_money(one.agreement), one.officer)
    addendum = begun(one)
    addenda.change_contribution(addendum, Promise(one.unit_party, MONEY, 2028, kronor, None, ""))
    addendum.refresh_from_db()
    return addendum


def sign_all(one: Partnership, addendum: Addendum) -> Addendum:
    addendum.refresh_from_db()
    assert addendum.text_to_sign is not None
    sha256 = addendum.text_to_sign.content_sha256
    assert addendum_signing.sign(addendum, sha256, one.of_unit) is False
    assert addendum_signing.sign(addendum, sha256, one.of_association) is True
    addendum.refresh_from_db()
    one.agreement.refresh_from_db()
    return addendum


def bound(one: Partnership) -> dict[int, int]:
    rows = Commitment.objects.filter(case=one.agreement.case, source=CommitmentSource.IOP)
    return dict(rows.order_by("year").values_list("year", "amount"))


def test_another_wording_is_signed_by_all_and_then_stands_with_its_history() -> None:
    one = running()
    addendum = with_clause(one)
    addendum_signing.ready(addendum, addendum.version, one.of_unit)
    clause = one.agreement.clauses.get(number=7)
    assert clause.text == "Text om insatser."
    addendum = sign_all(one, addendum)
    clause.refresh_from_db()
    assert (addendum.state, clause.text, clause.version) == (
        Addendum.State.IN_FORCE,
        "Två kvällar i veckan.",
        2,
    )
    assert list(clause.versions.values_list("number", "text")) == [
        (1, "Text om insatser."), (2, "Två kvällar i veckan.")
    ]  # fmt: skip
    assert not Matter.objects.exists()
    record = Record.objects.get(kind=Record.Kind.ADDENDUM)
    assert record.content is not None
    assert record.content["content_sha256"] == Record.checksum(record.content["text"])
    assert [row["party"] for row in record.content["signatures"]] == [str(one.unit), one.association.name]
    assert record in Record.objects.visible_to(one.of_association)


def test_the_signatures_on_an_addendum_tell_how_each_had_signed_in() -> None:
    one = running()
    addendum = with_clause(one)
    text = addendum_signing.ready(addendum, addendum.version, one.of_unit)
    url = reverse("iop:sign-addendum", args=[one.agreement.pk, addendum.number])
    for person, provider in ((one.of_unit, "directory"), (one.of_association, "eid")):
        signed_in_through(provider, person).post(url, {"sha256": text.content_sha256})
    assert [row.sign_in_method for row in text.signatures.order_by("pk")] == ["directory", "eid"]
    content = Record.objects.get(kind=Record.Kind.ADDENDUM).content
    assert content is not None
    assert [row["sign_in_method"] for row in content["signatures"]] == ["directory", "eid"]


def test_each_signs_from_their_own_sign_in_once_and_only_the_text_they_read() -> None:
    one = running()
    addendum = with_clause(one)
    text = addendum_signing.ready(addendum, addendum.version, one.of_unit)
    url = reverse("iop:sign-addendum", args=[one.agreement.pk, addendum.number])
    signed_in(one.officer).post(url, {"sha256": text.content_sha256})
    signed_in(one.of_unit).post(url, {"sha256": "0" * 64})
    assert not Signature.objects.filter(text=text).exists()
    for _time in range(2):
        signed_in(one.of_unit).post(url, {"sha256": text.content_sha256})
    assert [row.party for row in Signature.objects.filter(text=text)] == [one.unit_party]
    # A manager who is no signatory reads it, and signs nothing.
    manager = person_of(one.association, "manager")
    with pytest.raises(Refused):
        addendum_signing.sign(addendum, text.content_sha256, manager)


def test_who_saves_after_it_was_read_is_seen_and_both_texts_are_shown() -> None:
    one = running()
    addendum = begun(one)
    url = reverse("iop:change-clause", args=[one.agreement.pk, 1, 7])
    assert signed_in(one.of_unit).post(url, {"version": "1", "text": "Mitt"}).status_code == 302
    answer = signed_in(one.of_association).post(url, {"version": "1", "text": "Ditt"})
    assert answer.status_code == 409
    assert [(row.theirs, row.mine) for row in answer.context["differences"]] == [("Mitt", "Ditt")]
    with pytest.raises(Conflict):
        addendum_signing.ready(addendum, 1, one.of_unit)


def test_one_addendum_at_a_time_and_none_that_changes_nothing() -> None:
    one = running()
    addendum = begun(one)
    with pytest.raises(Refused):
        begun(one)
    with pytest.raises(Refused):
        addendum_signing.ready(addendum, addendum.version, one.of_unit)
    addenda.drop(addendum, one.of_unit)
    assert begun(one).number == 2


def test_more_money_goes_to_the_committee_first_and_is_bound_once() -> None:
    one = running()
    addendum = with_money(one)
    addendum_signing.ready(addendum, addendum.version, one.of_unit)
    addendum.refresh_from_db()
    assert (addendum.state, addendum.text_to_sign) == (Addendum.State.BEFORE_COMMITTEE, None)
    matter = Matter.objects.get()
    assert matter.lines.get().amounts_of(Stage.OFFICERS) == {2028: 50_000}
    decide(matter)
    addendum.refresh_from_db()
    assert addendum.state == Addendum.State.TO_SIGN
    assert Proposal.objects.get().result == Proposal.Result.APPROVED
    assert bound(one) == {2027: 100_000, 2028: 150_000, 2029: 100_000}
    sign_all(one, addendum)
    assert bound(one) == {2027: 100_000, 2028: 150_000, 2029: 100_000}
    assert city_money(one.agreement) == bound(one)


def test_what_the_committee_approved_and_nobody_signs_is_let_go() -> None:
    one = running()
    addendum = with_money(one)
    addendum_signing.ready(addendum, addendum.version, one.of_unit)
    decide(Matter.objects.get())
    addendum.refresh_from_db()
    with pytest.raises(Refused):
        addenda.reopen(addendum, one.of_unit)
    addenda.drop(addendum, one.of_unit)
    assert bound(one) == {2027: 100_000, 2028: 100_000, 2029: 100_000}


@pytest.mark.parametrize(
    ("outcome", "said"),
    [(Outcome.REJECTED, {}), (Outcome.REFERRED_BACK, {"instruction": "Bered målen."})],
)
def test_a_no_or_a_referral_gives_the_text_back_to_the_parties(outcome: str, said: dict[str, str]) -> None:
    one = running()
    addendum = with_money(one)
    addendum_signing.ready(addendum, addendum.version, one.of_unit)
    decide(Matter.objects.get(), outcome, **said)
    addendum.refresh_from_db()
    assert addendum.is_being_written
    assert bound(one) == {2027: 100_000, 2028: 100_000, 2029: 100_000}
    assert one.agreement.state == Agreement.objects.get(pk=one.agreement.pk).state


def test_a_head_who_sends_it_back_gives_the_text_back_to_the_parties() -> None:
    one = running()
    addendum = with_money(one)
    addendum_signing.ready(addendum, addendum.version, one.of_unit)
    report_review.send_back(Matter.objects.get(), staff(Role.HEAD), "Bered målen.")
    addendum.refresh_from_db()
    assert addendum.is_being_written
    assert Proposal.objects.get().words == "Bered målen."
    assert bound(one) == {2027: 100_000, 2028: 100_000, 2029: 100_000}


def test_less_money_is_a_decision_too() -> None:
    one = running()
    addendum = with_money(one, 40_000)
    assert addendum_money.needs_decision(addendum)
    addendum_signing.ready(addendum, addendum.version, one.of_unit)
    points = list(Matter.objects.get().decision_points.values_list("text", flat=True))
    assert any("minskar från 100\u00a0000 kronor till 40\u00a0000 kronor" in point for point in points)
    decide(Matter.objects.get())
    sign_all(one, addendum)
    assert bound(one)[2028] == 40_000


def test_more_than_the_frame_holds_is_refused_and_nothing_is_frozen() -> None:
    one = running()
    Frame.objects.create(authority=one.agreement.case.authority, year=2028, amount=120_000)
    addendum = with_money(one)
    with pytest.raises(Refused, match="30\u00a0000"):
        addendum_signing.ready(addendum, addendum.version, one.of_unit)
    assert not AgreementText.objects.filter(addendum=addendum).exists()
    addendum.refresh_from_db()
    assert addendum.is_being_written


def test_hours_and_a_later_last_day_need_no_decision_and_move_the_follow_ups() -> None:
    one = running()
    addendum = begun(one, date(2030, 12, 31))
    addenda.change_contribution(addendum, Promise(one.association_party, HOURS, 2030, None, 500, ""))
    addendum.refresh_from_db()
    assert not addendum_money.needs_decision(addendum)
    addendum_signing.ready(addendum, addendum.version, one.of_unit)
    sign_all(one, addendum)
    assert one.agreement.ends_on == date(2030, 12, 31)
    assert one.association_party.contributions.get(year=2030).hours == 500
    assert list(one.agreement.follow_ups.order_by("due_on").values_list("kind", "year")) == [
        ("arsuppfoljning", 2027), ("arsuppfoljning", 2028), ("arsuppfoljning", 2029), ("utvardering", 2030)
    ]  # fmt: skip


def test_a_year_outside_the_agreement_is_refused() -> None:
    one = running()
    with pytest.raises(Refused):
        addenda.change_contribution(begun(one), Promise(one.unit_party, MONEY, 2030, 1, None, ""))


def test_an_association_joins_by_signing_too_and_another_leaves() -> None:
    one = running()
    joining = AssociationFactory.create()
    signer = person_of(joining)
    addendum = begun(one)
    addenda.change_parties(addendum, [], joining, None)
    addendum.refresh_from_db()
    assert not Agreement.objects.visible_to(signer).exists()
    text = addendum_signing.ready(addendum, addendum.version, one.of_unit)
    assert Agreement.objects.visible_to(signer).get() == one.agreement
    for person in (one.of_unit, one.of_association):
        assert addendum_signing.sign(addendum, text.content_sha256, person) is False
    assert addendum_signing.sign(addendum, text.content_sha256, signer) is True
    second = begun(one)
    addenda.change_parties(second, [one.association_party], None, None)
    second.refresh_from_db()
    text = addendum_signing.ready(second, second.version, one.of_unit)
    done = [
        addendum_signing.sign(second, text.content_sha256, person)
        for person in (one.of_unit, one.of_association, signer)
    ]
    assert done == [False, False, True]
    assert [party.name for party in Party.objects.filter(agreement=one.agreement, left_on=None)] == [
        str(one.unit), joining.name
    ]  # fmt: skip


def test_the_last_association_does_not_leave_and_who_was_to_join_is_let_go_with_the_text() -> None:
    one = running()
    joining = AssociationFactory.create()
    addendum = begun(one)
    with pytest.raises(Refused):
        addenda.change_parties(addendum, [one.association_party], None, None)
    addenda.change_parties(addendum, [], joining, None)
    addendum.refresh_from_db()
    addendum_signing.ready(addendum, addendum.version, one.of_unit)
    addendum.refresh_from_db()
    addenda.reopen(addendum, one.of_unit)
    assert one.agreement.parties.filter(left_on=None).count() == 2


def test_the_pdf_is_archival_and_accessible_with_and_without_signatures() -> None:
    one = running()
    addendum = with_money(one)
    addenda.change_clause(addendum, one.agreement.clauses.get(number=7), "Två kvällar.", addendum.version)
    addendum.refresh_from_db()
    text = addendum_signing.ready(addendum, addendum.version, one.of_unit)
    assert_archival_and_accessible(rendered(text.document))
    for words in ("Ny lydelse", "Två kvällar.", "150\u00a0000\u00a0kr", text.content_sha256):
        assert words in text.document.html
    decide(Matter.objects.get())
    sign_all(one, addendum)
    document = Record.objects.get(kind=Record.Kind.ADDENDUM).document
    assert document is not None
    assert "Undertecknat elektroniskt" in document.html
    assert_archival_and_accessible(rendered(document))


def test_the_whole_way_through_the_pages() -> None:
    one = running()
    client = signed_in(one.of_association)
    url = reverse("iop:begin-addendum", args=[one.agreement.pk])
    client.post(url, {"title": "Fler timmar", "reason": "Fler vill hjälpa till."})
    address = [one.agreement.pk, 1]
    client.post(
        reverse("iop:change-contribution", args=address),
        {"party": str(one.association_party.pk), "kind": HOURS, "year": "2028", "hours": "600"},
    )
    page = client.get(reverse("iop:addendum", args=address))
    [row] = page.context["contributions"]
    assert (row["before"], row["after"]) == ("400 timmar", "600 timmar")
    version = page.context["addendum"].version
    client.post(reverse("iop:ready-addendum", args=address), {"version": str(version)})
    for person in (one.of_association, one.of_unit):
        page = signed_in(person).get(reverse("iop:addendum", args=address))
        assert page.context["signs_for"].acts(person)
        signed_in(person).post(
            reverse("iop:sign-addendum", args=address), {"sha256": page.context["text"].content_sha256}
        )
    assert one.association_party.contributions.get(kind=HOURS, year=2028).hours == 600
