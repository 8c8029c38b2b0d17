"""An association's facts: changed by group, cross-checked figures, history, confirmed each year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying.signing import sign
from grants.applying.submission import submit
from grants.associations import facts
from grants.associations.association_history import in_words, log_of
from grants.associations.facts import ChangedMeanwhile, confirmation_due, seen_of
from grants.associations.members import NotPossible, Role
from grants.models import Association, FactsConfirmation, OfficeHolder, Signature, SigningRule, YearlyFigures
from portal.people.models import Role as StaffRole
from portal.people.models import User
from portal.registry.models import Record
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    complete,
    organisation_number,
    person_of,
    staff,
)

pytestmark = pytest.mark.django_db

#: Members that agree with each other.
FIGURES: dict[str, Any] = {
    "total": 100, "paying": 90, "resident": 80, "annual_fee": 200,
    "age_0_6": 0, "age_7_12": 10, "age_13_20": 20, "age_21_25": 10, "age_26_64": 40, "age_65": 20,
    "women": 50, "men": 45, "other_gender": 5,
    "board_women": 3, "board_men": 2, "board_other": 0,
}  # fmt: skip


@pytest.fixture
def association() -> Association:
    return AssociationFactory.create()


@pytest.fixture
def manager(association: Association) -> User:
    return person_of(association)


def posted(association: Association, code: str, **changes: Any) -> dict[str, Any]:
    """The group's form as it is shown, with changes."""
    group = facts.GROUPS[code]
    values = {name: value for name, value in facts.values_of(association, group).items()
              if value not in (None, False)}  # fmt: skip
    return {**values, "seen": seen_of(association, group), **changes}


def test_a_group_is_saved_and_the_history_says_who_and_what(
    association: Association, manager: User, client: Client
) -> None:
    client.force_login(manager)
    page = reverse("grants:facts", args=[association.pk, "kontakt"])

    response = client.post(page, posted(association, "kontakt", phone="042-10 50 00", protected_address="on"))

    association.refresh_from_db()
    assert response["Location"] == reverse("grants:association", args=[association.pk])
    assert (association.phone, association.protected_address) == ("042-10 50 00", True)
    entry = in_words(list(log_of(association)))[0]
    assert entry.who == str(manager)
    assert {(change.field, change.before, change.after) for change in entry.changes} == {
        (_("Telephone"), _("nothing"), "042-10 50 00"),
        (_("The address is secret"), _("No"), _("Yes")),
    }
    assert client.get(reverse("grants:association-history", args=[association.pk])).status_code == 200


def test_a_writer_reads_the_facts_and_changes_none(association: Association, client: Client) -> None:
    writer = person_of(association, Role.WRITER)
    client.force_login(writer)

    page = client.get(reverse("grants:association", args=[association.pk]))

    assert page.status_code == 200
    assert not page.context["manages"]
    for name, args in (
        ("facts", ["kontakt"]), ("new-office-holder", []), ("figures", [timezone.localdate().year - 1]),
        ("confirm-facts", []),
    ):  # fmt: skip
        assert client.post(reverse(f"grants:{name}", args=[association.pk, *args])).status_code == 404
    with pytest.raises(NotPossible):
        facts.confirm_facts(association.pk, writer)


def test_a_verified_number_is_locked_in_the_form_and_behind_it(
    association: Association, manager: User, client: Client
) -> None:
    number = association.organisation_number
    Association.objects.update(
        number_verified_at=timezone.now(), number_verified_by=staff(StaffRole.CASE_OFFICER)
    )
    association.refresh_from_db()
    client.force_login(manager)
    page = reverse("grants:facts", args=[association.pk, "grund"])
    other = organisation_number(70_001)

    shown = client.get(page)
    client.post(page, posted(association, "grund", organisation_number=other, name="Nytt namn"))

    association.refresh_from_db()
    assert shown.context["form"].fields["organisation_number"].disabled
    assert (association.organisation_number, association.name) == (number, "Nytt namn")
    group = facts.GROUPS["grund"]
    values = {**facts.values_of(association, group), "organisation_number": other}
    with pytest.raises(NotPossible):
        facts.save_group(association.pk, group, values, manager, seen=seen_of(association, group))


