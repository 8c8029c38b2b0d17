"""Bad input in the browser: a clear text says what to do, and nothing that was written is lost."""

from __future__ import annotations

import http.client
import re
import resource
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from grants.models import Application, Attachment, Section
from portal.registry.models import Case
from tests.e2e import applying
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import PASSWORD, ApplicationFactory, AssociationFactory, complete, person_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

MakePerson = Callable[..., Person]
LONG_ANSWER = "Vi möter unga varje vecka, och de berättar vad som hjälper."
GIGABYTE = 1024**3
#: More memory than this, in bytes, may not be needed to refuse an upload of a gigabyte.
MEMORY = 150 * 1024**2


@pytest.fixture
def draft(transactional_db: None) -> Application:
    return ApplicationFactory.create()


@pytest.fixture
def writer(draft: Application, person: MakePerson) -> Person:
    """One of the association's people, signed in; the pages of bad input are looked at by axe too."""
    writer = person(checked=False)
    writer.sign_in(draft.created_by.email)
    writer.checked = True
    return writer


def at(draft: Application, section: Section) -> str:
    return reverse("grants:section", args=[draft.pk, section])


def too_large() -> str:
    with translation.override("sv"):
        limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
    return say(
        "The file is larger than %(limit)s. Save it in a smaller size, or split it, and try again.",
        limit=limit,
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (
            "802002-87",
            "Write the association's organisation number with ten digits, for example 802002-8711.",
        ),
        (
            "802002-8712",
            "The last digit does not agree with the others. Check the organisation number for a slip.",
        ),
        (
            "640823-3234",
            "This looks like a personal identity number. Write the association's organisation number; "
            "it is on the certificate of registration from Skatteverket.",
        ),
    ],
)
@pytest.mark.rule(15)
def test_a_wrong_organisation_number_says_why(writer: Person, number: str, text: str) -> None:
    writer.open(reverse("grants:register-association"))
    writer.fill(organisation_number=number, name="Föreningen Båken", street="Hamngatan 2")
    writer.press(say("Register the association"))

    writer.sees(say(text))
    assert writer.has_written("organisation_number") == number
    assert writer.has_written("street") == "Hamngatan 2"
    writer.page.locator("[data-error-summary]:focus").wait_for()


def test_a_budget_that_does_not_come_out_even_is_saved_and_says_by_how_much(
    writer: Person, draft: Application
) -> None:
    gifts, pay, premises = (f"budget_{key}_{draft.call.first_year}" for key in ("gifts", "pay", "premises"))
    writer.open(at(draft, Section.ECONOMY))
    writer.fill(**{gifts: "20 000", pay: "15 000", premises: "mycket"})
    writer.press(say("Save"))
    writer.sees(say("Write the sum in whole kronor with digits, for example 100 000."))
    assert writer.has_written(premises) == "mycket"

    writer.fill(**{premises: ""})
    writer.press(say("Save"))
    writer.sees(
        say(
            "As saved: the income is %(sum)s larger than the costs. "
            "Write what it is used for, or apply for less.",
            sum="5 000 kr",
        )
    )
    assert writer.has_written(gifts).replace("\u00a0", " ") == "20 000"
    writer.open(reverse("grants:check", args=[draft.pk]))
    writer.sees(say("Left to do before you can send"))


@pytest.mark.rule(12)
def test_a_program_named_pdf_is_refused(writer: Person, draft: Application, tmp_path: Path) -> None:
    writer.open(at(draft, Section.PAPERS))
    applying.attach(writer, tmp_path, "stadgar.pdf", b"MZ\x90\x00\x03\x00\x00\x00This program cannot be run")

    writer.sees(
        say(
            "The file is named %(extension)s but contains something else. "
            "Open it in the program you made it with and save it as %(extension)s.",
            extension=".pdf",
        )
    )
    assert writer.has_written("kind") == "stadgar"
    assert not Attachment.objects.exists()


