"""The democracy conditions as a confirmed, versioned statement."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.applying.submission import CannotSubmit, submit
from grants.associations import conditions
from grants.associations.conditions import confirmation_for, install_conditions, statement_for
from grants.associations.members import NotPossible, Role
from grants.models import Application, ConditionsStatement, StatementConfirmation
from portal.registry.models import Case, Record
from tests.factories import ApplicationFactory, AuthorityFactory, CallFactory, complete, person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    """Complete but for the confirmation."""
    ready = complete(ApplicationFactory.create())
    StatementConfirmation.objects.all().delete()
    return ready


def new_version(draft: Application, valid_from: date) -> ConditionsStatement:
    first = ConditionsStatement.objects.get()
    return ConditionsStatement.objects.create(
        authority=draft.call.authority, version=2, valid_from=valid_from, conditions=first.conditions
    )


def statement_page(draft: Application) -> str:
    statement = statement_for(draft.call)
    assert statement is not None
    return reverse("grants:statement", args=[draft.association_id, statement.pk])


def test_shipping_twice_changes_nothing_and_both_languages_have_nine() -> None:
    authority = AuthorityFactory.create()
    first = install_conditions(authority, date(2020, 1, 1))
    again = install_conditions(authority, date(2021, 1, 1))

    assert first == again == ConditionsStatement.objects.get()
    assert again.valid_from == date(2020, 1, 1)
    assert len(first.in_words) == 9
    assert all(row[key] for row in first.conditions for key in row)


def test_without_confirmation_nothing_is_sent(draft: Application, client: Client) -> None:
    with pytest.raises(CannotSubmit):
        submit(draft.pk, draft.created_by)
    client.force_login(draft.created_by)
    page = client.get(reverse("grants:check", args=[draft.pk])).content.decode()

    assert not Case.objects.exists()
    assert statement_page(draft) in page
    assert 'name="signed"' not in page


def test_confirming_leads_back_and_stands_in_the_record(draft: Application, client: Client) -> None:
    client.force_login(draft.created_by)
    page = f"{statement_page(draft)}?ansokan={draft.pk}"

    empty = client.post(page, {"explanation": "Vi har en fordonsskatt kvar."})
    response = client.post(page, {"explanation": "Vi har en fordonsskatt kvar.", "confirmed": "on"})
    sent = submit(draft.pk, draft.created_by)

    assert empty.status_code == 422
    assert "Vi har en fordonsskatt kvar." in empty.content.decode()
    assert response["Location"] == reverse("grants:application", args=[draft.pk])
    content = Record.objects.get(case=sent.case, kind=Record.Kind.APPLICATION).content
    assert content is not None
    assert content["conditions"]["version"] == 1
    assert content["conditions"]["confirmed_by"] == str(draft.created_by)
    assert content["conditions"]["explanation"] == "Vi har en fordonsskatt kvar."


def test_the_version_in_force_when_the_call_opened_counts(draft: Application) -> None:
    opened = timezone.localdate(draft.call.opens_at)
    later = new_version(draft, opened + timedelta(days=1))
    first = statement_for(draft.call)
    assert first is not None
    conditions.confirm(draft.association, first, draft.created_by, "")
    newer_call = CallFactory.create(
        authority=draft.call.authority, opens_at=draft.call.opens_at + timedelta(days=1), title="Nyare"
    )
    newer = ApplicationFactory.create(
        call=newer_call, association=draft.association, created_by=draft.created_by
    )

    assert first.version == 1
    assert confirmation_for(draft) is not None
    assert statement_for(newer.call) == later
    assert confirmation_for(newer) is None


def test_the_first_confirmation_stands(draft: Application) -> None:
    statement = statement_for(draft.call)
    assert statement is not None
    first = conditions.confirm(draft.association, statement, draft.created_by, "Först")
    second = conditions.confirm(draft.association, statement, person_of(draft.association), "Sedan")

    assert first == second
    assert second.explanation == "Först"


def test_a_writer_reads_but_does_not_confirm(draft: Application, client: Client) -> None:
    writer = person_of(draft.association, Role.WRITER)
    client.force_login(writer)
    statement = statement_for(draft.call)
    assert statement is not None

    assert client.get(statement_page(draft)).status_code == 200
    assert client.post(statement_page(draft), {"confirmed": "on"}).status_code == 422
    with pytest.raises(NotPossible):
        conditions.confirm(draft.association, statement, writer, "")
    assert not StatementConfirmation.objects.exists()


def test_a_personal_number_is_not_kept(draft: Application, client: Client) -> None:
    client.force_login(draft.created_by)

    response = client.post(statement_page(draft), {"explanation": "Se 811218-9876", "confirmed": "on"})

    assert response.status_code == 422
    assert not StatementConfirmation.objects.exists()


def test_the_association_reads_which_versions_it_has_confirmed(draft: Application, client: Client) -> None:
    statement = statement_for(draft.call)
    assert statement is not None
    conditions.confirm(draft.association, statement, draft.created_by, "")
    later = new_version(draft, timezone.localdate())
    client.force_login(draft.created_by)

    page = client.get(reverse("grants:statements", args=[draft.association_id]))

    rows = [(row, bool(confirmation), in_force) for row, confirmation, in_force in page.context["rows"]]
    assert rows == [(later, False, True), (statement, True, False)]
