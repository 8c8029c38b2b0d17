"""Who may open the pages of the register; see `tests/test_routes.py`."""

from __future__ import annotations

from typing import Any

from portal.documents.models import Document, StoredFile
from portal.registry import disclosing, entering, obstacles, retention
from portal.registry.models import (
    ArchivePackage,
    Case,
    MaskedCopy,
    Record,
    RetentionRule,
    SubjectExport,
)
from tests.factories import PDF
from tests.world import World

STAFF_AND_APPLICANTS = frozenset(
    {"own", "other"}
    | {
        f"{conflict}{role}"
        for conflict in ("", "conflicted ")
        for role in (
            *("case_officer", "secretary", "chair", "member", "second_reader", "unit_contact", "head"),
            *("finance", "registrar", "data_protection_officer", "auditor", "administrator"),
        )
    }
)
ALL = STAFF_AND_APPLICANTS | {"anonymous"}
REGISTRAR = frozenset({"registrar"})
REGISTRARS = frozenset({"registrar", "conflicted registrar"})
EXPORTERS = REGISTRARS | {"data_protection_officer", "conflicted data_protection_officer"}
ANSWERERS = REGISTRARS | {
    "case_officer",
    "conflicted case_officer",
    "head",
    "conflicted head",
    "secretary",
    "conflicted secretary",
}


def case(world: World) -> Case:
    return world.application.received_case


def receipt(world: World) -> Record:
    return Record.objects.get(case=case(world), kind=Record.Kind.RECEIPT)


def known(world: World, key: str = "registrar") -> Any:
    return world.people[key]


def of_case(world: World) -> list[Any]:
    return [case(world).pk]


def mark(world: World) -> list[Any]:
    return [entering.mark(case(world), known(world), paragraph="21 kap. 3 §", reason="Skyddat boende").pk]


def request(world: World) -> list[Any]:
    return [disclosing.receive(asked_for="Ansökan", case=case(world)).pk]


def decided_request(world: World) -> list[Any]:
    """A request whose refusal has been written."""
    asked = disclosing.receive(asked_for="Kvittensen", case=case(world))
    disclosing.decide(
        asked.pk, receipt(world), known(world), outcome="refused", paragraph="21 kap. 3 §", reason="Skydd"
    )
    answered = disclosing.answer(asked.pk, known(world))
    finish(answered.decision)
    return [answered.pk]


def finish(document: Document | None) -> None:
    """As if a worker had made it."""
    assert document is not None
    Document.objects.filter(pk=document.pk).update(
        state="ready", pages=1, file=StoredFile.objects.keep(PDF, "application/pdf")
    )


def copy(world: World) -> list[Any]:
    document = receipt(world).document
    finish(document)
    made = MaskedCopy.objects.create(case=case(world), document=document, made_by=known(world))
    return [made.pk]


def hold(world: World) -> list[Any]:
    return [retention.hold(case(world), known(world), "Överklagat").pk]


def rule(world: World) -> list[Any]:
    made, _created = RetentionRule.objects.get_or_create(what="kvittens", valid_from="2020-01-01", years=2)
    return [made.pk]


def package(world: World) -> list[Any]:
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    made = ArchivePackage.objects.create(
        case=case(world), ordered_by=known(world), state="ready", file=stored
    )
    return [made.pk]


def extract(world: World) -> list[Any]:
    """An extract that the registrar made about the person of the association."""
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    made = SubjectExport.objects.create(
        person=known(world, "own"), ordered_by=known(world), state="ready", file=stored
    )
    return [made.pk]


def obstacle(world: World) -> list[Any]:
    return [obstacles.report(what="Jag kan inte läsa sidan").pk]


def receipts_id(world: World) -> list[Any]:
    return [receipt(world).pk]


ROUTES: dict[str, tuple[Any, ...]] = {
    "registry:register": (ALL,),
    "registry:register-cases": (ALL,),
    "registry:register-case": (ALL, of_case),
    "registry:ask": (ALL,),
    "registry:tell": (ALL,),
    "registry:own-extracts": (STAFF_AND_APPLICANTS,),
    "registry:extract-file": (EXPORTERS | {"own"}, extract),
    "registry:extracts": (EXPORTERS,),
    "registry:desk": (REGISTRARS,),
    "registry:case": (REGISTRAR, of_case),
    "registry:title": (REGISTRAR, of_case),
    "registry:mark": (REGISTRAR, of_case),
    "registry:lift": (REGISTRAR, mark),
    "registry:entry": (REGISTRAR, receipts_id),
    "registry:requests": (REGISTRARS,),
    "registry:enter-request": (REGISTRARS,),
    "registry:request": (REGISTRAR, request),
    "registry:request-about": (REGISTRAR, request),
    "registry:request-answer": (REGISTRAR, request),
    "registry:request-decision": (REGISTRAR, decided_request),
    "registry:copy": (REGISTRAR, of_case),
    "registry:masked-copy": (REGISTRAR, copy),
    "registry:copy-file": (REGISTRAR, copy),
    "registry:close": (REGISTRAR, of_case),
    "registry:hold": (REGISTRAR, of_case),
    "registry:lift-hold": (REGISTRAR, hold),
    "registry:retention": (REGISTRARS,),
    "registry:rules": (REGISTRARS,),
    "registry:new-rule": (REGISTRARS,),
    "registry:rule": (REGISTRARS, rule),
    "registry:order-package": (REGISTRAR, of_case),
    "registry:package-file": (REGISTRAR, package),
    "registry:obstacles": (ANSWERERS,),
    "registry:obstacle": (ANSWERERS, obstacle),
}
