"""The nouns of the register: cases and records, and what is done with them when others ask or time passes."""

from portal.registry.models.disclosures import DisclosedRecord, DisclosureRequest, MaskedCopy
from portal.registry.models.obstacles import ObstacleReport
from portal.registry.models.packages import ArchivePackage, MadeFile, PackageState, SubjectExport
from portal.registry.models.register import (
    Authority,
    Case,
    ConflictOfInterest,
    EarlierTitle,
    Event,
    Immutable,
    NumberSeries,
    Record,
    RecordFile,
    TitleChanged,
    WrittenOnce,
    declare,
    has_declared,
)
from portal.registry.models.retention import Destruction, DestructionState, LegalHold, RetentionRule
from portal.registry.models.secrecy import RegisterEntry, SecrecyMark

__all__ = [
    "ArchivePackage",
    "Authority",
    "Case",
    "ConflictOfInterest",
    "Destruction",
    "DestructionState",
    "DisclosedRecord",
    "DisclosureRequest",
    "EarlierTitle",
    "Event",
    "Immutable",
    "LegalHold",
    "MadeFile",
    "MaskedCopy",
    "NumberSeries",
    "ObstacleReport",
    "PackageState",
    "Record",
    "RecordFile",
    "RegisterEntry",
    "RetentionRule",
    "SecrecyMark",
    "SubjectExport",
    "TitleChanged",
    "WrittenOnce",
    "declare",
    "has_declared",
]
