"""Clauses: copied from the city's own, written together, commented, and said yes to wording by wording."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from iop import beginning, lists_file, wording
from iop.beginning import Facts, Parties, begin_agreement
from iop.models import Agreement, Clause, ClauseComment, Idea, StandardClause
from iop.states import State
from iop.writing import Conflict, Refused
from portal.people.models import Role
from portal.registry.models import ConflictOfInterest, declare
from tests.committee.building import signed_in
from tests.factories import AssociationFactory, CommitteeFactory, person_of, staff
from tests.iop.building import Partnership, area, partnership, unit_with_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Partnership:
    lists_file.install_shipped()
    made = partnership()
    declare(made.agreement.case, made.of_unit, has_conflict=False)
    beginning.copy_standard_clauses(made.agreement, made.officer)
    return made


def clause(made: Partnership, key: str = "syfte") -> Clause:
    return Clause.objects.get(agreement=made.agreement, key=key)


# --- Beginning -----------------------------------------------------------------------------------


def test_the_city_ships_with_twenty_two_clauses_of_which_uddevallas_are_compulsory() -> None:
    lists_file.install_shipped()
    rows = StandardClause.objects.all().in_force(timezone.localdate())
    assert [row.number for row in rows] == list(range(1, 23))
    compulsory = {row.number for row in rows if row.is_compulsory}
    assert compulsory == {2, 4, 5, 7, 8, 9, 10, 12, 13, 17, 18, 19, 20, 21}
    for row in rows:
        assert row.help_sv
        assert row.help_en


def test_no_words_of_purchase_or_control_in_the_standard_texts() -> None:
    lists_file.install_shipped()
    for row in StandardClause.objects.all():
        words = f"{row.heading} {row.text} {row.help_sv}".lower()
        assert not re.search(r"\b(leverantör|kontroll|sanktion|uppdragstagare|vite)", words), row


def test_an_agreement_begins_with_the_clauses_in_force_and_both_sides() -> None:
    lists_file.install_shipped()
    CommitteeFactory.create()
    association, officer = AssociationFactory.create(), staff(Role.CASE_OFFICER)
    unit, _contact = unit_with_contact()
    made = begin_agreement(Facts("Läxhjälp", area()), Parties([association], [unit]), officer)
    assert [party.name for party in made.parties.all()] == [association.name, unit.name]
    assert made.clauses.count() == 22
    assert all(row.versions.get().text == row.text for row in made.clauses.all())
    assert (made.state, made.coordinator) == (State.WRITING, officer)


def test_a_side_that_is_missing_stops_the_beginning() -> None:
    officer = staff(Role.CASE_OFFICER)
    with pytest.raises(Refused):
        begin_agreement(Facts("X", area()), Parties([AssociationFactory.create()], []), officer)


def test_from_an_idea_it_goes_on_with_the_ideas_case_once() -> None:
    lists_file.install_shipped()
    authority = CommitteeFactory.create().authority
    association, officer = AssociationFactory.create(), staff(Role.CASE_OFFICER)
    unit, _contact = unit_with_contact()
    case = authority.open_case(public_title="Idé", by=officer)
    idea = Idea.objects.create(
        case=case, association=association, title="Kväll", left_by=person_of(association), owner=officer,
        follow_up_on=timezone.localdate(),
    )  # fmt: skip
    parties = Parties([association], [unit])
    with pytest.raises(Refused):  # the officer has not declared in the idea's case
        begin_agreement(Facts("Kväll", area()), parties, officer, idea)
    declare(case, officer, has_conflict=False)
    first = begin_agreement(Facts("Kväll", area()), parties, officer, idea)
    second = begin_agreement(Facts("Kväll igen", area()), parties, officer, idea)
    assert (first.case, first.idea) == (case, idea)
    assert second.case != case


def test_a_party_invited_later_is_asked_for_its_yes_and_so_are_all_for_clause_one(made: Partnership) -> None:
    first = clause(made, "parter")
    wording.say_yes(first, first.version, made.of_association)
    beginning.invite(made.agreement, made.of_unit, association=AssociationFactory.create())
    states = {state.clause.key: state for state in wording.states_of(made.agreement)}
    assert len(states["parter"].missing) == 3


# --- Wording -------------------------------------------------------------------------------------


def test_another_wording_keeps_the_earlier_one_and_takes_the_yes_away(made: Partnership) -> None:
    row = clause(made)
    first = row.text
    wording.say_yes(row, 1, made.of_association)
    wording.save_text(row, "Vi gör det ihop.", 1, made.of_unit)
    assert [(version.text, version.party) for version in row.versions.all()] == [
        (first, None),
        ("Vi gör det ihop.", made.unit_party),
    ]
    [state] = [state for state in wording.states_of(made.agreement) if state.clause.pk == row.pk]
    assert (state.agreed, len(state.missing)) == ((), 2)


def test_the_same_wording_again_is_no_new_one(made: Partnership) -> None:
    row = clause(made)
    wording.save_text(row, row.text, 1, made.of_unit)
    assert clause(made).version == 1


def test_two_who_save_at_once_see_both_texts_and_nothing_is_overwritten(made: Partnership) -> None:
    row = clause(made)
    wording.save_text(row, "Den enas text.", 1, made.of_association)
    with pytest.raises(Conflict):
        wording.save_text(row, "Den andras text.", 1, made.of_unit)
    page = signed_in(made.of_unit).post(
        reverse("iop:clause", args=[made.agreement.pk, row.number]),
        {"version": 1, "text": "Den andras text."},
    )
    body = page.content.decode()
    assert page.status_code == 409
    assert "Den enas text." in body
    assert "<ins>andras</ins>" in body
    assert 'name="version" value="2"' in body
    assert clause(made).text == "Den enas text."


def test_a_suggestion_is_taken_into_the_text_or_left(made: Partnership) -> None:
    row = clause(made)
    first = wording.comment(row, "", "Kortare.", made.of_unit)
    second = wording.comment(row, "Varför inte?", "Ännu kortare.", made.of_unit)
    wording.settle(second, ClauseComment.Fate.LEFT, made.of_association)
    wording.settle(first, ClauseComment.Fate.TAKEN, made.of_association)
    assert clause(made).text == "Kortare."
    assert {row.fate for row in ClauseComment.objects.all()} == {"antagen", "lamnad"}
    with pytest.raises(Refused):
        wording.settle(first, ClauseComment.Fate.TAKEN, made.of_association)


def test_a_suggestion_on_another_wording_is_not_taken_blindly(made: Partnership) -> None:
    row = clause(made)
    remark = wording.comment(row, "", "Kortare.", made.of_unit)
    wording.save_text(row, "Ny text emellan.", 1, made.of_association)
    with pytest.raises(Refused):
        wording.settle(remark, ClauseComment.Fate.TAKEN, made.of_association)
    assert clause(made).text == "Ny text emellan."


def test_a_yes_is_to_the_wording_that_was_read(made: Partnership) -> None:
    row = clause(made)
    wording.save_text(row, "Nytt.", 1, made.of_unit)
    with pytest.raises(Conflict):
        wording.say_yes(row, 1, made.of_association)
    with pytest.raises(Refused):
        wording.say_yes(clause(made), 2, made.officer)  # acts for no party
    wording.say_yes(clause(made), 2, made.of_association)
    wording.say_yes(clause(made), 2, made.of_association)
    assert row.consents.count() == 1


def test_yes_to_all_is_all_or_nothing(made: Partnership) -> None:
    versions = dict(made.agreement.clauses.values_list("pk", "version"))
    wording.save_text(clause(made), "Nytt.", 1, made.of_unit)
    with pytest.raises(Conflict):
        wording.say_yes_to_all(made.agreement, versions, made.of_association)
    assert not any(state.agreed for state in wording.states_of(made.agreement))
    versions[clause(made).pk] = 2
    wording.say_yes_to_all(made.agreement, versions, made.of_association)
    assert all(state.agreed == (made.association_party,) for state in wording.states_of(made.agreement))


def test_the_difference_of_two_wordings_word_by_word() -> None:
    pieces = wording.difference("Vi möts varje vecka.", "Vi möts varannan vecka.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Vi möts "),
        ("removed", "varje"),
        ("added", "varannan"),
        ("same", " vecka."),
    ]


# --- Who sees and writes -------------------------------------------------------------------------


def test_parties_read_each_others_comments_and_never_another_partnerships(made: Partnership) -> None:
    row = clause(made)
    wording.comment(row, "Hemlig tanke", "", made.of_unit)
    url = reverse("iop:clause", args=[made.agreement.pk, row.number])
    assert "Hemlig tanke" in signed_in(made.of_association).get(url).content.decode()
    other = partnership()
    for person in (other.of_association, other.of_unit):
        assert signed_in(person).get(url).status_code == 404
        assert signed_in(person).post(url, {"version": 1, "text": "x"}).status_code == 404
        assert not ClauseComment.objects.visible_to(person).exists()
        listed = signed_in(person).get(reverse("iop:agreements")).content.decode()
        assert f"/{made.agreement.pk}/" not in listed
    with pytest.raises(Refused):
        wording.save_text(row, "Intrång", 1, other.of_association)


def test_a_comment_of_another_agreement_is_not_settled_through_ones_own(made: Partnership) -> None:
    other = partnership()
    beginning.copy_standard_clauses(other.agreement, other.officer)
    remark = ClauseComment.objects.create(
        clause=clause(other), text="Deras", on_version=1, written_by=other.officer
    )
    url = reverse("iop:clause-settle", args=[made.agreement.pk, clause(made).number, remark.pk])
    assert signed_in(made.of_association).post(url, {"fate": "klar"}).status_code == 404


def test_staff_declare_first_and_a_conflict_closes_the_page(made: Partnership) -> None:
    ConflictOfInterest.objects.filter(user=made.of_unit).delete()
    client = signed_in(made.of_unit)
    url = reverse("iop:agreement", args=[made.agreement.pk])
    declaration = reverse("iop:agreement-declare", args=[made.agreement.pk])
    assert client.get(url)["Location"] == declaration
    with pytest.raises(Refused):
        wording.save_text(clause(made), "Nytt.", 1, made.of_unit)
    client.post(declaration, {"answer": "no"})
    assert client.get(url).status_code == 200
    client.post(declaration, {"answer": "yes"})
    assert client.get(url).status_code == 404


def test_the_overview_takes_as_many_queries_with_more_clauses(made: Partnership) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(reverse("iop:agreement", args=[made.agreement.pk]))
        return len(seen)

    client = signed_in(made.of_association)
    count()
    few = count()
    for row in made.agreement.clauses.all():
        wording.comment(row, "Hm", "", made.of_unit)
        wording.say_yes(row, row.version, made.of_unit)
    assert count() == few


def test_dropped_with_words_nothing_is_written_any_more(made: Partnership) -> None:
    with pytest.raises(Refused):
        beginning.drop(made.agreement, " ", made.officer)
    beginning.drop(made.agreement, "Vi hittade en annan väg.", made.officer)
    assert Agreement.objects.get(pk=made.agreement.pk).state == State.DROPPED
    with pytest.raises(Refused):
        wording.save_text(clause(made), "Nytt.", 1, made.of_unit)


def test_the_facts_are_saved_by_version_and_both_are_shown(made: Partnership) -> None:
    agreement = made.agreement
    facts = Facts("Ett namn", agreement.area, starts_on=agreement.starts_on, ends_on=agreement.ends_on)
    beginning.save_facts(agreement, facts, 1, made.of_unit)
    page = signed_in(made.of_association).post(
        reverse("iop:agreement-facts", args=[agreement.pk]),
        {"version": 1, "title": "Ett annat", "area": agreement.area_id, "starts_on": "2027-07-01"},
    )
    body = page.content.decode()
    assert page.status_code == 409
    assert "Ett namn" in body
    assert 'value="Ett annat"' in body
    assert Agreement.objects.get(pk=agreement.pk).title == "Ett namn"


def test_other_days_ask_for_another_yes_to_the_clause_that_says_them(made: Partnership) -> None:
    agreement = made.agreement
    before = dict(agreement.clauses.values_list("key", "version"))
    facts = Facts(agreement.title, agreement.area, starts_on=agreement.starts_on, ends_on=None)
    beginning.save_facts(agreement, facts, 1, made.of_unit)
    after = dict(agreement.clauses.values_list("key", "version"))
    assert {key for key in after if after[key] != before[key]} == {"avtalstid"}
