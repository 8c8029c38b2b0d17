"""Going on in time: the reminder comes once an end, and a new agreement begins from the old one."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from post_office.models import Email

from iop import renewal
from iop.models import Agreement, ContributionKind, RenewalReminder, SteeringSeat, Turn
from iop.states import State
from iop.writing import Refused
from portal.people.models import Unit
from portal.registry.models import declare
from tests.factories import person_of
from tests.iop.building import Partnership
from tests.iop.building_running import LONG, SHORT, running
from tests.iop.test_check_ins import signed_in
from tests.iop.test_follow_up import finished, yearly

pytestmark = pytest.mark.django_db


def leaders(one: Partnership) -> None:
    """Process leaders on both sides; a colleague of the association leads nothing."""
    person_of(one.association)
    for party, person in ((one.association_party, one.of_association), (one.unit_party, one.of_unit)):
        party.process_leader = person
        party.save()


def test_the_reminder_comes_half_a_year_before_or_a_third_of_a_short_time() -> None:
    assert renewal.reminder_day(running(LONG).agreement) == date(2029, 6, 30)
    # 1 July–31 October are 123 days; a third are 41.
    assert renewal.reminder_day(running(SHORT).agreement) == date(2027, 9, 20)


def test_leaders_and_coordinator_are_reminded_once_an_end() -> None:
    one = running(LONG)
    leaders(one)
    assert renewal.remind(date(2029, 6, 29)) == 0
    assert [renewal.remind(date(2029, 6, 30)), renewal.remind(date(2029, 7, 1))] == [1, 0]
    assert sorted(mail.to[0] for mail in Email.objects.all()) == sorted(
        [one.of_association.email, one.of_unit.email, one.officer.email]
    )
    assert RenewalReminder.objects.count() == 1
    Agreement.objects.update(ends_on=date(2029, 11, 30))
    assert renewal.remind(date(2029, 7, 1)) == 1


def test_without_a_leader_all_parties_are_reminded_and_nobody_with_a_conflict() -> None:
    one = running(SHORT)
    declare(one.agreement.case, one.of_unit, has_conflict=True)
    assert renewal.remind(date(2027, 9, 20)) == 1
    assert sorted(mail.to[0] for mail in Email.objects.all()) == sorted(
        [one.association.email, one.officer.email]
    )


def test_what_is_renewed_or_ended_is_not_reminded_of() -> None:
    renewed, ended = running(SHORT), running(SHORT)
    renewal.renew(renewed.agreement, "Igen", date(2027, 11, 1), date(2028, 10, 31), renewed.officer)
    ended.agreement.state = State.ENDED
    ended.agreement.save()
    assert renewal.remind(date(2027, 10, 1)) == 0


def test_the_new_agreement_carries_over_what_was_agreed_on_a_case_of_its_own() -> None:
    one = running(LONG)
    leaders(one)
    SteeringSeat.objects.create(
        agreement=one.agreement, group="styrgrupp", party=one.unit_party, role="Enhetschef"
    )
    one.agreement.contributions.filter(kind=ContributionKind.PENGAR, year=2029).update(kronor=120_000)
    finished(one, yearly(one), date(2028, 2, 1))
    url = reverse("iop:renew", args=[one.agreement.pk])
    client = signed_in(one.of_association)
    form = client.get(url).context["form"]
    assert (form["starts_on"].value(), form["ends_on"].value()) == (date(2030, 1, 1), date(2032, 12, 31))
    posted = {"title": "Unga hjälper unga", "starts_on": "2030-01-01", "ends_on": "2031-12-31"}
    assert client.post(url, posted).status_code == 302
    new = Agreement.objects.get(renews=one.agreement)
    assert (new.state, new.coordinator, list(new.years)) == (State.WRITING, one.officer, [2030, 2031])
    assert new.case_id != one.agreement.case_id
    assert [(party.name, party.process_leader) for party in new.parties.all()] == [
        (one.association.name, one.of_association), (str(one.unit), one.of_unit)
    ]  # fmt: skip
    assert list(new.clauses.values_list("number", "text", "version")) == list(
        one.agreement.clauses.values_list("number", "text", "version")
    )
    assert all(clause.versions.count() == 1 and not clause.consents.exists() for clause in new.clauses.all())
    indicator = new.goals.get().indicators.get()
    assert (indicator.baseline, indicator.target) == ("38", "40")
    assert list(
        new.contributions.order_by("kind", "year").values_list("kind", "year", "kronor", "hours")
    ) == [
        (ContributionKind.IDEELL_TID, 2030, None, 400),
        (ContributionKind.IDEELL_TID, 2031, None, 400),
        (ContributionKind.PENGAR, 2030, 120_000, None),
        (ContributionKind.PENGAR, 2031, 120_000, None),
    ]
    assert [(seat.role, seat.party.agreement) for seat in new.steering_seats.all()] == [("Enhetschef", new)]
    assert one.agreement.turns.get().kind == Turn.Kind.RENEWAL
    page = client.get(reverse("iop:running", args=[one.agreement.pk]))
    assert page.context["renewed_by"] == new


def test_it_is_begun_once_and_not_before_the_present_one_ends() -> None:
    one = running(SHORT)
    with pytest.raises(Refused):
        renewal.renew(one.agreement, "Igen", date(2027, 10, 31), date(2028, 1, 1), one.officer)
    renewal.renew(one.agreement, "Igen", date(2027, 11, 1), date(2028, 1, 1), one.officer)
    with pytest.raises(Refused):
        renewal.renew(one.agreement, "Igen", date(2027, 11, 1), date(2028, 1, 1), one.officer)
    assert Agreement.objects.filter(renews=one.agreement).count() == 1


def test_a_party_that_left_is_not_carried_over() -> None:
    one = running(SHORT)
    other = one.agreement.parties.create(position=3, unit=Unit.objects.create(name="Fritid"))
    other.left_on = date(2027, 8, 1)
    other.save()
    new = renewal.renew(one.agreement, "Igen", date(2027, 11, 1), date(2028, 1, 1), one.officer)
    assert new.parties.count() == 2
