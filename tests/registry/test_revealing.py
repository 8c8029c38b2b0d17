"""A text for the public that seems to reveal somebody is asked about before it is saved, never stopped."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.registry.models import Case, Record, RegisterEntry
from portal.registry.revealing import details_in
from tests.registry.building import Kept, signed_in

pytestmark = pytest.mark.django_db


def found(kept: Kept, text: str) -> list[str]:
    return details_in(text, kept.case, Record.objects.filter(case=kept.case))


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("Ansökan om verksamhetsbidrag", []),
        ("Ansökan från Kvinnojouren Sundet", []),
        ("Ansökan av Kassör Kassörsson", ["Kassör Kassörsson"]),
        ("Ansökan, kontakta KASSÖRSSON", ["KASSÖRSSON"]),
        ("Stöd på Dolda gränd 7", ["Dolda gränd 7"]),
        ("Ring 070-123 45 67", ["070-123 45 67"]),
        ("Skriv till jouren@sundet.example.org", ["jouren@sundet.example.org"]),
        ("Skriv till helt.annan@example.org", ["helt.annan@example.org"]),
        ("Stöd till 850101-1236", ["850101-1236"]),
    ],
)
def test_details_of_the_cases_records_and_what_looks_like_such(
    kept: Kept, text: str, details: list[str]
) -> None:
    assert sorted(found(kept, text)) == sorted(details)


def test_a_number_without_a_dash_is_told_of_in_words(kept: Kept) -> None:
    assert len(found(kept, "Stöd till 198501011236")) == 1


def posted(kept: Kept, **changes: Any) -> dict[str, Any]:
    case = Case.objects.get(pk=kept.case.pk)
    return {
        "public_title": "Stöd till Kassörsson",
        "protected_title": "",
        "seen_public": case.public_title,
        "seen_protected": case.protected_title,
    } | changes


def test_the_title_is_saved_once_the_warning_is_confirmed(kept: Kept) -> None:
    client, url = signed_in(kept.registrar), reverse("registry:title", args=[kept.case.pk])
    page = client.post(url, posted(kept))
    assert page.status_code == 422
    form = page.context["form"]
    assert "Kassörsson" in form.errors["public_title"][0]
    assert form.box in page.content.decode()
    # The box is of these details: others are asked about anew.
    other = client.post(url, posted(kept, public_title="Dolda gränd 7", **{form.box: "on"}))
    assert (other.status_code, set(other.context["form"].errors)) == (422, {"public_title"})
    assert Case.objects.get(pk=kept.case.pk).public_title != "Stöd till Kassörsson"
    assert client.post(url, posted(kept, **{form.box: "on"})).status_code == 302
    assert Case.objects.get(pk=kept.case.pk).public_title == "Stöd till Kassörsson"


def test_a_title_that_reveals_nothing_is_saved_at_once(kept: Kept) -> None:
    client, url = signed_in(kept.registrar), reverse("registry:title", args=[kept.case.pk])
    harmless = posted(kept, public_title="Stöd till en förening", protected_title="Stöd till Kassörsson")
    assert client.post(url, harmless).status_code == 302
    assert Case.objects.get(pk=kept.case.pk).protected_title == "Stöd till Kassörsson"


def test_what_the_public_register_says_of_a_record_is_asked_about_too(kept: Kept) -> None:
    record = Record.objects.filter(case=kept.case).first()
    assert record is not None
    client, url = signed_in(kept.registrar), reverse("registry:entry", args=[record.pk])
    written = {"brief": "Brev från Kassörsson", "counterpart": "Boende på Dolda gränd 7"}
    page = client.post(url, written)
    form = page.context["form"]
    assert (page.status_code, set(form.errors)) == (422, {"brief", "counterpart"})
    assert client.post(url, written | {form.box: "on"}).status_code == 302
    assert RegisterEntry.objects.get(record=record).brief == "Brev från Kassörsson"
    assert client.post(url, {"brief": "Brev", "counterpart": ""}).status_code == 302
