"""The register at a browser: what anyone reads, and a registrar who hands out a copy with masking."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from portal.registry import disclosing, entering, obstacles, retention, subject_access
from portal.registry.models import ArchivePackage, MaskedCopy, Record, RetentionRule
from tests.e2e.checks import visit
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.registry.building import Kept, build, closed, finish

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

#: 390 pixels is a telephone.
WIDTHS = (390, 1280)


@pytest.fixture
def kept(transactional_db: None) -> Kept:
    return build()


def look(person: Person, path: str) -> None:
    """Open a page and check it; at both widths, with pictures, where `PICTURES` says where to keep them."""
    person.open(path)
    folder = os.environ.get("PICTURES")
    visit(person.page, WIDTHS if folder else WIDTHS[1:])
    for width in WIDTHS if folder else ():
        for scheme in ("light", "dark"):
            person.page.set_viewport_size({"width": width, "height": 900})
            person.page.emulate_media(color_scheme=scheme)
            name = path.strip("/").split("?")[0].replace("/", "-")
            person.page.screenshot(path=Path(str(folder)) / f"{name}-{width}-{scheme}.png", full_page=True)
    person.page.emulate_media(color_scheme="light")


def test_anyone_reads_the_register_asks_and_tells(kept: Kept, person: Callable[..., Person]) -> None:
    visitor = person(checked=False)
    entering.mark(
        kept.case, kept.registrar, paragraph="21 kap. 3 §", reason="x", record=kept.record("kvittens")
    )
    for path in (
        reverse("registry:register"),
        reverse("registry:register-cases"),
        reverse("registry:register-case", args=[kept.case.pk]),
        reverse("registry:ask"),
        reverse("registry:tell"),
        reverse("accessibility"),
        reverse("privacy"),
    ):
        look(visitor, path)
    visitor.open("/")
    visitor.follow(say("The register"))
    visitor.follow(kept.case.registry_number)
    visitor.follow(say("Ask to read a document"))
    visitor.fill(asked_for="Ansökan")
    visitor.press(say("Send the request"))
    visitor.follow(say("Tell us about an obstacle"))
    visitor.fill(what="Tabellen går inte att läsa")
    visitor.press(say("Send"))
    visitor.sees(say("Thank you. We answer within %(days)s days if you told us how to reach you.", days=5))


def test_a_registrar_hands_out_a_copy_with_masking(kept: Kept, person: Callable[..., Person]) -> None:
    asked = disclosing.receive(asked_for="Ansökan från jouren", case=kept.case)
    registrar = person()
    registrar.sign_in(kept.registrar.email)
    registrar.follow(say("Requests for documents"))
    registrar.follow(str(asked))
    look(registrar, reverse("registry:request", args=[asked.pk]))
    registrar.follow(say("Copy with masking"))
    registrar.fill(record=str(kept.record("ansokan").pk))
    registrar.press(say("Look for what may be protected"))
    registrar.fill(words="möter människor", request=str(asked.pk))
    registrar.press(say("Make the copy"))
    copy = MaskedCopy.objects.get()
    assert (copy.request, copy.log[0]["record"]) == (asked, kept.record("ansokan").pk)
    registrar.sees(say("What was masked"))


def test_the_registrars_pages(kept: Kept, person: Callable[..., Person]) -> None:
    disclosing.receive(asked_for="Ansökan från jouren", case=kept.case)
    entering.mark(kept.case, kept.registrar, paragraph="21 kap. 3 § OSL", reason="Skyddad adress")
    report = obstacles.report(what="Tabellen går inte att läsa", page="/diarium/")
    subject_access.order(kept.application.created_by, kept.registrar)
    rule = RetentionRule.objects.create(
        what="kvittens", years=2, valid_from="2020-01-01", class_code="3.7", note="Ringa betydelse"
    )
    RetentionRule.objects.create(what="protokoll", keep=True, valid_from="2020-01-01")
    finish(kept.record("kvittens").document)
    case = closed(kept, 2019)
    ArchivePackage.objects.create(case=case, ordered_by=kept.registrar)
    registrar = person(checked=False)
    registrar.sign_in(kept.registrar.email)
    application = Record.objects.get(case=case, kind="ansokan")
    for path in (
        reverse("registry:desk"),
        reverse("registry:case", args=[case.pk]),
        reverse("registry:title", args=[case.pk]),
        reverse("registry:entry", args=[application.pk]),
        reverse("registry:mark", args=[case.pk]),
        reverse("registry:requests"),
        reverse("registry:enter-request"),
        reverse("registry:copy", args=[case.pk]) + f"?record={application.pk}",
        reverse("registry:retention"),
        reverse("registry:rules"),
        reverse("registry:rule", args=[rule.pk]),
        reverse("registry:close", args=[case.pk]),
        reverse("registry:obstacles"),
        reverse("registry:obstacle", args=[report.pk]),
        reverse("registry:extracts"),
        reverse("registry:own-extracts"),
    ):
        look(registrar, path)
    retention.hold(case, kept.registrar, "Överklagat")
    look(registrar, reverse("registry:retention") + "?page=1")
