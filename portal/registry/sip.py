"""A closed case as a submission package: E-ARK SIP (FGS Paketstruktur 2.0), with the case described in the
words of the records information type for case management (FGS Ärendehantering 2.0), by a schema of our own.

    samspel-<uuid>/
      METS.xml                                   what is in the package, with sizes and checksums
      metadata/descriptive/erms.xml              the case, its records, events, destructions
      metadata/preservation/premis.xml           each file: format, size, checksum, where it came from
      documentation/read-me.txt, schemas/case.xsd
      representations/rep1/data/<record>/…       content as JSON, document as PDF/A, files as they came

Nothing here reads the clock: the same case packed for the same order gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET

from django.utils import timezone
from django.utils.text import get_valid_filename

from portal.registry.models import Case, Record

#: Of Samspel, as `pyproject.toml` has it.
VERSION = "0.1.0"

METS = "http://www.loc.gov/METS/"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREMIS = "http://www.loc.gov/premis/v3"
ERMS = "urn:samspel:case:1"

PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
CONTENT_TYPE = {
    f"{{{CSIP}}}CONTENTINFORMATIONTYPE": "OTHER",
    f"{{{CSIP}}}OTHERCONTENTINFORMATIONTYPE": "samspel-case-1",
}
DATA = Path("representations/rep1/data")
DESCRIPTIVE = Path("metadata/descriptive/erms.xml")
PRESERVATION = Path("metadata/preservation/premis.xml")
READ_ME = Path("documentation/read-me.txt")
SCHEMA = Path("schemas/case.xsd")
_SHIPPED = Path(__file__).parent / "schemas"

for _prefix, _namespace in (
    ("mets", METS), ("csip", CSIP), ("sip", SIP), ("xlink", XLINK), ("xsi", XSI), ("premis", PREMIS),
    ("", ERMS),
):  # fmt: skip
    ET.register_namespace(_prefix, _namespace)


@dataclass(frozen=True)
class PackedFile:
    """A file in the package. `path` is relative to its root."""

    path: Path
    media_type: str
    size: int
    sha256: str
    title: str

    @property
    def identifier(self) -> str:
        return "file-" + hashlib.sha256(self.path.as_posix().encode()).hexdigest()[:16]


def write(case: Case, folder: Path, identifier: str, made_at: datetime) -> Path:
    """Write the package into a new folder below `folder`; returns that folder."""
    root = folder / f"samspel-{identifier}"
    (root / DATA).mkdir(parents=True)
    records = list(
        Record.objects.filter(case=case)
        .select_related("document__file", "destruction__rule", "created_by")
        .prefetch_related("files__stored_file")
    )
    files = {record.pk: _data(root, record) for record in records}
    everything = [file for group in files.values() for file in group]
    described = _write_xml(root / DESCRIPTIVE, _erms(case, records, files, made_at))
    preserved = _write_xml(root / PRESERVATION, _premis(everything, made_at))
    metadata = [
        _packed(DESCRIPTIVE, described, "application/xml", "Ärendets metadata"),
        _packed(PRESERVATION, preserved, "application/xml", "Filernas metadata"),
    ]
    groups = {
        "Documentation": [_kept(root, READ_ME, _read_me(case).encode(), "text/plain", "Om paketet")],
        "Schemas": [
            _kept(
                root, SCHEMA, (_SHIPPED / "case.xsd").read_bytes(), "application/xml", "Schema för erms.xml"
            )
        ],
        "Representations": everything,
    }
    _write_xml(root / "METS.xml", _mets(case, root.name, metadata, groups, made_at))
    return root


def pack(root: Path, into: BinaryIO, made_at: datetime) -> None:
    """Write the folder as a tar: sorted, with one time and nobody's names, so that it is always the same."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime, member.uid, member.gid = int(made_at.timestamp()), 0, 0
        member.uname = member.gname = ""
        member.mode = 0o755 if member.isdir() else 0o644
        return member

    with tarfile.open(fileobj=into, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.add(root, arcname=root.name, recursive=False, filter=plain)
        for path in sorted(root.rglob("*")):
            tar.add(path, arcname=f"{root.name}/{path.relative_to(root)}", recursive=False, filter=plain)


# --- The data ---------------------------------------------------------------------------------


def _data(root: Path, record: Record) -> list[PackedFile]:
    """Write what a record holds; nothing of one that was destroyed by rule."""
    found: list[PackedFile] = []
    folder = DATA / f"record-{record.pk}"

    def keep(name: str, content: bytes, media_type: str, title: str) -> None:
        found.append(_kept(root, folder / name, content, media_type, title))

    if record.content is not None:
        text = json.dumps(record.content, ensure_ascii=False, indent=2, sort_keys=True)
        keep("content.json", text.encode(), "application/json", record.title)
    if record.document is not None and record.document.file is not None:
        keep("document.pdf", record.document.pdf(), "application/pdf", record.title)
    for number, file in enumerate(record.files.all(), start=1):
        name = get_valid_filename(file.filename.strip() or "fil")[-100:]
        keep(f"{number:02d}-{name}", file.stored_file.read(), file.stored_file.media_type, file.filename)
    return found


def _kept(root: Path, path: Path, content: bytes, media_type: str, title: str) -> PackedFile:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)
    return _packed(path, content, media_type, title)


