"""The statement on accessibility and the page on personal data, and telling of an obstacle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from portal.people.models import Role
from portal.registry import obstacles
from portal.registry.models import ObstacleReport
from tests.factories import staff
from tests.registry.building import signed_in

pytestmark = pytest.mark.django_db


def test_anyone_tells_of_an_obstacle_and_the_set_address_learns_that_there_is_one() -> None:
    written = {"what": "Knappen syns inte", "page": "/diarium/", "contact": "070-1", "website": ""}
    answer = Client().post(reverse("registry:tell"), written)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("accessibility"))
    report = ObstacleReport.objects.get()
    assert (report.what, report.page, report.contact) == ("Knappen syns inte", "/diarium/", "070-1")
    mail = Email.objects.get()
    assert mail.to == ["tillganglighet@example.org"]
    assert f"T{report.pk}" in mail.subject
    assert "Knappen" not in mail.subject + mail.message
    assert Client().post(reverse("registry:tell"), {"what": " "}).status_code == 422


def test_a_program_that_fills_in_everything_leaves_no_row() -> None:
    Client().post(reverse("registry:tell"), {"what": "Köp nu", "website": "https://example.org"})
    assert (ObstacleReport.objects.count(), Email.objects.count()) == (0, 0)


def test_it_is_followed_up_in_days_and_answered_once() -> None:
    officer, registrar = staff(Role.CASE_OFFICER), staff(Role.REGISTRAR)
    report = obstacles.report(what="Går inte att läsa")
    ObstacleReport.objects.update(received_at=timezone.now() - timedelta(days=6))
    client = signed_in(registrar)
    page = client.get(reverse("registry:obstacles"))
    assert [row.days_open for row in page.context["rows"]] == [6]
    assert "Försenad" in page.content.decode() or "Overdue" in page.content.decode()
    url = reverse("registry:obstacle", args=[report.pk])
    assert client.post(url, {"answer": " "}).status_code == 422
    assert client.post(url, {"answer": "Rättat"}).status_code == 302
    assert obstacles.answer(report.pk, officer, "Annat") is False
    report.refresh_from_db()
    assert (report.answer, report.answered_by, report.days_open) == ("Rättat", registrar, 6)
    assert list(client.get(reverse("registry:obstacles")).context["rows"]) == []


def test_the_statements_say_what_the_law_asks_and_every_page_links_to_them() -> None:
    statement = Client().get(reverse("accessibility")).content.decode()
    for asked in ("Helsingborgs stad", "2018:1937", "9 §", "12 §", "digg.se/tdosanmalan", "2026"):
        assert asked in statement, asked
    assert reverse("registry:tell") in statement
    privacy = Client().get(reverse("privacy")).content.decode()
    for asked in ("6.1 e", "imy.se", "3 kap. 10 §", reverse("registry:own-extracts")):
        assert asked in privacy, asked
    for name in ("home", "accessibility", "privacy", "registry:register", "account_login"):
        page = Client().get(reverse(name)).content.decode()
        for linked in ("accessibility", "privacy", "registry:tell", "registry:register"):
            assert f'href="{reverse(linked)}"' in page, (name, linked)
