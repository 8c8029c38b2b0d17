"""Rounds: sums against the frame, the share for children, and handing over."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from assessments.models import Distribution
from grants.models import Application, Commitment, Frame, GrantType
from grants.states import State, move
from portal.committee.models import Matter
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.assessments.building import address, assessed_by, many_received, officer, opened_by, signed_in
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    CommitteeFactory,
    complete,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db


def round_of(person: User, *amounts: int) -> Any:
    """A round whose applications are assessed with these proposals, each of what was sought."""
    CommitteeFactory.create()
    call = CallFactory.create()
    for amount in amounts:
        assessed_by(person, opened_by(person, call=call), amounts={2027: amount} if amount else {})
    return call


def round_page(person: User, call: Any) -> Any:
    return signed_in(person).get(reverse("assessments:round", args=[call.pk]))


def test_the_round_sums_and_says_what_is_left() -> None:
    person = officer()
    call = round_of(person, 80_000, 50_000, 0)
    waiting = sent_application(call=call)
    other = sent_application()
    Commitment.objects.create(case=other.received_case, year=2027, amount=1_000_000)
    board = round_page(person, call).context["board"]
    assert [year.year for year in board.years] == [2027, 2028, 2029]
    first = board.years[0]
    assert (first.sought, first.ready, first.committed, first.frame) == (
        400_000,
        130_000,
        1_000_000,
        9_400_000,
    )
    assert first.left_after == 9_400_000 - 1_000_000 - 130_000
    assert board.waiting == [waiting]
    assert board.stops == []


def test_the_share_for_children_is_shown_both_ways() -> None:
    person = officer()
    call = round_of(person, 80_000, 20_000)
    small = Application.objects.get(terms__stage="proposed", terms__year_amounts__amount=20_000)
    Application.objects.exclude(pk=small.pk).update(child_share=10)
    Application.objects.filter(pk=small.pk).update(child_share=100)
    figures = round_page(person, call).context["figures"]
    assert (figures.child_percent_weighted, figures.child_percent_whole) == (28.0, 20.0)


def test_handing_over_makes_one_matter_and_leaves_the_rest() -> None:
    person = officer()
    call = round_of(person, 80_000, 50_000)
    waiting = sent_application(call=call)
    response = signed_in(person).post(reverse("assessments:hand-over", args=[call.pk]))
    assert response["Location"] == reverse("assessments:round", args=[call.pk])
    [distribution] = Distribution.objects.all()
    assert distribution.matter.lines.count() == 2
    waiting.refresh_from_db()
    assert waiting.state == State.SUBMITTED
    assert Application.objects.filter(state=State.BEFORE_COMMITTEE).count() == 2
    board = round_page(person, call).context["board"]
    assert (board.years[0].ready, board.years[0].handed_over) == (0, 130_000)


def test_more_than_the_frame_is_stopped_with_an_explanation() -> None:
    person = officer()
    call = round_of(person, 80_000)
    Frame.objects.filter(year=2027).update(amount=79_999)
    page = round_page(person, call)
    assert len(page.context["board"].stops) == 1
    assert "disabled" in page.content.decode()
    client = signed_in(person)
    response = client.post(reverse("assessments:hand-over", args=[call.pk]), follow=True)
    assert "2027" in str(next(iter(response.context["messages"])))
    assert not Matter.objects.exists()


def test_nothing_ready_nothing_handed_over() -> None:
    person = officer()
    application = opened_by(person)
    signed_in(person).post(reverse("assessments:hand-over", args=[application.call_id]))
    assert not Matter.objects.exists()


@pytest.mark.rule(10)
def test_a_conflict_hides_row_count_and_sum_of_the_round() -> None:
    person, colleague = officer(), officer()
    call = round_of(colleague, 80_000, 50_000)
    hidden = Application.objects.get(terms__stage="proposed", terms__year_amounts__amount=50_000)
    declare(hidden.received_case, person, has_conflict=True)
    page = round_page(person, call)
    board = page.context["board"]
    assert hidden not in board.ready
    assert (board.years[0].sought, board.years[0].ready) == (100_000, 80_000)
    assert hidden.association.name not in page.content.decode()
    rounds = signed_in(person).get(reverse("assessments:rounds"))
    [(_call, count)] = rounds.context["rounds"]
    assert (count["sent"], count["ready"]) == (1, 1)
    for application in Application.objects.all():
        move(application, State.BEFORE_COMMITTEE)
    assert round_page(person, call).context["board"].years[0].handed_over == 80_000


def test_drafts_are_in_no_round() -> None:
    person = officer()
    call = round_of(person, 80_000)
    draft = complete(
        ApplicationFactory.create(call=call, association=AssociationFactory.create(name="Utkastföreningen"))
    )
    assert draft.association.name not in round_page(person, call).content.decode()
    [(_call, count)] = signed_in(person).get(reverse("assessments:rounds")).context["rounds"]
    assert count["sent"] == 1


def test_a_development_grant_goes_to_the_committee_alone() -> None:
    CommitteeFactory.create()
    person = officer()
    call = CallFactory.create(
        grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None, title="Utvecklingsbidrag"
    )
    application = opened_by(person, call=call)
    client = signed_in(person)
    client.post(address("single", application))
    assert not Matter.objects.exists()
    assessed_by(person, application, grant_type=GrantType.UTVECKLINGSBIDRAG)
    assert address("single", application) in client.get(address("application", application)).content.decode()
    client.post(address("single", application))
    application.refresh_from_db()
    assert application.state == State.BEFORE_COMMITTEE
    assert Matter.objects.get().case == application.case
    assert client.get(reverse("assessments:round", args=[call.pk])).status_code == 404


def test_an_application_of_a_round_does_not_go_alone() -> None:
    person = officer()
    call = round_of(person, 80_000)
    application = Application.objects.get(call=call)
    client = signed_in(person)
    assert (
        address("single", application) not in client.get(address("application", application)).content.decode()
    )
    client.post(address("single", application))
    assert not Matter.objects.exists()


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.CHAIR, Role.MEMBER])
def test_only_case_officers_see_rounds(role: Role) -> None:
    call = CallFactory.create()
    client = signed_in(staff(role))
    for name, args in (("rounds", []), ("round", [call.pk]), ("hand-over", [call.pk])):
        assert client.get(reverse(f"assessments:{name}", args=args)).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_twentyfour_queries_however_many_applications(rows: int, django_assert_num_queries: Any) -> None:
    person = officer()
    call = round_of(person, 80_000, 50_000)
    many_received(rows, call)
    client = signed_in(person)
    url = reverse("assessments:round", args=[call.pk])
    client.get(url)
    with django_assert_num_queries(24):
        client.get(url)
