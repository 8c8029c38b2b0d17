"""A sent application in the register, built once for a module's tests, and who works with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.test import Client
from django.utils import timezone

from grants.models import Application, Association, OfficeHolder
from grants.states import State
from portal.documents.models import Document, DocumentState, StoredFile
from portal.people.models import Role, User
from portal.registry.models import Case, Record
from tests.factories import PDF, AssociationFactory, CommitteeFactory, sent_application, staff


@dataclass(frozen=True)
class Kept:
    """A case with an application and its receipt."""

    application: Application
    registrar: User
    officer: User

    @property
    def case(self) -> Case:
        return self.application.received_case

    def record(self, kind: str) -> Record:
        return Record.objects.get(case=self.case, kind=kind)


def build() -> Kept:
    """A shelter's application: its address is protected, and people are named in it."""
    CommitteeFactory.create()
    association: Association = AssociationFactory.create(
        name="Kvinnojouren Sundet",
        protected_address=True,
        street="Dolda gränd 7",
        phone="070-123 45 67",
        email="jouren@sundet.example.org",
    )
    OfficeHolder.objects.create(association=association, office="kassor", name="Kassör Kassörsson")
    application = sent_application(association=association)
    return Kept(application, staff(Role.REGISTRAR), staff(Role.CASE_OFFICER))


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def finish(document: Document | None, content: bytes = PDF) -> None:
    """As if a worker had made the document."""
    assert document is not None
    stored = StoredFile.objects.keep(content, "application/pdf")
    Document.objects.filter(pk=document.pk).update(state=DocumentState.READY, pages=1, file=stored)


def closed(kept: Kept, year: int) -> Case:
    """The case as if it had been decided and closed in that year."""
    Application.objects.filter(pk=kept.application.pk).update(state=State.DECIDED)
    moment = timezone.make_aware(datetime(year, 6, 1))  # noqa: DTZ001  # made aware
    Case.objects.filter(pk=kept.case.pk).update(closed_at=moment, closed_by=kept.registrar)
    case = kept.case
    case.refresh_from_db()
    return case
