"""Archive packages: all of a closed case as files, metadata and checksums, read back when made."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree import ElementTree as ET

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from portal.documents.work import render
from portal.registry import archiving, entering, retention, sip, sip_reading, tasks
from portal.registry.models import ArchivePackage, Destruction, Record, RetentionRule
from tests.registry.building import Kept, closed, signed_in

pytestmark = pytest.mark.django_db

M, E = f"{{{sip.METS}}}", f"{{{sip.ERMS}}}"


def packed(kept: Kept, folder: Path) -> Path:
    receipt = kept.record("kvittens")
    assert receipt.document is not None
    render(receipt.document.pk)
    return archiving.write_to(
        closed(kept, 2020), folder, ArchivePackage(case=kept.case, ordered_at=timezone.now())
    )


def packed_again(kept: Kept, folder: Path) -> Path:
    return archiving.write_to(
        closed(kept, 2010), folder, ArchivePackage(case=kept.case, ordered_at=timezone.now())
    )


def test_a_package_holds_content_document_files_and_what_they_are(kept: Kept, tmp_path: Path) -> None:
    root = packed(kept, tmp_path)
    application, receipt = (kept.record(kind).pk for kind in ("ansokan", "kvittens"))
    data = f"representations/rep1/data/record-{application}"
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()) == sorted(
        [
            "METS.xml",
            "metadata/descriptive/erms.xml",
            "metadata/preservation/premis.xml",
            "documentation/read-me.txt",
            "schemas/case.xsd",
            f"{data}/content.json",
            f"{data}/01-stadgar.pdf",
            f"representations/rep1/data/record-{receipt}/document.pdf",
        ]
    )
    assert sip_reading.check(root) == 7
    mets = ET.parse(root / "METS.xml").getroot()  # noqa: S314  # our own
    assert mets.get("PROFILE") == "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
    header = mets.find(f"{M}metsHdr")
    assert header is not None
    assert header.get(f"{{{sip.CSIP}}}OAISPACKAGETYPE") == "SIP"
    structure = mets.find(f"{M}structMap")
    assert structure is not None
    assert [div.get("LABEL") for div in structure.iter(f"{M}div")] == [
        root.name,
        "Metadata",
        "Documentation",
        "Schemas",
        "Representations",
    ]
    erms = ET.parse(root / "metadata/descriptive/erms.xml").getroot()  # noqa: S314  # our own
    assert erms.findtext(f".//{E}aggregation/{E}objectId") == kept.case.registry_number
    records = erms.findall(f".//{E}record")
    assert [record.get("recordType") for record in records] == ["ansokan", "kvittens"]


def test_the_cases_metadata_keep_to_the_schema_in_the_package(kept: Kept, tmp_path: Path) -> None:
    case = kept.case
    entering.mark(
        case, kept.registrar, paragraph="21 kap. 3 § OSL", reason="A", record=kept.record("ansokan")
    )
    seen = (case.public_title, case.protected_title)
    case.rename(public_title="Ansökan", protected_title="Boende", seen=seen, by=kept.registrar)
    closed(kept, 2010)
    RetentionRule.objects.create(what="kvittens", years=2, valid_from="2000-01-01", class_code="3.7")
    retention.order(kept.registrar)
    tasks.destroy_record(Destruction.objects.get().pk)
    root = packed_again(kept, tmp_path)
    schema = etree.XMLSchema(etree.parse(root / "schemas/case.xsd"))
    schema.assertValid(etree.parse(root / "metadata/descriptive/erms.xml"))


def test_the_header_tells_the_software_the_archives_creator_and_who_submits(
    kept: Kept, tmp_path: Path
) -> None:
    root = packed(kept, tmp_path)
    header = ET.parse(root / "METS.xml").getroot().find(f"{M}metsHdr")  # noqa: S314  # our own
    assert header is not None
    name = kept.case.authority.name
    told = [
        (agent.get("ROLE"), agent.get("OTHERROLE"), agent.get("TYPE"), agent.findtext(f"{M}name"))
        for agent in header.iter(f"{M}agent")
    ]
    assert told == [
        ("CREATOR", None, "OTHER", "Samspel"),
        ("ARCHIVIST", None, "ORGANIZATION", name),
        ("OTHER", "SUBMITTER", "ORGANIZATION", name),
    ]
    # CSIP 15 and 16: the software has one note, and METS leaves it no attribute without a namespace.
    [note] = header.iter(f"{M}note")
    assert note.attrib == {f"{{{sip.CSIP}}}NOTETYPE": "SOFTWARE VERSION"}


def spoil_bytes(root: Path) -> None:
    file = next((root / "representations").rglob("content.json"))
    file.write_bytes(file.read_bytes()[:-1] + b" ")


def take_away(root: Path) -> None:
    next((root / "representations").rglob("document.pdf")).unlink()


def add(root: Path) -> None:
    (root / "representations/rep1/data/extra.txt").write_text("extra")


def break_xml(root: Path) -> None:
    (root / "METS.xml").write_text("<mets>")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (spoil_bytes, "has another checksum"),
        (take_away, "is missing"),
        (add, "is not listed"),
        (break_xml, "METS.xml"),
    ],
)
def test_a_package_that_is_not_whole_is_found_out(
    kept: Kept, tmp_path: Path, spoil: Callable[[Path], None], fault: str
) -> None:
    root = packed(kept, tmp_path)
    spoil(root)
    with pytest.raises(sip_reading.BrokenPackage, match=fault):
        sip_reading.check(root)


@pytest.mark.rule(3)
def test_a_worker_makes_the_package_once(kept: Kept) -> None:
    with pytest.raises(archiving.CannotArchive):
        archiving.order(kept.case, kept.registrar)
    closed(kept, 2020)
    package = archiving.order(kept.case, kept.registrar)
    assert archiving.order(kept.case, kept.registrar) == package
    tasks.make_archive_package(package.pk)
    package.refresh_from_db()
    assert package.file is not None
    first = package.file.sha256
    tasks.make_archive_package(package.pk)
    package.refresh_from_db()
    assert (package.state, package.file and package.file.sha256) == ("ready", first)
    client = signed_in(kept.registrar)
    answer = client.get(reverse("registry:package-file", args=[package.pk]))
    assert f"samspel-{package.identifier}.tar" in answer.headers["Content-Disposition"]
    assert sip_reading.check_tar(cast(BinaryIO, package.file.file.open("rb"))) == 6


def test_the_same_order_gives_the_same_bytes(kept: Kept, tmp_path: Path) -> None:
    closed(kept, 2020)
    package = archiving.order(kept.case, kept.registrar)
    sums = []
    for _ in range(2):
        with archiving._tar(package) as made:
            made.seek(0)
            sums.append(made.read())
    assert sums[0] == sums[1]
    (tmp_path / "a.tar").write_bytes(sums[0])
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert {(member.uid, member.uname) for member in tar} == {(0, "")}


def test_what_was_destroyed_stands_as_destroyed_and_older_packages_are_made_anew(
    kept: Kept, tmp_path: Path
) -> None:
    closed(kept, 2010)
    package = archiving.order(kept.case, kept.registrar)
    tasks.make_archive_package(package.pk)
    RetentionRule.objects.create(what="ansokan", years=10, valid_from="2000-01-01", class_code="3.7")
    retention.order(kept.registrar)
    tasks.destroy_record(Destruction.objects.get().pk)
    package.refresh_from_db()
    assert (package.state, package.file) == ("ordered", None)
    tasks.make_archive_package(package.pk)
    package.refresh_from_db()
    root = archiving.write_to(kept.case, tmp_path, package)
    assert list(root.rglob("content.json")) == []
    erms = ET.parse(root / "metadata/descriptive/erms.xml").getroot()  # noqa: S314  # our own
    assert erms.findtext(f".//{E}disposal/{E}rule") == "3.7 10 år"


def test_the_command_writes_and_reads_back(kept: Kept, tmp_path: Path) -> None:
    number, out = kept.case.registry_number, StringIO()
    with pytest.raises(CommandError, match="not closed"):
        call_command("archive", number, out=tmp_path)
    closed(kept, 2020)
    call_command("archive", number, out=tmp_path, stdout=out)
    assert "6 files, all as METS.xml says." in out.getvalue()
    with pytest.raises(CommandError, match="0 cases"):
        call_command("archive", "9/9999", out=tmp_path)


def test_control_characters_that_people_paste_break_no_metadata(kept: Kept, tmp_path: Path) -> None:
    kept.case.register(Record.Kind.MESSAGE, "Bra\x0bdag", content={"text": "x"})
    root = packed(kept, tmp_path)
    assert "Bradag" in (root / "metadata/descriptive/erms.xml").read_text()
