"""The association's way from sign-in to receipt in a browser that runs no script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from grants.models import Section
from portal.documents.models import Document
from portal.documents.work import render
from tests.e2e import applying
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import AssociationFactory, CallFactory, person_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_from_sign_in_to_receipt(
    person: Callable[..., Person], transactional_db: None, tmp_path: Path
) -> None:
    call = CallFactory.create()
    association = AssociationFactory.create()
    writer = person(scripted=False)
    writer.sign_in(person_of(association).email)
    writer.follow(call.title)
    writer.follow(say("Start an application"))
    writer.press(say("Start the application"))
    for section in list(Section)[:-1]:
        writer.follow(str(section.label))
        applying.fill_section(writer, call, section, [120_000])
        writer.press(say("Save and go back to the tasks"))
    writer.follow(str(Section.PAPERS.label))
    applying.attach(writer, tmp_path)
    writer.press(say("Save and continue"))
    applying.confirm_conditions(writer)
    writer.fill(signed=True)
    writer.press(say("Sign and send"))

    writer.sees(say("We have received your application"))
    assert re.fullmatch(r"\d{5}/\d{4}", writer.page.locator(".registry-number").inner_text())
    writer.sees(say("The receipt is being made as a PDF. You do not have to wait: you find it here later."))
    render(Document.objects.get().pk)
    writer.follow(say("Look again"))
    assert writer.downloads(say("Receipt")).startswith(b"%PDF-")