@pytest.mark.rule(12)
def test_an_oversized_file_is_refused_and_the_rest_of_the_form_kept(
    writer: Person, draft: Application, tmp_path: Path, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    writer.open(at(draft, Section.PAPERS))
    applying.attach(writer, tmp_path, "stadgar.pdf", b"%PDF-1.4\n" + b"0" * 2 * 1024 * 1024)

    writer.sees(too_large())
    assert writer.has_written("kind") == "stadgar"
    assert not Attachment.objects.exists()


@pytest.mark.rule(12)
def test_a_gigabyte_is_refused_while_it_arrives(draft: Application, live_server: LiveServer) -> None:
    """Streamed to the server as a browser would; neither end holds it in memory."""
    client = Client()
    client.force_login(draft.created_by)
    page = client.get(at(draft, Section.PAPERS))
    token = page.context["csrf_token"]
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    boundary = "gigabyte"
    before = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nstadgar\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="film.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n%PDF-1.4\n"
    ).encode()
    after = f"\r\n--{boundary}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield before
        block = b"0" * 1024**2
        for _number in range(GIGABYTE // len(block)):
            yield block
        yield after

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    address = urlsplit(live_server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    connection.request(
        "POST",
        at(draft, Section.PAPERS),
        body=body(),
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(before) + GIGABYTE + len(after)),
            "Cookie": cookies,
        },
    )
    answer = connection.getresponse()
    text = " ".join(re.sub(r"<[^>]+>", " ", answer.read().decode()).replace("\u00a0", " ").split())

    assert answer.status == 422
    assert too_large() in text
    assert not Attachment.objects.exists()
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024 < MEMORY


@pytest.mark.rule(16)
def test_signing_in_two_tabs_sends_once(writer: Person, draft: Application) -> None:
    complete(draft)
    other = Person(writer.page.context.new_page(), writer.address, checked=False)
    for tab in (writer, other):
        tab.open(reverse("grants:check", args=[draft.pk]))
        tab.fill(signed=True)

    numbers = []
    for tab in (writer, other):
        tab.press(say("Sign and send"))
        tab.sees(say("We have received your application"))
        numbers.append(tab.page.locator(".registry-number").inner_text())

    assert numbers[0] == numbers[1]
    assert Case.objects.count() == 1


def test_a_session_that_ends_in_mid_form_loses_nothing(writer: Person, draft: Application) -> None:
    writer.open(at(draft, Section.NEED))
    writer.fill(answer_need=LONG_ANSWER)
    (cookie,) = (c for c in writer.page.context.cookies() if c["name"] == settings.SESSION_COOKIE_NAME)
    SessionStore(cookie["value"]).delete()

    writer.press(say("Save"))
    writer.sees(say("New here?"))
    writer.fill(login=draft.created_by.email, password=PASSWORD)
    writer.press_in_form(say("Sign in"))

    writer.sees(
        say("You had been signed out. What you wrote is still here, but not saved. Check it and save again.")
    )
    assert writer.has_written("answer_need") == LONG_ANSWER
    writer.press(say("Save"))
    draft.refresh_from_db()
    assert draft.answers.get(key="need").value == LONG_ANSWER


@pytest.mark.rule(9)
def test_a_call_that_closes_while_one_writes_says_so(writer: Person, draft: Application) -> None:
    writer.open(at(draft, Section.NEED))
    writer.fill(answer_need=LONG_ANSWER)
    draft.call.closes_at = timezone.now() - timedelta(seconds=1)
    draft.call.save()
    writer.press(say("Save"))

    writer.sees(say("The application can no longer be changed. What you wrote was not saved."))
    writer.sees(say("The call has closed"))


def test_the_same_association_is_registered_once(writer: Person) -> None:
    theirs = AssociationFactory.create()
    person_of(theirs)
    writer.open(reverse("grants:register-association"))
    writer.fill(
        organisation_number=theirs.organisation_number, name="Fyren", street="A", postcode="25220", city="H"
    )
    writer.press(say("Register the association"))

    writer.sees(
        say(
            "The association is already registered. Ask those who manage it in the association to add "
            "you. If nobody knows who they are, contact us."
        )
    )
