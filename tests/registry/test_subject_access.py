"""Extracts about a person: all that is stored, in one file, for the person; drafts for nobody else."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from grants.models import FieldVersion
from portal.people.models import Role, User
from portal.registry import personal, subject_access, tasks
from portal.registry.models import SubjectExport
from portal.registry.personal_words import WORDS
from tests.documents.reading import page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import ApplicationFactory, person_of, staff
from tests.registry.building import Kept, signed_in

pytestmark = pytest.mark.django_db


def made(export: SubjectExport) -> tuple[bytes, dict[str, list[Any]]]:
    """The PDF, and heading → rows of the JSON."""
    tasks.make_subject_export(export.pk)
    export.refresh_from_db()
    assert export.file is not None, export.technical_error
    with zipfile.ZipFile(export.file.file.open("rb")) as packed:
        content = json.loads(packed.read("registerutdrag.json"))
        assert sorted(packed.namelist()) == ["registerutdrag.json", "registerutdrag.pdf"]
        told = {one["rubrik"]: one["rader"] for one in content["uppgifter"]}
        return packed.read("registerutdrag.pdf"), told


def test_every_model_that_points_at_a_person_is_told_of_or_excused() -> None:
    pointing = {model for model in apps.get_models() if personal.people_fields(model)}
    covered, excused = set(personal.registered()), personal.excused()
    assert pointing - covered - set(excused) == set()
    assert covered - pointing == set()
    told = {name.partition("__")[0] for held in personal.registered().values() for name in held.shows}
    # In which role a person stands in a row is said where a model has several.
    told |= {name for fields in map(personal.people_fields, covered) if len(fields) > 1 for name in fields}
    assert told - set(WORDS) == set()
    assert all(len(reason) > 20 for reason in excused.values())


def test_an_extract_holds_what_is_stored_about_the_person_and_nobody_else(kept: Kept) -> None:
    person = kept.application.created_by
    stranger = person_of(ApplicationFactory.create().association)
    pdf, told = made(subject_access.order(person, person))
    assert_archival_and_accessible(pdf)
    text = " ".join(page_texts(pdf))
    assert person.email in text
    assert told["Ditt konto"][0]["E-postadress"] == person.email
    assert told["Föreningar du företräder, eller har gett någon rätt att företräda"][0]["Förening"]
    assert stranger.email not in text
    assert kept.officer.email not in text


@pytest.mark.rule(8)
def test_drafts_are_in_the_persons_own_extract_and_in_nobody_elses(kept: Kept) -> None:
    draft = ApplicationFactory.create(title="Hemlig plan")
    person = draft.created_by
    FieldVersion.objects.create(
        application=draft, name="title", version=1, value="Hemlig plan", saved_by=person
    )
    _pdf, own = made(subject_access.order(person, person))
    pdf, theirs = made(subject_access.order(person, kept.registrar))
    assert "Hemlig plan" in str(own)
    assert "Hemlig plan" not in str(theirs)
    assert "Text du har skrivit i ansökningar" not in theirs
    assert "Utkast som inte är skickade" in " ".join(page_texts(pdf))


def test_what_a_person_ordered_about_themselves_opens_to_nobody_else(kept: Kept) -> None:
    person = kept.application.created_by
    own = subject_access.order(person, person)
    assert subject_access.order(person, person) == own
    theirs = subject_access.order(person, kept.registrar)
    for reader in (kept.registrar, staff(Role.DATA_PROTECTION_OFFICER)):
        assert list(SubjectExport.objects.visible_to(reader)) == [theirs]
    assert set(SubjectExport.objects.visible_to(person)) == {own, theirs}
    assert list(SubjectExport.objects.visible_to(kept.officer)) == []
    assert signed_in(kept.registrar).get(reverse("registry:extract-file", args=[own.pk])).status_code == 404


@pytest.mark.rule(3)
def test_making_it_twice_changes_nothing_and_it_goes_after_thirty_days(
    kept: Kept, django_capture_on_commit_callbacks: Any
) -> None:
    person = kept.application.created_by
    export = subject_access.order(person, person)
    made(export)
    stored = export.file
    assert stored is not None
    tasks.make_subject_export(export.pk)
    export.refresh_from_db()
    assert export.file == stored
    assert subject_access.forget_old() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert subject_access.forget_old(timezone.now() + timedelta(days=31)) == 1
    assert not stored.file.storage.exists(str(stored.file.name))


def test_it_is_ordered_on_a_page(kept: Kept) -> None:
    person: User = kept.application.created_by
    signed_in(person).post(reverse("registry:own-extracts"))
    assert SubjectExport.objects.get().ordered_by == person
    client = signed_in(kept.registrar)
    client.post(reverse("registry:extracts"), {"email": person.email.upper()})
    assert SubjectExport.objects.filter(ordered_by=kept.registrar).get().person == person
    unknown = client.post(reverse("registry:extracts"), {"email": "ingen@example.org"})
    assert (unknown.status_code, set(unknown.context["form"].errors)) == (422, {"email"})
