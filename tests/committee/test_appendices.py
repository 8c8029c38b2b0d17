"""Files attached to a matter: in the register as records, and within reach where officers work."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.committee import attached
from portal.committee.attached import attach
from portal.committee.models import MatterAppendix
from portal.documents.models import StoredFile
from portal.people.models import Role
from portal.registry.models import Event, Record, RecordFile, declare
from tests.assessments.building import officer
from tests.assessments.test_versions import before_committee
from tests.committee.building import make_matter, signed_in
from tests.factories import PDF, CommitteeFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def test_an_upload_is_registered_on_the_case_and_stays_when_it_is_taken_off() -> None:
    matter, officer = make_matter("Fyren", "Hamnen"), staff(Role.CASE_OFFICER)
    client, address = signed_in(officer), reverse("committee:appendices", args=[matter.pk])
    upload = SimpleUploadedFile("samtal.pdf", PDF, "application/pdf")
    client.post(address, {"upload": upload, "title": "Samtal med verksamheten"})
    record = Record.objects.get(kind=Record.Kind.APPENDIX)
    assert (record.case, record.title, record.created_by) == (
        matter.case,
        "Samtal med verksamheten",
        officer,
    )
    entry = record.files.get()
    assert entry.filename == "samtal.pdf"
    event = matter.case.events.get(kind=Event.Kind.PAPER_ATTACHED)
    assert (event.detail, event.actor) == ("Samtal med verksamheten", officer)
    page = client.get(address).content.decode()
    assert f"In the register as a record of {matter.case.registry_number}" in page
    assert reverse("registry:record-file", args=[entry.pk]) in page
    attached.take_off(matter.appendices.get(source=MatterAppendix.FILE))
    assert Record.objects.filter(pk=record.pk).exists()


def test_a_file_about_one_line_is_registered_on_the_lines_case_and_hidden_by_a_conflict_there() -> None:
    matter, officer = make_matter("Fyren", "Hamnen"), staff(Role.CASE_OFFICER)
    line = matter.lines.get(title="Hamnen")
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    attach(matter, stored, title="Om Hamnen", filename="h.pdf", line=line, by=officer)
    record = Record.objects.get(kind=Record.Kind.APPENDIX)
    assert record.case == line.case
    assert RecordFile.objects.visible_to(officer).filter(record=record).exists()
    declare(line.case, officer, has_conflict=True)
    assert not RecordFile.objects.visible_to(officer).filter(record=record).exists()


def test_a_file_that_the_case_has_already_is_not_registered_again() -> None:
    matter = make_matter("Fyren")
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    case = matter.lines.get().case
    case.register(Record.Kind.APPLICATION, "Ansökan", files=[(stored, "ansokan.pdf")])
    appendix = attach(matter, stored, title="Ansökan", filename="ansokan.pdf", line=matter.lines.get())
    attached.take_off(appendix)
    attach(matter, stored, title="Ansökan", filename="ansokan.pdf")
    assert not Record.objects.filter(kind=Record.Kind.APPENDIX).exists()


def test_an_officer_comes_from_the_case_to_the_appendices_of_its_matter() -> None:
    CommitteeFactory.create()
    person = officer()
    closed = before_committee(person)
    matter = closed.application.received_case.matter_lines.get().matter
    page = signed_in(person).get(reverse("assessments:application", args=[closed.application.pk]))
    assert reverse("committee:appendices", args=[matter.pk]) in page.content.decode()
