"""What the parties contribute: each its own, counted without names, beside what was promised."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from iop import deliveries, promised
from iop.deliveries import Written
from iop.models import ContributionKind, Delivery
from iop.writing import Refused
from tests.iop.building import Partnership
from tests.iop.building_running import SHORT, running
from tests.iop.test_check_ins import at, signed_in

pytestmark = pytest.mark.django_db

MONEY, HOURS = ContributionKind.PENGAR, ContributionKind.IDEELL_TID


def delivered(one: Partnership) -> None:
    """The unit gave 60 000 of 100 000 kronor; the association 450 of 400 hours, and 30 it took back."""
    with time_machine.travel(at(date(2027, 6, 30)), tick=False):
        deliveries.register(one.unit_party, Written(MONEY, date(2027, 2, 1), kronor=60_000), one.of_unit)
        hours = Written(HOURS, date(2027, 3, 1), hours=450, women=12, men=9)
        deliveries.register(one.association_party, hours, one.of_association)
        wrong = deliveries.register(
            one.association_party, Written(HOURS, date(2027, 3, 2), hours=30), one.of_association
        )
        deliveries.take_back(wrong, one.of_association)
        deliveries.take_back(wrong, one.of_association)


def test_promised_and_delivered_stand_side_by_side_by_party_kind_and_year() -> None:
    one = running()
    delivered(one)
    rows = promised.rows_of(one.agreement, 2027)
    assert [
        (
            row.party,
            row.kind,
            row.promised_kronor,
            row.kronor,
            row.promised_hours,
            row.hours,
            row.women,
            row.men,
        )
        for row in rows
    ] == [
        (one.association.name, HOURS, 0, 0, 400, 450, 12, 9),
        (str(one.unit), MONEY, 100_000, 60_000, 0, 0, 0, 0),
    ]
    assert [row.year for row in promised.rows_of(one.agreement)] == [2027, 2027, 2028, 2028, 2029, 2029]


def test_the_picture_has_title_text_alternative_and_bars_on_one_scale_a_name() -> None:
    one = running()
    delivered(one)
    drawn = str(promised.picture(promised.rows_of(one.agreement, 2027), 2027))
    assert '<title id="promised-2027-title">' in drawn
    assert '<desc id="promised-2027-desc">' in drawn
    # 450 hours fill the width, 400 are eight ninths of it; 60 000 kronor are 60 percent of what was promised.
    for width in ("339", "301.3", "203.4"):
        assert f'width="{width}"' in drawn
    assert "style=" not in drawn


def test_nothing_in_numbers_draws_nothing() -> None:
    one = running()
    one.agreement.contributions.all().delete()
    assert promised.picture(promised.rows_of(one.agreement), 2027) == ""


def form(one: Partnership, **fields: str) -> dict[str, str]:
    return {
        "party": str(one.association_party.pk),
        "kind": HOURS,
        "on": "2027-03-01",
        "hours": "120",
    } | fields


def test_a_party_notes_its_own_and_never_anothers() -> None:
    one = running()
    url = reverse("iop:deliver", args=[one.agreement.pk])
    with time_machine.travel(at(date(2027, 6, 30)), tick=False):
        assert signed_in(one.of_association).post(url, form(one)).status_code == 302
        answer = signed_in(one.of_unit).post(url, form(one))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["party"]
    [row] = Delivery.objects.all()
    assert (row.party, row.hours, row.written_by) == (one.association_party, 120, one.of_association)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": MONEY, "hours": "", "kronor": ""}, ["kronor"]),
        ({"kind": MONEY, "hours": "5", "kronor": "100"}, ["hours"]),
        ({"kind": HOURS, "hours": ""}, ["hours"]),
        ({"kind": HOURS, "kronor": "100"}, ["kronor"]),
        ({"kind": "lokal", "hours": "5", "women": "2"}, ["women"]),
        ({"kind": "lokal", "hours": ""}, ["text"]),
        ({"text": "Tack till 19640823-3234"}, ["text"]),
        ({"on": "2026-12-31"}, ["on"]),
        ({"on": "2027-07-01"}, ["on"]),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(fields: dict[str, str], wrong: list[str]) -> None:
    one = running()
    url = reverse("iop:deliver", args=[one.agreement.pk])
    with time_machine.travel(at(date(2027, 6, 30)), tick=False):
        answer = signed_in(one.of_association).post(url, form(one, **fields))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == wrong
    assert not Delivery.objects.exists()


def test_what_was_taken_back_stays_in_the_story_and_only_the_own_party_takes_back() -> None:
    one = running()
    delivered(one)
    theirs = Delivery.objects.get(party=one.unit_party)
    url = reverse("iop:take-back-delivery", args=[one.agreement.pk, theirs.pk])
    assert signed_in(one.of_association).post(url).status_code == 404
    theirs.refresh_from_db()
    assert theirs.withdrawn_at is None
    page = signed_in(one.of_unit).get(reverse("iop:deliveries", args=[one.agreement.pk]))
    assert [(row.hours, is_own) for row, is_own in page.context["deliveries"]] == [
        (30, False), (450, False), (None, True)
    ]  # fmt: skip


def test_a_contribution_noted_at_a_check_in_stands_there() -> None:
    one = running(SHORT)
    check_in = one.agreement.check_ins.create(planned_on=date(2027, 8, 2), planned_by=one.officer)
    url = reverse("iop:deliver", args=[one.agreement.pk])
    with time_machine.travel(at(date(2027, 8, 2)), tick=False):
        answer = signed_in(one.of_association).post(
            f"{url}?avstamning={check_in.pk}", form(one, on="2027-08-01")
        )
    assert answer.headers["Location"] == reverse("iop:check-in", args=[one.agreement.pk, check_in.pk])
    assert check_in.deliveries.get().hours == 120


def test_a_day_outside_the_agreement_is_refused() -> None:
    one = running()
    with pytest.raises(Refused):
        deliveries.register(one.unit_party, Written(MONEY, date(2030, 1, 1), kronor=1), one.of_unit)


def test_somebody_not_signed_in_keeps_what_they_typed() -> None:
    one = running()
    url = reverse("iop:deliver", args=[one.agreement.pk])
    client = Client()
    assert client.post(url, form(one)).status_code == 302
    client.force_login(one.of_association)
    assert client.get(url).context["form"]["hours"].value() == "120"
