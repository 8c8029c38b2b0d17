"""Joint follow-up and evaluation: planned from the start, written together, agreed by all, frozen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.urls import reverse
from django.utils import translation
from post_office.models import Email

from grants import reminders
from iop import deliveries, follow_up, follow_up_document, follow_up_plan
from iop.deliveries import Written as Delivered
from iop.follow_up import Written
from iop.models import ContributionKind, FollowUp, Indicator, PartyView
from iop.writing import Conflict, Refused
from portal.registry.models import Event, Record
from tests.documents.validation import assert_archival_and_accessible
from tests.iop.building import Partnership
from tests.iop.building_running import LONG, SHORT, rendered, running
from tests.iop.test_check_ins import at, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


TEXTS = {
    "activities": "Öppet hus varje vecka och två läger.",
    "reached": "38 unga i veckan, räknade vid dörren.",
    "effect": "Fler unga säger att de har någon vuxen att prata med.",
    "survey": "24 av 30 svarade att de trivs.",
    "story": "En ung person som kom ensam leder nu en egen grupp.",
    "society": "Färre kontakter med socialjouren.",
    "learned": "Måndagar når fler än fredagar.",
    "changes": "Vi öppnar en kväll till.",
    "risks": "Lokalen är uppsagd från 2029.",
}


def yearly(one: Partnership) -> FollowUp:
    return one.agreement.follow_ups.get(kind=FollowUp.Kind.YEARLY, year=2027)


def evaluation(one: Partnership) -> FollowUp:
    return one.agreement.follow_ups.get(kind=FollowUp.Kind.EVALUATION)


def write(row: FollowUp, **changes: str) -> FollowUp:
    texts = {name: TEXTS[name] for name in follow_up.texts_of(row.kind)} | changes
    indicator = Indicator.objects.get(goal__agreement=row.agreement_id)
    readings = {indicator.pk: ("38", "Räknat vid dörren under tio veckor.")}
    return follow_up.save(row, Written(texts, FollowUp.Onward.ADJUST, readings), row.version)


def views(one: Partnership, row: FollowUp) -> None:
    follow_up.write_view(row, one.association_party, "Vi ringer varandra.", "", 0, one.of_association)
    follow_up.write_view(row, one.unit_party, "Tillit.", "Många möten.", 0, one.of_unit)


def all_agree(one: Partnership, row: FollowUp) -> FollowUp:
    sha256 = follow_up.checksum(row)
    assert follow_up.agree(row, one.association_party, sha256, one.of_association) is False
    assert follow_up.agree(row, one.unit_party, sha256, one.of_unit) is True
    row.refresh_from_db()
    return row


def finished(one: Partnership, row: FollowUp, day: date) -> FollowUp:
    with time_machine.travel(at(day), tick=False):
        row = write(row)
        views(one, row)
        return all_agree(one, row)


def test_a_long_partnership_is_followed_up_each_year_and_evaluated_at_its_end() -> None:
    one = running(LONG)
    assert list(one.agreement.follow_ups.order_by("due_on").values_list("kind", "year", "due_on")) == [
        (FollowUp.Kind.YEARLY, 2027, date(2028, 3, 1)),
        (FollowUp.Kind.YEARLY, 2028, date(2029, 3, 1)),
        (FollowUp.Kind.EVALUATION, 2029, date(2030, 2, 28)),
    ]


def test_a_short_one_has_its_evaluation_alone() -> None:
    one = running(SHORT)
    [row] = one.agreement.follow_ups.all()
    assert (row.kind, row.due_on) == (FollowUp.Kind.EVALUATION, date(2027, 12, 31))


def test_planning_twice_changes_nothing_and_another_end_moves_only_what_nobody_wrote() -> None:
    one = running(LONG)
    before = list(one.agreement.follow_ups.order_by("pk").values())
    follow_up_plan.plan(one.agreement)
    assert list(one.agreement.follow_ups.order_by("pk").values()) == before
    write(yearly(one))
    one.agreement.ends_on = date(2027, 9, 30)
    one.agreement.save()
    follow_up_plan.plan(one.agreement, end_moved=True)
    assert list(one.agreement.follow_ups.order_by("due_on").values_list("kind", "due_on")) == [
        (FollowUp.Kind.EVALUATION, date(2027, 11, 30)),
        (FollowUp.Kind.YEARLY, date(2028, 3, 1)),
    ]


def test_what_was_delivered_is_filled_in_by_itself() -> None:
    one = running()
    with time_machine.travel(at(date(2027, 6, 30)), tick=False):
        money = Delivered(ContributionKind.PENGAR, date(2027, 2, 1), kronor=60_000)
        deliveries.register(one.unit_party, money, one.of_unit)
    rows = follow_up.content_of(yearly(one))["promised"]
    assert [(row["kind"], row["promised_kronor"], row["kronor"]) for row in rows] == [
        (ContributionKind.IDEELL_TID, 0, 0), (ContributionKind.PENGAR, 100_000, 60_000)
    ]  # fmt: skip
    assert {row["year"] for row in follow_up.content_of(evaluation(one))["promised"]} == {2027, 2028, 2029}


def test_all_parties_say_yes_to_the_same_text_and_it_is_frozen_and_registered() -> None:
    one = running()
    row = finished(one, yearly(one), date(2028, 2, 1))
    assert row.content is not None
    assert [name["party"] for name in row.content["agreed"]] == [one.association.name, str(one.unit)]
    assert row.content["goals"][0]["indicators"][0]["value"] == "38"
    record = Record.objects.get(case=one.agreement.case, kind=Record.Kind.FOLLOW_UP)
    assert (record.content, record.document) == (row.content, row.document)
    assert one.agreement.case.events.filter(kind=Event.Kind.FOLLOWED_UP).count() == 1
    frozen = {key: row.content[key] for key in row.content if key not in ("content_sha256", "agreed")}
    assert row.content["content_sha256"] == Record.checksum(frozen)
    for act in (lambda: write(row), lambda: views(one, row), lambda: all_agree(one, row)):
        with pytest.raises(Refused):
            act()
    # Both parties and nobody else find the document among those of the case.
    for person in (one.of_association, one.of_unit, one.officer):
        assert record in Record.objects.visible_to(person)
    assert record not in Record.objects.visible_to(running().of_association)


@pytest.mark.parametrize("change", ["joint text", "own view", "delivery"])
def test_whatever_changes_after_a_yes_asks_all_to_say_yes_again(change: str) -> None:
    one = running()
    with time_machine.travel(at(date(2028, 2, 1)), tick=False):
        row = write(yearly(one))
        views(one, row)
        sha256 = follow_up.checksum(row)
        follow_up.agree(row, one.association_party, sha256, one.of_association)
        if change == "joint text":
            row = write(row, learned="Fredagar når fler.")
        elif change == "own view":
            follow_up.write_view(row, one.unit_party, "Annat.", "", 1, one.of_unit)
        else:
            hours = Delivered(ContributionKind.IDEELL_TID, date(2027, 5, 1), hours=3)
            deliveries.register(one.association_party, hours, one.of_association)
        with pytest.raises(Refused):
            follow_up.agree(row, one.unit_party, sha256, one.of_unit)
        assert follow_up.agree(row, one.unit_party, follow_up.checksum(row), one.of_unit) is False
        row.refresh_from_db()
        assert row.finished_at is None


def test_nobody_says_yes_too_early_or_with_something_missing() -> None:
    one = running()
    row = write(yearly(one))
    views(one, row)
    with time_machine.travel(at(date(2027, 6, 1)), tick=False), pytest.raises(Refused, match="early"):
        follow_up.agree(row, one.unit_party, follow_up.checksum(row), one.of_unit)
    row = write(row, learned=" ")
    PartyView.objects.filter(party=one.unit_party).update(worked="", hindered="")
    assert follow_up.missing(row, one.unit_party) == ["learned", "own"]
    with time_machine.travel(at(date(2028, 2, 1)), tick=False), pytest.raises(Refused, match="missing"):
        follow_up.agree(row, one.unit_party, follow_up.checksum(row), one.of_unit)


def test_the_city_alone_cannot_say_yes_for_the_association() -> None:
    one = running()
    with time_machine.travel(at(date(2028, 2, 1)), tick=False):
        row = write(yearly(one))
        views(one, row)
        url = reverse("iop:agree-to-follow-up", args=[one.agreement.pk, row.pk])
        sha256 = follow_up.checksum(row)
        assert signed_in(one.officer).post(url, {"sha256": sha256}).status_code == 404
        signed_in(one.of_unit).post(url, {"sha256": sha256})
    assert [view.party for view in row.party_views.exclude(agreed_at=None)] == [one.unit_party]


def test_of_two_who_write_the_second_sees_both_texts() -> None:
    one = running()
    row = yearly(one)
    url = reverse("iop:write-follow-up", args=[one.agreement.pk, row.pk])
    indicator = Indicator.objects.get(goal__agreement=one.agreement)
    posted = {"version": "1", "onward": "", f"value_{indicator.pk}": "30", f"text_{indicator.pk}": ""}
    assert signed_in(one.of_unit).post(url, posted | {"learned": "Måndagar"}).status_code == 302
    answer = signed_in(one.of_association).post(url, posted | {"learned": "Fredagar"})
    assert answer.status_code == 409
    assert [(one.name, one.theirs, one.mine) for one in answer.context["differences"]] == [
        ("learned", "Måndagar", "Fredagar")
    ]
    chosen = posted | {
        "learned": "Fredagar", "version": "2", "asked": "learned", "choose_learned": "theirs"
    }  # fmt: skip
    assert signed_in(one.of_association).post(url, chosen).status_code == 302
    row.refresh_from_db()
    assert (row.learned, row.version) == ("Måndagar", 3)


def test_two_colleagues_of_a_party_do_not_overwrite_each_others_view() -> None:
    one = running()
    row = yearly(one)
    follow_up.write_view(row, one.unit_party, "Först", "", 0, one.of_unit)
    with pytest.raises(Conflict):
        follow_up.write_view(row, one.unit_party, "Sedan", "", 0, one.of_unit)
    url = reverse("iop:write-own-view", args=[one.agreement.pk, row.pk])
    answer = signed_in(one.of_unit).post(url, {"version": "0", "worked": "Sedan", "hindered": ""})
    assert answer.status_code == 409


def test_a_personal_number_in_the_story_is_stopped_with_a_way_past() -> None:
    one = running()
    url = reverse("iop:write-follow-up", args=[one.agreement.pk, yearly(one).pk])
    posted = {"version": "1", "story": "19640823-3234 kom till oss"}
    answer = signed_in(one.of_unit).post(url, posted)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["story"]
    assert signed_in(one.of_unit).post(url, posted | {"no_personal_number": "on"}).status_code == 302


def test_the_parties_are_reminded_once_of_a_follow_up_that_is_due() -> None:
    one = running()
    with time_machine.travel(at(date(2028, 2, 10)), tick=False):
        reminders.remind()
        reminders.remind()
    assert sorted(mail.to[0] for mail in Email.objects.all()) == sorted(
        [one.of_association.email, one.of_unit.email, one.officer.email]
    )


def test_the_pdf_of_a_follow_up_is_archival_accessible_and_says_what_was_agreed() -> None:
    one = running()
    row = finished(one, yearly(one), date(2028, 2, 1))
    assert row.document is not None
    pdf = rendered(row.document)
    assert_archival_and_accessible(pdf)
    assert row.content is not None
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.Root.Lang == "sv"
    for words in (
        TEXTS["learned"],
        TEXTS["story"],
        "Så ser parterna på samarbetet",
        row.content["content_sha256"],
    ):
        assert words in row.document.html


def test_the_evaluation_follows_the_chain_from_resources_to_society() -> None:
    one = running(SHORT)
    row = finished(one, evaluation(one), date(2027, 11, 15))
    assert row.document is not None
    assert row.content is not None
    html = row.document.html
    chain = ["Resurser:", "Aktiviteter:", "Prestationer:", "Effekt:", "Samhällsnytta"]
    places = [html.index(f"<h2>{link}") for link in chain]
    assert places == sorted(places)
    assert_archival_and_accessible(rendered(row.document))
    assert follow_up_document.source(row.content).content_hash == row.document.content_hash