def _read_me(case: Case) -> str:
    return (
        f"Paketet innehåller ärendet {case.registry_number} hos {case.authority.name}.\n\n"
        "METS.xml räknar upp alla filer med storlek och kontrollsumma (SHA-256).\n"
        "metadata/descriptive/erms.xml beskriver ärendet, dess händelser och handlingar; schemas/case.xsd "
        "säger hur.\nrepresentations/rep1/data har en mapp för varje handling: innehållet som JSON, "
        "dokumentet som PDF/A-2a, och filer som de kom in.\n"
        "Handlingar som har gallrats står med datum, regel och kontrollsummor, utan innehåll.\n"
    )


def _packed(path: Path, content: bytes, media_type: str, title: str) -> PackedFile:
    return PackedFile(path, media_type, len(content), hashlib.sha256(content).hexdigest(), title)


def _write_xml(path: Path, element: ET.Element) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.indent(element)
    content: bytes = ET.tostring(element, encoding="UTF-8", xml_declaration=True)
    path.write_bytes(content)
    return content


# --- METS -------------------------------------------------------------------------------------


def _mets(
    case: Case,
    name: str,
    metadata: list[PackedFile],
    groups: dict[str, list[PackedFile]],
    made_at: datetime,
) -> ET.Element:
    moment = _moment(made_at)
    mets = ET.Element(
        f"{{{METS}}}mets",
        {
            "OBJID": name,
            "LABEL": f"{case.registry_number} {case.public_title}",
            "TYPE": "Mixed",
            "PROFILE": PROFILE,
            **CONTENT_TYPE,
        },
    )
    header = ET.SubElement(
        mets,
        f"{{{METS}}}metsHdr",
        {
            "CREATEDATE": moment,
            "LASTMODDATE": moment,
            "RECORDSTATUS": "NEW",
            f"{{{CSIP}}}OAISPACKAGETYPE": "SIP",
        },
    )
    _agent(header, "CREATOR", "OTHER", "Samspel", other="SOFTWARE", note=VERSION)
    _agent(header, "ARCHIVIST", "ORGANIZATION", case.authority.name)
    # Who submits must be told (E-ARK SIP, SIP15). As CREATOR it would read as software to some validators.
    _agent(header, "OTHER", "ORGANIZATION", case.authority.name, other_role="SUBMITTER")
    descriptive, preservation = metadata
    section = ET.SubElement(
        mets, f"{{{METS}}}dmdSec", {"ID": "dmd-erms", "CREATED": moment, "STATUS": "CURRENT"}
    )
    _reference(section, descriptive, "OTHER", moment, other="ERMS")
    administrative = ET.SubElement(mets, f"{{{METS}}}amdSec", {"ID": "amd"})
    provenance = ET.SubElement(
        administrative, f"{{{METS}}}digiprovMD", {"ID": "premis", "CREATED": moment, "STATUS": "CURRENT"}
    )
    _reference(provenance, preservation, "PREMIS", moment)
    section = ET.SubElement(mets, f"{{{METS}}}fileSec", {"ID": "files"})
    for use, group_files in groups.items():
        _group(section, use, group_files, moment)
    structure = ET.SubElement(
        mets, f"{{{METS}}}structMap", {"ID": "structure", "TYPE": "PHYSICAL", "LABEL": "CSIP"}
    )
    whole = ET.SubElement(structure, f"{{{METS}}}div", {"ID": "whole", "LABEL": name})
    ET.SubElement(
        whole,
        f"{{{METS}}}div",
        {"ID": "metadata", "LABEL": "Metadata", "DMDID": "dmd-erms", "ADMID": "premis"},
    )
    for use in groups:
        part = ET.SubElement(whole, f"{{{METS}}}div", {"ID": f"part-{use}", "LABEL": use})
        ET.SubElement(part, f"{{{METS}}}fptr", {"FILEID": use})
    return mets


