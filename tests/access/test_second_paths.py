"""What one may not open, one reaches by no other way: posted ids, filters, exports, parts of pages, order."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment
from grants.associations.account_states import AccountState
from grants.associations.accounts import NewAccount, enter, verify
from grants.models import Application, Frame, Membership, PaymentAccount
from portal.documents.models import StoredFile
from portal.people.models import Role, User
from portal.registry.models import Event, declare
from tests.factories import PDF, person_of, sent_application, staff
from tests.world import World, assess, build_world

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mine() -> Application:
    return sent_application()


@pytest.fixture
def hidden() -> Application:
    """An application that the people of the test have a conflict of interest in."""
    return sent_application(title="Hemlig rubrik")


def conflicted(role: str, hidden: Application) -> User:
    person = staff(role)
    declare(hidden.received_case, person, has_conflict=True)
    return person


def account_of(application: Application) -> PaymentAccount:
    evidence = StoredFile.objects.keep(PDF, "application/pdf")
    account = NewAccount("bankgiro", "50501055", "Föreningen", evidence, "bevis.pdf")
    return enter(application.association, account, person_of(application.association))


# --- A head reads and does nothing ---------------------------------------------------------------


@pytest.mark.rule(8)
@pytest.mark.parametrize("query", ["", "?q=Hemlig", "?sort=association", "?view=unassigned", "?page=1"])
def test_a_heads_queue_and_export_leave_out_what_a_conflict_hides(
    mine: Application, hidden: Application, query: str
) -> None:
    client = signed_in(conflicted(Role.HEAD, hidden))
    queue = client.get(reverse("assessments:queue") + query).content.decode()
    sheet = b"".join(client.get(reverse("assessments:export", args=["csv"]) + query)).decode()
    for page in (queue, sheet):
        assert hidden.received_case.registry_number not in page
        assert "Hemlig rubrik" not in page
    assert (mine.received_case.registry_number in sheet) == ("Hemlig" not in query)


@pytest.mark.rule(8)
def test_a_part_of_a_page_asks_the_same_as_the_page(mine: Application, hidden: Application) -> None:
    head = conflicted(Role.HEAD, hidden)
    declare(mine.received_case, head, has_conflict=False)
    client = signed_in(head)
    for name in ("compared", "comparables"):
        part = client.get(reverse(f"assessments:{name}", args=[mine.pk]), headers={"HX-Request": "true"})
        assert part.status_code == 200
        assert "Hemlig rubrik" not in part.content.decode()
        other = reverse(f"assessments:{name}", args=[hidden.pk])
        assert client.get(other, headers={"HX-Request": "true"}).status_code == 404


@pytest.mark.rule(11)
def test_a_head_assigns_begins_and_distributes_nothing(mine: Application) -> None:
    head = staff(Role.HEAD)
    declare(mine.received_case, head, has_conflict=False)
    client = signed_in(head)
    posts: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("assessments:assign", [], {"application": mine.pk, "take": "1"}),
        ("assessments:begin", [mine.pk], {}),
        ("assessments:hand-over", [mine.call_id], {}),
        ("grants:ask", [mine.pk], {}),
    ]
    for name, args, data in posts:
        assert client.post(reverse(name, args=args), data).status_code == 404, name
    mine.refresh_from_db()
    assert (mine.officer, Assessment.objects.count()) == (None, 0)


@pytest.mark.rule(11)
@pytest.mark.parametrize("role", [Role.HEAD, Role.FINANCE, Role.AUDITOR])
def test_who_reads_the_ledger_does_not_set_the_frame(mine: Application, role: Role) -> None:
    authority = mine.call.authority
    url = reverse("assessments:frame", args=[authority.pk, mine.call.first_year])
    before = list(Frame.objects.values_list("year", "amount"))
    client = signed_in(staff(role))
    assert client.get(url).status_code == 200
    assert client.post(url, {"amount": "1", "reserve": "0", "seen": ""}).status_code == 404
    assert list(Frame.objects.values_list("year", "amount")) == before


# --- Who pays has not decided --------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(kept_data: None) -> World:
    return build_world()


@pytest.mark.rule(10)
@pytest.mark.rule(11)
def test_payments_leave_out_conflicts_and_what_the_person_has_proposed_or_decided(built: World) -> None:
    url = reverse("grants:payments")
    association = built.application.association.name

    def is_shown(person: User | None) -> bool:
        assert person is not None
        return association in signed_in(person).get(url).content.decode()

    finance = built.people["finance"]
    assert is_shown(finance)
    assert not is_shown(built.people["conflicted finance"])
    built.application.received_case.log(Event.Kind.DELEGATED, by=finance)
    assert not is_shown(finance)


@pytest.mark.rule(11)
def test_a_finance_officer_confirms_what_an_officer_verified_and_never_both(mine: Application) -> None:
    account, finance = account_of(mine), staff(Role.FINANCE)
    url = reverse("grants:check-account", args=[mine.association_id, account.pk])
    client = signed_in(finance)
    client.post(url, {"act": "verify"})
    client.post(url, {"act": "confirm"})
    account.refresh_from_db()
    assert (account.state, account.verified_by) == (AccountState.VERIFIED, finance)
    signed_in(staff(Role.CASE_OFFICER)).post(url, {"act": "confirm"})
    account.refresh_from_db()
    assert account.state == AccountState.EFFECTIVE


@pytest.mark.rule(8)
@pytest.mark.rule(10)
def test_an_account_is_not_reached_through_another_association(
    mine: Application, hidden: Application
) -> None:
    account, finance = account_of(hidden), conflicted(Role.FINANCE, hidden)
    verify(account.pk, staff(Role.CASE_OFFICER))
    client = signed_in(finance)
    account_of(mine)
    for association in (hidden.association_id, mine.association_id):
        for name in ("check-account", "check-account-evidence"):
            url = reverse(f"grants:{name}", args=[association, account.pk])
            assert client.get(url).status_code == 404
            assert client.post(url, {"act": "confirm"}).status_code == 404
    account.refresh_from_db()
    assert account.state == AccountState.VERIFIED


# --- Who reviews, and who sets -------------------------------------------------------------------


@pytest.mark.rule(8)
@pytest.mark.parametrize("role", [Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR])
def test_who_reviews_or_sets_finds_no_case(built: World, role: Role) -> None:
    person = built.people[role]
    assert person is not None
    client = signed_in(person)
    case = built.application.received_case
    for name in ("home", "roles", "registry:trail", "grants:payment-rules", "iop:lists"):
        page = client.get(reverse(name), {"q": case.registry_number, "role": "x"}).content.decode()
        assert built.application.title not in page, name
        assert built.application.association.name not in page, name
    assert not Application.objects.visible_to(person).exists()


@pytest.mark.rule(11)
def test_nobody_assesses_the_application_of_their_own_association() -> None:
    """An officer who also acts for an association is refused, whatever page the request comes from."""
    application = sent_application()
    officer = staff(Role.CASE_OFFICER)
    Membership.objects.create(association=application.association, user=officer, role=Membership.Role.WRITER)
    declare(application.received_case, officer, has_conflict=False)
    answer = signed_in(officer).post(reverse("assessments:begin", args=[application.pk]))
    assert answer.status_code in {302, 404}
    assert not Assessment.objects.filter(application=application).exists()


@pytest.mark.rule(9)
def test_what_lies_before_the_committee_is_not_changed_by_a_post(mine: Application) -> None:
    officer = staff(Role.CASE_OFFICER)
    assess(mine, officer)
    Application.objects.filter(pk=mine.pk).update(state="before_committee")
    assessment = Assessment.objects.get(application=mine)
    data = {"version": assessment.version, "reason": "Ett annat skäl."}
    client = signed_in(officer)
    for name in ("assess", "ready", "reopen"):
        client.post(reverse(f"assessments:{name}", args=[mine.pk]), data)
    assessment.refresh_from_db()
    mine.refresh_from_db()
    assert assessment.reason != "Ett annat skäl."
    assert mine.state == "before_committee"