def test_an_unverified_number_can_be_corrected(
    association: Association, manager: User, client: Client
) -> None:
    client.force_login(manager)
    other = organisation_number(70_002)

    client.post(
        reverse("grants:facts", args=[association.pk, "grund"]),
        posted(association, "grund", organisation_number=other),
    )

    assert Association.objects.get().organisation_number == other


def test_of_two_who_change_the_same_group_the_second_is_told_and_loses_nothing(
    association: Association, manager: User, client: Client
) -> None:
    second = posted(association, "kontakt", phone="042-2")
    first = posted(association, "kontakt", phone="042-1")
    client.force_login(manager)
    page = reverse("grants:facts", args=[association.pk, "kontakt"])

    client.post(page, first)
    told = client.post(page, second)

    assert told.status_code == 422
    assert "042-1" in told.content.decode()
    assert told.context["form"]["phone"].value() == "042-2"
    assert Association.objects.get().phone == "042-1"
    again = {**second, "seen": told.context["form"]["seen"].value()}
    assert client.post(page, again).status_code == 302
    assert Association.objects.get().phone == "042-2"
    group = facts.GROUPS["kontakt"]
    values = facts.values_of(association, group)
    with pytest.raises(ChangedMeanwhile):
        facts.save_group(association.pk, group, values, manager, seen="x")


@pytest.mark.parametrize(
    ("year", "status"), [("1987", 302), ("", 302), ("87", 422), ("2999", 422), ("x", 422)]
)
def test_years_are_years(
    association: Association, manager: User, client: Client, year: str, status: int
) -> None:
    client.force_login(manager)
    data = posted(association, "grund", founded_year=year)

    assert client.post(reverse("grants:facts", args=[association.pk, "grund"]), data).status_code == status