def _group(section: ET.Element, use: str, files: list[PackedFile], moment: str) -> None:
    group = ET.SubElement(section, f"{{{METS}}}fileGrp", {"ID": use, "USE": use, **CONTENT_TYPE})
    for file in files:
        entry = ET.SubElement(
            group,
            f"{{{METS}}}file",
            {"ID": file.identifier, "MIMETYPE": file.media_type, **_sums(file, moment)},
        )
        ET.SubElement(
            entry,
            f"{{{METS}}}FLocat",
            {"LOCTYPE": "URL", f"{{{XLINK}}}type": "simple", f"{{{XLINK}}}href": file.path.as_posix()},
        )


def _agent(
    header: ET.Element,
    role: str,
    kind: str,
    name: str,
    *,
    other: str = "",
    other_role: str = "",
    note: str = "",
) -> None:
    attributes = {"ROLE": role, "TYPE": kind}
    attributes |= {"OTHERROLE": other_role} if other_role else {}
    attributes |= {"OTHERTYPE": other} if other else {}
    agent = ET.SubElement(header, f"{{{METS}}}agent", attributes)
    ET.SubElement(agent, f"{{{METS}}}name").text = name
    if note:
        noted = ET.SubElement(agent, f"{{{METS}}}note", {f"{{{CSIP}}}NOTETYPE": "SOFTWARE VERSION"})
        noted.text = note


def _reference(parent: ET.Element, file: PackedFile, kind: str, moment: str, *, other: str = "") -> None:
    attributes = {
        "LOCTYPE": "URL",
        "MDTYPE": kind,
        f"{{{XLINK}}}type": "simple",
        f"{{{XLINK}}}href": file.path.as_posix(),
        "MIMETYPE": file.media_type,
        **_sums(file, moment),
    }
    if other:
        attributes["OTHERMDTYPE"] = other
    ET.SubElement(parent, f"{{{METS}}}mdRef", attributes)


def _sums(file: PackedFile, moment: str) -> dict[str, str]:
    return {
        "SIZE": str(file.size),
        "CREATED": moment,
        "CHECKSUM": file.sha256,
        "CHECKSUMTYPE": "SHA-256",
    }


# --- The case and its files described ---------------------------------------------------------


