"""The nouns of the register: cases and records, and what is done with them when others ask or time passes."""

from portal.registry.models.authorities import Authority, NumberSeries
from portal.registry.models.cases import Case, EarlierTitle, TitleChanged
from portal.registry.models.conflicts import ConflictOfInterest, declare, has_declared
from portal.registry.models.disclosures import DisclosedRecord, DisclosureRequest, MaskedCopy
from portal.registry.models.events import Event
from portal.registry.models.obstacles import ObstacleReport
from portal.registry.models.packages import ArchivePackage, MadeFile, PackageState, SubjectExport
from portal.registry.models.records import Record, RecordFile
from portal.registry.models.retention import Destruction, DestructionState, LegalHold, RetentionRule
from portal.registry.models.secrecy import RegisterEntry, SecrecyMark
from portal.registry.models.written_once import Immutable, WrittenOnce

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
