"""An address with a NUL in it is read as if the NUL were not there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.people.models import Role
from tests.factories import staff

pytestmark = [pytest.mark.rule(13), pytest.mark.django_db]


@pytest.mark.parametrize("written", ["%00chair", "ch%00air%00"])
def test_a_nul_in_an_address_is_left_out(written: str) -> None:
    client = Client()
    client.force_login(staff(Role.ADMINISTRATOR))
    page = client.get(f"{reverse('roles')}?role={written}")
    assert (page.status_code, page.context["chosen"]) == (200, Role.CHAIR)


def test_two_percent_signs_are_no_nul() -> None:
    client = Client()
    client.force_login(staff(Role.ADMINISTRATOR))
    assert client.get(f"{reverse('roles')}?role=a%2500").context["chosen"] == "a%00"
