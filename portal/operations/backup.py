"""A backup: one archive with every table's rows, every stored file, and a manifest with their checksums.

The archive is portable: what PostgreSQL wrote, SQLite can read, and the other way round.
`restoring` puts it back.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.storage import Storage
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from portal.operations import tables

FORMAT = 1
MANIFEST = "manifest.json"
PIECE = 1024 * 1024


@dataclass
class Manifest:
    """What an archive holds: rows and checksum by table, size and checksum by file."""

    made_at: str
    engine: str
    migrations: list[str]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Files that rows name and the store did not have.
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    def to_json(self) -> str:
        return json.dumps(vars(self), indent=1, ensure_ascii=False, sort_keys=True)


def table_entry(label: str) -> str:
    return f"tables/{label}.jsonl"


def file_entry(name: str) -> str:
    return f"files/{name}"


def applied_migrations() -> list[str]:
    """The migrations that the database stands at, `app.name`."""
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def back_up(archive: Path) -> Manifest:
    """Write the archive, which gets its name when it is whole. Raises FileExistsError when it is there."""
    if archive.exists():
        raise FileExistsError(archive)
    unfinished = archive.with_name(f"{archive.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        # Only for whoever made it: it holds everything.
        with (
            os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as target,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as entries,
        ):
            manifest = _write(entries)
            entries.close()
            target.flush()
            os.fsync(target.fileno())
        unfinished.rename(archive)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _write(entries: zipfile.ZipFile) -> Manifest:
    names: dict[str, Storage] = {}
    with tables.snapshot():
        manifest = Manifest(timezone.now().isoformat(), connection.vendor, applied_migrations())
        for label, model in tables.kept_models().items():
            rows = _Counted(tables.read(model))
            digest, _size = _copy(entries, table_entry(label), rows)
            manifest.tables[label] = {"sha256": digest, "rows": rows.count}
            names |= _files_of(model)
    # After the snapshot: files never change, since they lie under the hash of what is in them.
    for name, storage in sorted(names.items()):
        try:
            source = storage.open(name, "rb")
        except FileNotFoundError:
            manifest.missing.append(name)
            continue
        with source:
            pieces = iter(partial(source.read, PIECE), b"")
            digest, size = _copy(entries, file_entry(name), pieces, zipfile.ZIP_STORED)
        manifest.files[name] = {"sha256": digest, "size": size}
    entries.writestr(MANIFEST, manifest.to_json())
    return manifest


def _files_of(model: type[models.Model]) -> dict[str, Storage]:
    """The files that the model's rows name, with where they lie."""
    found: dict[str, Storage] = {}
    for field_ in model._meta.concrete_fields:
        if isinstance(field_, models.FileField):
            rows = model._base_manager.exclude(**{f"{field_.name}": ""}).exclude(**{f"{field_.name}": None})
            found |= dict.fromkeys(rows.values_list(field_.name, flat=True), field_.storage)
    return found


class _Counted:
    """Lines, counted while they pass."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self.lines:
            self.count += 1
            yield line


def _copy(
    entries: zipfile.ZipFile, name: str, pieces: Iterable[bytes], compression: int = zipfile.ZIP_DEFLATED
) -> tuple[str, int]:
    """Write an entry piece by piece; returns its SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
    info.compress_type = compression
    with entries.open(info, "w", force_zip64=True) as target:
        for piece in pieces:
            target.write(piece)
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