def _erms(
    case: Case, records: list[Record], files: dict[int, list[PackedFile]], made_at: datetime
) -> ET.Element:
    root = _node(None, "erms")
    control = _node(root, "control")
    _node(control, "identification", case.authority.name, identificationType="arkivbildare")
    maintenance = _node(control, "maintenanceInformation")
    _node(maintenance, "systemInformation", f"Samspel {VERSION}")
    _node(maintenance, "creationDate", _moment(made_at))
    aggregation = _node(_node(root, "aggregations"), "aggregation", aggregationType="caseFile")
    _node(aggregation, "objectId", case.registry_number, objectIdType="diarienummer")
    _node(aggregation, "title", case.title)
    if case.protected_title:
        _node(aggregation, "otherTitle", case.public_title, titleType="offentlig")
    for mark in case.secrecy_marks.filter(lifted_at=None):
        restriction = _node(aggregation, "restriction", restrictionType="sekretessmarkering")
        _node(restriction, "explanatoryText", mark.reason)
        _node(restriction, "regulation", mark.paragraph)
        if mark.record_id:
            _node(restriction, "relatedRecord", f"record-{mark.record_id}")
    _node(aggregation, "status", "closed")
    dates = _node(aggregation, "dates")
    _node(dates, "date", _moment(case.opened_at), dateType="opened")
    if case.closed_at:
        _node(dates, "date", _moment(case.closed_at), dateType="closed")
    events = _node(aggregation, "events")
    for event in case.events.select_related("actor"):
        one = _node(events, "event", eventType=event.kind)
        _node(one, "date", _moment(event.at))
        _node(one, "agent", str(event.actor or "Samspel"))
        _node(one, "description", event.detail)
    listed = _node(aggregation, "records")
    for record in records:
        _record(listed, record, files[record.pk])
    return root


def _record(listed: ET.Element, record: Record, files: list[PackedFile]) -> None:
    one = _node(listed, "record", recordType=record.kind, systemIdentifier=f"record-{record.pk}")
    _node(one, "title", record.title)
    _node(_node(one, "dates"), "date", _moment(record.created_at), dateType="created")
    if record.created_by:
        _node(_node(one, "agents"), "agent", str(record.created_by), agentType="creator")
    destroyed = getattr(record, "destruction", None)
    if destroyed is not None and destroyed.done_at is not None:
        gone = _node(one, "disposal", disposalType="gallrad")
        _node(gone, "date", _moment(destroyed.done_at))
        _node(gone, "rule", f"{destroyed.rule.class_code} {destroyed.rule.years} år".strip())
        for checksum in destroyed.checksums:
            _node(gone, "checksum", checksum, algorithm="SHA-256")
    for file in files:
        _node(
            one,
            "digitalObject",
            file.title,
            href=file.path.as_posix(),
            checksum=file.sha256,
            size=str(file.size),
        )


def _node(parent: ET.Element | None, name: str, text: str = "", **attributes: str) -> ET.Element:
    tag = f"{{{ERMS}}}{name}"
    made = ET.Element(tag, attributes) if parent is None else ET.SubElement(parent, tag, attributes)
    if text:
        made.text = _clean(text)
    return made


def _clean(text: str) -> str:
    """XML takes no control characters; people paste them."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")


def _premis(files: list[PackedFile], made_at: datetime) -> ET.Element:
    root = ET.Element(f"{{{PREMIS}}}premis", {"version": "3.0"})

    def add(parent: ET.Element, name: str, text: str = "") -> ET.Element:
        made = ET.SubElement(parent, f"{{{PREMIS}}}{name}")
        if text:
            made.text = _clean(text)
        return made

    for file in files:
        one = add(root, "object")
        one.set(f"{{{XSI}}}type", "premis:file")
        identifier = add(one, "objectIdentifier")
        add(identifier, "objectIdentifierType", "local")
        add(identifier, "objectIdentifierValue", file.identifier)
        what = add(one, "objectCharacteristics")
        fixity = add(what, "fixity")
        add(fixity, "messageDigestAlgorithm", "SHA-256")
        add(fixity, "messageDigest", file.sha256)
        add(what, "size", str(file.size))
        add(add(add(what, "format"), "formatDesignation"), "formatName", file.media_type)
        add(one, "originalName", file.title)
    event = add(root, "event")
    identifier = add(event, "eventIdentifier")
    add(identifier, "eventIdentifierType", "local")
    add(identifier, "eventIdentifierValue", "event-packed")
    add(event, "eventType", "information package creation")
    add(event, "eventDateTime", _moment(made_at))
    return root


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
