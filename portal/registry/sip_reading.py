"""Reading a package back: whether what METS lists is there, whole, and nothing else is."""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET

from portal.registry.sip import METS, XLINK


class BrokenPackage(Exception):
    """The package is not what its METS.xml says; the text names each fault."""


def check(root: Path) -> int:
    """Read a package's folder; returns how many files it lists. Raises BrokenPackage with every fault."""
    faults: list[str] = []
    listed: set[Path] = set()
    try:
        mets = ET.parse(root / "METS.xml").getroot()  # noqa: S314  # written by ourselves a moment ago
    except (OSError, ET.ParseError) as error:
        raise BrokenPackage(f"METS.xml: {error}") from error
    if mets.get("OBJID") != root.name:
        faults.append(f"OBJID {mets.get('OBJID')} is not the folder's name {root.name}")
    entries = [(file, file.find(f"{{{METS}}}FLocat")) for file in mets.iter(f"{{{METS}}}file")]
    entries += [(reference, reference) for reference in mets.iter(f"{{{METS}}}mdRef")]
    for sums, place in entries:
        path = Path("" if place is None else place.get(f"{{{XLINK}}}href", ""))
        if path in listed:
            faults.append(f"{path} is listed twice")
        listed.add(path)
        faults += _faults_of(root, path, sums)
    there = {path.relative_to(root) for path in root.rglob("*") if path.is_file()}
    faults += [f"{path} is not listed" for path in sorted(there - listed - {Path("METS.xml")})]
    faults += _not_well_formed(root, there)
    if faults:
        raise BrokenPackage("; ".join(faults))
    return len(listed)


def _faults_of(root: Path, path: Path, sums: ET.Element) -> list[str]:
    whole = root / path
    if not whole.resolve().is_relative_to(root.resolve()) or not whole.is_file():
        return [f"{path} is missing"]
    content = whole.read_bytes()
    faults = []
    if sums.get("SIZE") != str(len(content)):
        faults.append(f"{path} has {len(content)} bytes, not {sums.get('SIZE')}")
    if sums.get("CHECKSUMTYPE") != "SHA-256" or sums.get("CHECKSUM") != hashlib.sha256(content).hexdigest():
        faults.append(f"{path} has another checksum")
    return faults


def _not_well_formed(root: Path, there: set[Path]) -> list[str]:
    faults = []
    for path in sorted(there):
        if path.suffix == ".xml" and path.parts[0] == "metadata":
            try:
                ET.parse(root / path)  # noqa: S314  # written by ourselves a moment ago
            except ET.ParseError as error:
                faults.append(f"{path}: {error}")
    return faults


def check_tar(packed: BinaryIO) -> int:
    """Unpack a tar into a folder of its own and check it."""
    packed.seek(0)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=packed) as tar:
        tar.extractall(folder, filter="data")
        (root,) = Path(folder).iterdir()
        return check(root)
