"""Seats: given, changed and ended, with the role that goes with each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.committee.models import Presidium, Seat, SeatKind
from portal.committee.seats import CannotSeat, SeatFacts, change_seat, end_seat, give_seat, seat_mark
from portal.people import rules
from portal.people.models import Role, RoleAssignment, User
from tests.committee.building import signed_in
from tests.committee.sitting import seat_for
from tests.factories import CommitteeFactory, UserFactory, staff

pytestmark = pytest.mark.django_db

MEMBER = SeatFacts(SeatKind.MEMBER, "A", order=3)


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def again(person: User) -> User:
    """The person as a new request meets them."""
    return User.objects.get(pk=person.pk)


def test_a_seat_makes_an_account_and_gives_the_role_from_its_first_day() -> None:
    today = timezone.localdate()
    seat = give_seat(
        CommitteeFactory.create(), "ny@example.org", "Ledamot 3", MEMBER, today + timedelta(days=2),
        by=staff(Role.SECRETARY),
    )  # fmt: skip
    assert (str(seat), seat.user.email) == ("Ledamot 3 (A)", "ny@example.org")
    assert not seat.user.has_usable_password()
    assert not rules.committee_reader(again(seat.user))
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert rules.committee_reader(again(seat.user))


def test_an_ended_seat_ends_the_access_at_the_days_end() -> None:
    seat = seat_for(CommitteeFactory.create(), 1, presidium=Presidium.CHAIR)
    end_seat(seat, timezone.localdate(), seen=seat_mark(seat), by=staff(Role.SECRETARY))
    assert rules.chair(again(seat.user))
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert not rules.committee_reader(again(seat.user))
        assert signed_in(again(seat.user)).get(reverse("committee:meetings")).status_code == 404


def test_a_change_of_post_keeps_what_was_and_changes_the_role_that_day() -> None:
    seat = seat_for(CommitteeFactory.create(), 1)
    tomorrow = timezone.localdate() + timedelta(days=1)
    new = change_seat(
        seat, SeatFacts(SeatKind.MEMBER, "B", Presidium.CHAIR, 1), tomorrow, seen=seat_mark(seat),
        by=staff(Role.SECRETARY),
    )  # fmt: skip
    seat.refresh_from_db()
    assert (seat.valid_until, new.valid_from, new.party) == (timezone.localdate(), tomorrow, "B")
    assert again(seat.user).roles == {Role.MEMBER}
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert again(seat.user).roles == {Role.CHAIR}


def test_a_change_from_the_seats_first_day_corrects_it() -> None:
    seat = seat_for(CommitteeFactory.create(), 1)
    change_seat(seat, SeatFacts(SeatKind.MEMBER, "C", order=9), seat.valid_from, seen=seat_mark(seat),
                by=staff(Role.SECRETARY))  # fmt: skip
    assert Seat.objects.get() == seat
    seat.refresh_from_db()
    assert (seat.party, seat.order) == ("C", 9)


def test_two_who_change_at_once_are_told() -> None:
    seat, by = seat_for(CommitteeFactory.create(), 1), staff(Role.SECRETARY)
    seen = seat_mark(seat)
    change_seat(seat, SeatFacts(SeatKind.MEMBER, "C"), seat.valid_from, seen=seen, by=by)
    with pytest.raises(CannotSeat):
        change_seat(seat, SeatFacts(SeatKind.MEMBER, "D"), seat.valid_from, seen=seen, by=by)
    with pytest.raises(CannotSeat):
        end_seat(seat, timezone.localdate(), seen=seen, by=by)
    seat.refresh_from_db()
    assert (seat.party, seat.valid_until) == ("C", None)


def test_nobody_raises_themselves_nor_takes_an_associations_account_nor_two_seats_nor_a_held_post() -> None:
    committee, secretary, today = CommitteeFactory.create(), staff(Role.SECRETARY), timezone.localdate()
    applicant = UserFactory.create()
    chair = seat_for(committee, 1, presidium=Presidium.CHAIR)
    for email, facts in [
        (secretary.email, MEMBER),
        (applicant.email, MEMBER),
        (chair.user.email.upper(), MEMBER),
        ("annan@example.org", SeatFacts(SeatKind.MEMBER, "B", Presidium.CHAIR)),
    ]:
        with pytest.raises(CannotSeat):
            give_seat(committee, email, "Namn", facts, today, by=secretary)
    with pytest.raises(CannotSeat):
        end_seat(chair, today, seen=seat_mark(chair), by=chair.user)
    assert list(Seat.objects.all()) == [chair]
    assert not applicant.role_assignments.exists()


def test_a_post_can_be_taken_over_the_day_after_it_ends() -> None:
    committee, by, today = CommitteeFactory.create(), staff(Role.SECRETARY), timezone.localdate()
    chair = seat_for(committee, 1, presidium=Presidium.CHAIR)
    end_seat(chair, today, seen=seat_mark(chair), by=by)
    facts = SeatFacts(SeatKind.MEMBER, "B", Presidium.CHAIR)
    give_seat(committee, "ny@example.org", "Ny", facts, today + timedelta(days=1), by=by)
    # Somebody whose seat has ended may come back later; the roles then have a gap.
    give_seat(committee, chair.user.email, "", MEMBER, today + timedelta(days=30), by=by)
    assert RoleAssignment.objects.filter(user=chair.user).count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        assert again(chair.user).roles == frozenset()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert again(chair.user).roles == {Role.MEMBER}


# --- The pages -------------------------------------------------------------------------------------
@pytest.fixture
def desk() -> Client:
    return signed_in(staff(Role.SECRETARY))


def seat_fields(**changes: str) -> dict[str, str]:
    day = timezone.localdate().isoformat()
    return {
        "kind": "ledamot", "party": "A", "presidium": "", "order": "1", "first_day": day,
        "name": "Ledamot 1", "email": "ledamot1@example.org",
    } | changes  # fmt: skip


def test_a_seat_is_given_and_listed(desk: Client) -> None:
    CommitteeFactory.create()
    answer = desk.post(reverse("committee:new-seat"), seat_fields(presidium="ordforande"), follow=True)
    assert answer.redirect_chain == [(reverse("committee:seats"), 302)]
    assert "Ledamot 1 (A)" in answer.content.decode()
    assert [str(seat) for seat in answer.context["held"]] == ["Ledamot 1 (A)"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"kind": "ersattare", "presidium": "ordforande"}, "Only a member can hold a post"),
        ({"email": "ingen adress"}, "Enter a valid email address."),
        ({"party": ""}, "This field is required."),
        ({"first_day": "i morgon"}, "Enter a valid date."),
    ],
)
def test_a_wrong_seat_comes_back_as_written(desk: Client, changes: dict[str, str], text: str) -> None:
    CommitteeFactory.create()
    answer = desk.post(reverse("committee:new-seat"), seat_fields(name="Står Kvar", **changes))
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert "Står Kvar" in answer.content.decode()
    assert not Seat.objects.exists()


def test_the_second_of_two_sees_what_stands_and_what_they_wrote_and_may_save_again(desk: Client) -> None:
    seat = seat_for(CommitteeFactory.create(), 1)
    address, seen = reverse("committee:seat", args=[seat.pk]), seat_mark(seat)
    change_seat(seat, SeatFacts(SeatKind.MEMBER, "CC", order=1), seat.valid_from, seen=seen,
                by=staff(Role.SECRETARY))  # fmt: skip
    fields = seat_fields(party="DD", first_day=seat.valid_from.isoformat()) | {"seen": seen}
    answer = desk.post(address, fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else has changed this seat." in page
    assert "Ledamot 1 (CC)" in page
    assert 'value="DD"' in page
    again_fields = fields | {"seen": answer.context["change"]["seen"].value()}
    assert desk.post(address, again_fields).status_code == 302
    seat.refresh_from_db()
    assert seat.party == "DD"


def test_a_seat_is_ended_on_its_page(desk: Client) -> None:
    seat = seat_for(CommitteeFactory.create(), 1)
    address = reverse("committee:end-seat", args=[seat.pk])
    assert desk.post(address, {"last_day": "", "seen": seat_mark(seat)}).status_code == 422
    day = timezone.localdate() - timedelta(days=1)
    assert desk.post(address, {"last_day": day.isoformat(), "seen": seat_mark(seat)}).status_code == 302
    answer = desk.get(reverse("committee:seats"))
    assert list(answer.context["held"]) == []
    assert [ended.pk for ended in answer.context["ended"]] == [seat.pk]


def test_the_list_takes_as_many_queries_with_thirty_seats_as_with_three(desk: Client) -> None:
    committee = CommitteeFactory.create()
    counted = []
    for first, last in [(1, 3), (4, 30)]:
        for number in range(first, last + 1):
            seat_for(committee, number, party="A")
        desk.get(reverse("committee:seats"))
        with CaptureQueriesContext(connection) as captured:
            desk.get(reverse("committee:seats"))
        counted.append(len(captured))
    assert counted[0] == counted[1]
