"""What people write travels as text: into pages, documents, sheets, addresses and logs."""

from __future__ import annotations

import csv
import io
import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from grants.applying.submission import submit
from grants.models import Answer, Application, Question, QuestionKind, Section
from portal.documents.models import Document
from portal.documents.rendering import render_pdf
from portal.people.models import Role
from portal.registry.models import declare
from tests.bench.browsing import Form
from tests.documents.reading import page_texts
from tests.factories import ApplicationFactory, AssociationFactory, complete, sent_application, staff
from tests.world import assess

pytestmark = [pytest.mark.fault, pytest.mark.django_db]

RUNS = "<script>alert('prov')</script><img src=x onerror=alert(1)>"
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("x")')
#: Characters that travel badly, in a sentence that must come through around them.
ODD = {
    "NUL": "före\x00efter",
    "controls": "före\x07\x1b\x7fefter",
    "directions": "före \u202eomvänd\u202c efter",
    "long word": "före " + "å" * 29 + " efter",
    "emoji": "före \U0001f469\u200d\U0001f680 efter",
    "outside Latin": "före Ω שלום 漢字 efter",
}


@pytest.fixture
def draft() -> Application:
    return complete(ApplicationFactory.create())


def write(client: Client, draft: Application, text: str) -> Any:
    """Open the page as it stands, write the answer, and save."""
    client.force_login(draft.created_by)
    path = reverse("grants:section", args=[draft.pk, Section.NEED])
    return client.post(path, Form(client.get(path).content).fields | {"answer_need": [text]})


def stands(draft: Application) -> str:
    answer = draft.answers.filter(key="need").first()
    return str(answer.value) if answer else ""


# --- Pages and documents ---------------------------------------------------------------------------


@pytest.mark.rule(13)
def test_markup_in_every_free_text_is_text_on_every_page_and_in_the_documents(client: Client) -> None:
    """Every answer, name, address and judgement; every page that shows them, to both sides."""
    association = AssociationFactory.create(name=f"Fyren {RUNS}", street=RUNS, city=RUNS)
    draft = complete(ApplicationFactory.create(association=association))
    Application.objects.filter(pk=draft.pk).update(title=RUNS)
    texts = Question.objects.filter(
        call=draft.call, kind__in=[QuestionKind.LONG_TEXT, QuestionKind.SHORT_TEXT]
    )
    changed = Answer.objects.filter(application=draft, key__in=texts.values("key")).update(value=RUNS)
    assert changed > 5
    officer = staff(Role.CASE_OFFICER, display_name=RUNS)
    sent = submit(draft.pk, draft.created_by)
    declare(sent.received_case, officer, has_conflict=False)
    assess(sent, officer, short_reason=RUNS, reason=RUNS, talk_to=RUNS)

    shown = 0
    of_application = ["grants:application", "grants:receipt", "assessments:application", "assessments:assess"]
    for person in (draft.created_by, officer):
        client.force_login(person)
        for path in [reverse(name, args=[sent.pk]) for name in of_application] + [
            reverse("assessments:queue"),
            reverse("grants:applications"),
            reverse("home"),
            reverse("grants:association", args=[association.pk]),
        ]:
            page = client.get(path, follow=True).content.decode()
            assert "<script>alert" not in page, path
            assert "<img src=x" not in page, path
            shown += "&lt;script&gt;alert" in page
    assert shown >= 6
    for document in Document.objects.all():
        assert "<script>alert" not in document.html, document.title
        assert "&lt;script&gt;alert" in document.html
        assert "alert('prov')" in " ".join(
            " ".join(page_texts(render_pdf(document.html, title="Prov"))).split()
        )


@pytest.mark.rule(13)
@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_characters_are_kept_or_refused_in_words_and_can_be_printed(
    client: Client, draft: Application, text: str
) -> None:
    before = stands(draft)
    answer = write(client, draft, text)
    if answer.status_code == 422:
        assert "\x00" in text
        assert answer.context["form"].has_error("answer_need")
        assert stands(draft) == before
        return
    assert answer.status_code == 302
    assert stands(draft).startswith("före")
    assert stands(draft).endswith("efter")
    submit(draft.pk, draft.created_by)
    html = f"<!doctype html><html lang='sv'><title>x</title><p>{stands(draft)}</p>"
    assert "före" in " ".join(page_texts(render_pdf(html, title="Prov")))


