"""Attaching papers: what is taken, what is refused in words, and whose papers they are."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from grants.models import Application, Attachment, Section
from tests.factories import PDF, ApplicationFactory, complete

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    return ApplicationFactory.create()


@pytest.fixture
def writer(client: Client, draft: Application) -> Client:
    client.force_login(draft.created_by)
    return client


def papers(draft: Application) -> str:
    return reverse("grants:section", args=[draft.pk, Section.PAPERS])


def attach(writer: Client, draft: Application, name: str, content: bytes, kind: str = "stadgar") -> Any:
    file = SimpleUploadedFile(name, content)
    return writer.post(papers(draft), {"seen": "{}", "kind": kind, "file": file})


def made_pdf(**save: Any) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if save.pop("script", False):
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    target = io.BytesIO()
    pdf.save(target, **save)
    return target.getvalue()


def test_a_paper_is_attached_listed_and_removed(writer: Client, draft: Application) -> None:
    assert attach(writer, draft, "Stadgar ö.pdf", PDF, "ovrigt")["Location"] == papers(draft)
    paper = Attachment.objects.get()
    kept = paper.paper
    assert (kept.filename, kept.type.code, kept.stored_file.read()) == ("Stadgar ö.pdf", "ovrigt", PDF)
    download: Any = writer.get(reverse("grants:attachment", args=[draft.pk, paper.pk]))
    assert download.getvalue() == PDF

    page = writer.get(papers(draft)).content.decode()
    removing = page[page.index("data-confirm") : page.index('name="remove"')]
    assert "</form>" not in removing
    writer.post(papers(draft), {"remove": paper.pk})
    assert not Attachment.objects.exists()


@pytest.mark.rule(12)
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("program.pdf", b"MZ\x90\x00" + b"\0" * 500, "content"),
        ("stadgar.exe", b"MZ\x90\x00" + b"\0" * 500, "extension"),
        ("tom.pdf", b"", "empty"),
        ("last.pdf", made_pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "encrypted"),
        ("skript.pdf", made_pdf(script=True), "active"),
    ],
)
def test_a_bad_file_is_refused_in_words(
    writer: Client, draft: Application, name: str, content: bytes, code: str
) -> None:
    response = attach(writer, draft, name, content)

    assert response.status_code == 422
    assert response.context["form"].has_error("file", code)
    assert response.context["form"]["kind"].value() == "stadgar"
    assert not Attachment.objects.exists()


@pytest.mark.rule(12)
def test_too_large_a_file_is_refused_while_it_arrives(
    writer: Client, draft: Application, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1000

    response = attach(writer, draft, "stor.pdf", PDF + b"%" * 5000)

    assert response.context["form"].has_error("file", "too_large")
    assert response.context["form"]["kind"].value() == "stadgar"


def test_a_file_needs_its_kind_and_a_kind_its_file(writer: Client, draft: Application) -> None:
    assert attach(writer, draft, "a.pdf", PDF, kind="").context["form"].has_error("kind", "kind")
    alone = writer.post(papers(draft), {"seen": "{}", "kind": "stadgar"})
    assert alone.context["form"].has_error("file", "file")
    assert not Attachment.objects.exists()


@pytest.mark.rule(8)
def test_papers_of_another_association_are_out_of_reach(writer: Client, draft: Application) -> None:
    other = complete(ApplicationFactory.create(call=draft.call))
    paper = other.attachments.get()

    assert writer.get(reverse("grants:attachment", args=[other.pk, paper.pk])).status_code == 404
    assert writer.get(reverse("grants:attachment", args=[draft.pk, paper.pk])).status_code == 404
    assert writer.post(papers(draft), {"remove": paper.pk}).status_code == 404
    assert Attachment.objects.filter(pk=paper.pk).exists()
