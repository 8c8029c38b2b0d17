"""Officers say from which sum grants are paid in which months."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from grants import payment_plan
from grants.calls.call_copying import copy_call
from grants.models import PaymentRule
from portal.people.models import Role
from tests.factories import AuthorityFactory, CallFactory, staff

pytestmark = pytest.mark.django_db
NEW = reverse("grants:new-payment-rule")


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(staff(Role.CASE_OFFICER))
    return client


def test_a_rule_is_written_and_changed(client: Client) -> None:
    authority = CallFactory.create().authority
    written = {"authority": authority.pk, "from_amount": "500 000 kr", "months": ["8", "2"]}
    assert client.post(NEW, written).headers["Location"] == reverse("grants:payment-rules")
    rule = PaymentRule.objects.get()
    assert (rule.from_amount, sorted(rule.months)) == (500_000, [2, 8])
    assert "500\u00a0000\u00a0kr" in client.get(reverse("grants:payment-rules")).content.decode()
    change = reverse("grants:payment-rule", args=[rule.pk])
    assert client.post(change, {"from_amount": "0", "months": ["3"]}).status_code == 302
    rule.refresh_from_db()
    assert (rule.from_amount, rule.months) == (0, [3])


def test_a_call_has_rules_of_its_own_beside_its_committees(client: Client) -> None:
    call = CallFactory.create()
    other = CallFactory.create(authority=call.authority)
    everyones = PaymentRule.objects.create(authority=call.authority, from_amount=0, months=[2])
    written = {"authority": call.authority_id, "call": call.pk, "from_amount": "0", "months": ["9"]}
    assert client.post(NEW, written).status_code == 302
    own = PaymentRule.objects.get(call=call)
    assert client.post(NEW, written).context["form"].errors.keys() == {"from_amount"}
    assert call.title in client.get(reverse("grants:payment-rules")).content.decode()
    rules = list(PaymentRule.objects.all())
    assert payment_plan.rules_of(call, rules) == [own]
    assert payment_plan.rules_of(other, rules) == [everyones]


def test_a_call_of_another_committee_is_refused(client: Client) -> None:
    authority = AuthorityFactory.create()
    call = CallFactory.create(authority=AuthorityFactory.create(name="En annan nämnd"))
    data = {"authority": authority.pk, "call": call.pk, "from_amount": "0", "months": ["9"]}
    assert client.post(NEW, data).context["form"].errors.keys() == {"call"}
    assert not PaymentRule.objects.exists()


def test_the_rules_of_a_draft_call_are_the_officers_alone_and_follow_a_copy(client: Client) -> None:
    call = CallFactory.create(published=False)
    rule = PaymentRule.objects.create(authority=call.authority, call=call, from_amount=0, months=[3])
    assert rule not in PaymentRule.objects.visible_to(AnonymousUser())
    officer = staff(Role.CASE_OFFICER)
    assert rule in PaymentRule.objects.visible_to(officer)
    copy = copy_call(call, officer)
    assert list(copy.payment_rules.values_list("authority", "from_amount", "months")) == [
        (call.authority_id, 0, [3])
    ]


def test_one_rule_for_each_sum(client: Client) -> None:
    authority = CallFactory.create().authority
    first = PaymentRule.objects.create(authority=authority, from_amount=0, months=[2])
    second = PaymentRule.objects.create(authority=authority, from_amount=500_000, months=[2, 8])
    for url, data in (
        (NEW, {"authority": authority.pk}),
        (reverse("grants:payment-rule", args=[second.pk]), {}),
    ):
        response = client.post(url, data | {"from_amount": "0", "months": ["1"]})
        assert response.status_code == 422
        assert response.context["form"].errors.keys() == {"from_amount"}
    assert client.post(NEW, {"authority": authority.pk, "from_amount": "7"}).status_code == 422
    assert set(PaymentRule.objects.all()) == {first, second}