@pytest.mark.rule(13)
@pytest.mark.parametrize("text", ["å" * 20_000, "ord " * 20_000, "\n" * 20_000])
def test_a_text_without_end_is_refused_in_words_or_kept_whole(
    client: Client, draft: Application, text: str
) -> None:
    before = stands(draft)
    answer = write(client, draft, text)
    assert answer.status_code in {302, 422}
    assert stands(draft) == (before if answer.status_code == 422 else text.strip())


@pytest.mark.rule(13)
@pytest.mark.parametrize(
    "seen", ['{"answer_need": "\\ud800"}', '{"answer_need": [[]]}', "[" * 3000, "null", "1e999"]
)
def test_a_page_that_lies_about_what_it_showed_is_answered(
    client: Client, draft: Application, seen: str
) -> None:
    client.force_login(draft.created_by)
    path = reverse("grants:section", args=[draft.pk, Section.NEED])
    answer = client.post(path, {"seen": seen, "answer_need": "Nytt", "page": "\x00"})
    assert answer.status_code in {200, 302, 422}


@pytest.mark.rule(13)
@pytest.mark.parametrize("name", ["q", "call", "officer", "sort", "page", "since", "state", "view"])
@pytest.mark.parametrize("value", ["\x00", "\ud800", "9" * 400, "-1", "١", "1e9", "' OR 1=1 --", "%00"])
def test_a_list_answers_whatever_its_address_says(client: Client, name: str, value: str) -> None:
    client.force_login(staff(Role.CASE_OFFICER))
    written = value.encode(errors="surrogatepass")
    assert client.get(reverse("assessments:queue"), {name: written}).status_code in {200, 404}


# --- Sheets ----------------------------------------------------------------------------------------


@pytest.mark.rule(13)
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_the_officers_sheets_is_a_formula(client: Client, formula: str) -> None:
    association = AssociationFactory.create(name=formula)
    sent = sent_application(association=association)
    Application.objects.filter(pk=sent.pk).update(title=formula)
    client.force_login(staff(Role.CASE_OFFICER))

    def taken(kind: str) -> bytes:
        return b"".join(client.get(reverse("assessments:export", args=[kind])))

    rows = list(csv.reader(io.StringIO(taken("csv").decode("utf-8-sig"), newline=""), delimiter=";"))
    assert f"'{formula}" in rows[1]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    book = load_workbook(io.BytesIO(taken("xlsx")))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}


# --- Logs ------------------------------------------------------------------------------------------


@pytest.mark.rule(14)
def test_logs_of_writing_sending_and_failing_hold_ids_and_never_contents(
    client: Client, draft: Application, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, name, number = "hemligt behov 4711", "Anonyma systrar", "19640823-3234"
    draft.association.name = name
    draft.association.save()
    with caplog.at_level(logging.DEBUG):
        write(client, draft, secret)
        write(client, draft, number)
        client.post(reverse("grants:check", args=[draft.pk]), {"signed": "on"})
        client.get(reverse("grants:application", args=[draft.pk]), {"q": secret})
        client.get(reverse("grants:application", args=[draft.pk + 999]))
        logged = caplog.text + "".join(capsys.readouterr())
    assert f"/ansokningar/{draft.pk}/" in logged
    for content in (secret, name, number, draft.created_by.email, draft.association.email):
        assert content not in logged, content


@pytest.mark.rule(14)
@pytest.mark.parametrize("number", ["640823-3234", "19640823-3234", "6408233234", "640823 3234"])
def test_what_looks_like_a_personal_number_warns_before_it_is_saved(
    client: Client, draft: Application, number: str
) -> None:
    before = stands(draft)
    answer = write(client, draft, f"Ring Kim, {number}, så berättar hen.")
    assert answer.status_code == 422
    assert answer.context["form"].has_error("answer_need", "personal_number")
    assert stands(draft) == before


@pytest.mark.rule(13)
def test_markup_in_an_answer_nests_nothing(client: Client, draft: Application) -> None:
    """In a person's own text it is printed as it was written, however deep."""
    assert write(client, draft, "<b>" * 50 + " " + "<i> " * 100).status_code == 302
    page = client.get(reverse("grants:check", args=[draft.pk])).content.decode()
    assert (page.count("&lt;b&gt;"), page.count("&lt;i&gt;")) == (50, 100)