def test_who_belongs_to_an_organisation_says_how(
    association: Association, manager: User, client: Client
) -> None:
    client.force_login(manager)
    page = reverse("grants:facts", args=[association.pk, "organisation"])
    data = posted(association, "organisation", parent_organisation="Riksförbundet")

    assert "independence" in client.post(page, data).context["form"].errors
    assert client.post(page, {**data, "independence": "branch"}).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"paying": 101}, "paying"),
        ({"resident": 101}, "resident"),
        ({"age_65": 19}, "age_65"),
        ({"age_0_6": None}, "age_0_6"),
        ({"women": 51}, "other_gender"),
        ({"men": None}, "men"),
        ({"total": None}, "total"),
        ({"annual_fee": None}, "annual_fee"),
        ({"paying": -1}, "paying"),
    ],
)
def test_figures_that_cannot_be_true_are_stopped(
    association: Association, manager: User, client: Client, changes: dict[str, Any], field: str
) -> None:
    client.force_login(manager)
    page = reverse("grants:figures", args=[association.pk, timezone.localdate().year - 1])
    data = {name: "" if value is None else value for name, value in (FIGURES | changes).items()}

    response = client.post(page, data)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not YearlyFigures.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"paying": 101}, {"resident": 101}, {"age_65": 19}, {"age_0_6": None}, {"women": 51}, {"men": None}],
)
def test_the_database_stops_them_too(association: Association, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        YearlyFigures.objects.create(association=association, year=2025, **(FIGURES | changes))


def test_figures_are_saved_once_a_year_and_may_leave_out_age_and_gender(
    association: Association, manager: User, client: Client
) -> None:
    client.force_login(manager)
    last_year = timezone.localdate().year - 1
    page = reverse("grants:figures", args=[association.pk, last_year])

    client.post(page, FIGURES)
    client.post(page, {"total": "1 200", "paying": "1 000", "resident": 900, "annual_fee": "200 kr"})

    figures = YearlyFigures.objects.get()
    assert (figures.year, figures.total, figures.annual_fee) == (last_year, 1200, 200)
    assert (figures.age_65, figures.women, figures.board_women) == (None, None, None)
    assert client.get(reverse("grants:figures", args=[association.pk, last_year + 1])).status_code == 404
    assert "1\u00a0200" in client.get(reverse("grants:association", args=[association.pk])).content.decode()


def test_office_holders_are_written_changed_and_taken_away_with_history(
    association: Association, manager: User, client: Client
) -> None:
    client.force_login(manager)
    new = reverse("grants:new-office-holder", args=[association.pk])
    data = {"office": "kassor", "name": "Föreningens kassör", "chosen_from": "2026-03-01"}

    wrong = client.post(new, {**data, "chosen_until": "2026-02-01"})
    number = client.post(new, {**data, "name": "Kassör 811218-9876"})
    client.post(new, data)
    holder = OfficeHolder.objects.get()
    own = reverse("grants:office-holder", args=[association.pk, holder.pk])
    client.post(own, {**data, "chosen_until": "2027-03-01"})
    holder.refresh_from_db()
    client.post(own, {"remove": "1"})

    assert "chosen_until" in wrong.context["form"].errors
    assert "name" in number.context["form"].errors
    assert holder.chosen_until == date(2027, 3, 1)
    assert not OfficeHolder.objects.exists()
    told = [entry.text for entry in in_words(list(log_of(association)))][:3]
    words = (_("Removed: %(what)s"), _("Changed: %(what)s"), _("Added: %(what)s"))
    assert told == [text % {"what": str(holder)} for text in words]


@pytest.mark.rule(8)
def test_nobody_reaches_another_associations_office_holder(association: Association, client: Client) -> None:
    other = AssociationFactory.create()
    holder = OfficeHolder.objects.create(association=other, office="kassor", name="Kassör")
    client.force_login(person_of(association))

    url = reverse("grants:office-holder", args=[association.pk, holder.pk])
    assert client.post(url, {"remove": "1"}).status_code == 404
    assert OfficeHolder.objects.exists()


def test_facts_are_confirmed_once_a_year_and_the_start_page_reminds(
    association: Association, manager: User, client: Client
) -> None:
    client.force_login(manager)
    own = Association.objects.managed_by(manager)
    confirm = reverse("grants:confirm-facts", args=[association.pk])

    assert list(confirmation_due(own)) == [association]
    assert reverse("grants:association", args=[association.pk]) in client.get("/").content.decode()
    client.post(confirm)
    client.post(confirm)
    assert FactsConfirmation.objects.get().confirmed_by == manager
    assert not confirmation_due(own).exists()
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        assert list(confirmation_due(own)) == [association]


def test_new_facts_void_what_was_signed_with_the_old(manager: User, association: Association) -> None:
    Association.objects.update(signing_rule=SigningRule.JOINTLY)
    draft = complete(ApplicationFactory.create(association=association, created_by=manager))
    sign(draft.pk, manager)
    association.refresh_from_db()
    group = facts.GROUPS["kontakt"]
    same = facts.values_of(association, group)

    facts.save_group(association.pk, group, same, manager, seen=seen_of(association, group))
    assert Signature.objects.get().voided_at is None
    facts.save_group(
        association.pk, group, {**same, "city": "Ödåkra"}, manager, seen=seen_of(association, group)
    )
    assert Signature.objects.get().voided_at is not None


def test_the_record_keeps_the_facts_of_the_day_and_no_way_to_reach_office_holders(
    association: Association, manager: User
) -> None:
    YearlyFigures.objects.create(association=association, year=2025, **FIGURES)
    OfficeHolder.objects.create(
        association=association, office="kassor", name="Kassören", phone="070-000 00 00"
    )
    draft = complete(ApplicationFactory.create(association=association, created_by=manager))

    content = Record.objects.get(case=submit(draft.pk, manager).case, kind=Record.Kind.APPLICATION).content

    assert content is not None
    assert content["association"]["figures"]["total"] == 100
    assert content["association"]["office_holders"][0]["name"] == "Kassören"
    assert "070-000 00 00" not in str(content)


def test_the_history_of_one_association_shows_nothing_of_another(association: Association) -> None:
    other = AssociationFactory.create()
    OfficeHolder.objects.create(association=other, office="kassor", name="Någon annan")

    assert "Någon annan" not in str(in_words(list(log_of(association))))
    assert LogEntry.objects.filter(object_repr__contains="Någon annan").exists()
