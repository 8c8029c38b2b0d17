"""Puts a backup back: nothing is touched before the whole archive has been read and found sound."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from django.apps import apps
from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import Storage
from django.db import connection, models, transaction

from grants.models import SearchText
from grants.received import searching
from portal.operations import tables
from portal.operations.backup import (
    FORMAT,
    MANIFEST,
    PIECE,
    Manifest,
    applied_migrations,
    file_entry,
    table_entry,
)

#: A database with a row in one of these is in use; the others have rows that migrations write.
IN_USE = ("people.User", "registry.Case", "documents.StoredFile")


class RestoreRefused(Exception):
    """The text says why, for whoever stands at the terminal."""


def restore(archive: Path, *, replace: bool = False) -> Manifest:
    """Put rows and files back. Raises RestoreRefused, and then nothing has changed.

    `replace` deletes what the database holds; without it only a database that nobody has used is taken.
    """
    try:
        with zipfile.ZipFile(archive) as entries:
            manifest = verified(entries)
            _fits(manifest, replace=replace)
            _restore_files(entries, manifest)
            _restore_rows(entries, manifest)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise RestoreRefused(f"{archive} is damaged or no backup: {error}.") from error
    except OSError as error:
        raise RestoreRefused(f"{archive} cannot be put back: {error}.") from error
    with suppress(Exception):  # what the cache remembers is of another database
        cache.clear()
    return manifest


def verified(entries: zipfile.ZipFile) -> Manifest:
    """The manifest, when each entry is what it says. Raises BadZipFile or RestoreRefused."""
    if MANIFEST not in entries.namelist():
        raise RestoreRefused("The archive has no manifest: it is no backup of Samspel.")
    try:
        manifest = Manifest(**json.loads(entries.read(MANIFEST)))
    except (ValueError, TypeError) as error:
        raise RestoreRefused("The archive's manifest cannot be read.") from error
    if manifest.format != FORMAT:
        raise RestoreRefused(f"The archive has format {manifest.format}; this version reads {FORMAT}.")
    wanted = {table_entry(label): facts["sha256"] for label, facts in manifest.tables.items()}
    wanted |= {file_entry(name): facts["sha256"] for name, facts in manifest.files.items()}
    if set(entries.namelist()) != {*wanted, MANIFEST}:
        raise RestoreRefused("The archive is damaged: it does not hold what its manifest lists.")
    for name, digest in wanted.items():
        with entries.open(name) as source:
            if hashlib.file_digest(source, "sha256").hexdigest() != digest:  # type: ignore[arg-type]
                raise RestoreRefused(f"The archive is damaged: the checksum of {name} is wrong.")
    return manifest


def _fits(manifest: Manifest, *, replace: bool) -> None:
    here = applied_migrations()
    if here != manifest.migrations:
        only_there = ", ".join(sorted(set(manifest.migrations) - set(here))) or "none"
        only_here = ", ".join(sorted(set(here) - set(manifest.migrations))) or "none"
        raise RestoreRefused(
            "The backup and this database stand at different migrations. Install the version that made the "
            f"backup, run `manage.py migrate`, restore, then upgrade.\nOnly in the backup: {only_there}\n"
            f"Only here: {only_here}"
        )
    if unknown := sorted(manifest.tables.keys() - tables.kept_models().keys()):
        raise RestoreRefused(f"The backup has tables that this version does not know: {', '.join(unknown)}")
    if not replace and any(apps.get_model(label)._base_manager.exists() for label in IN_USE):
        raise RestoreRefused(
            "The database is in use. Add --replace to delete everything in it and put the backup there."
        )


def _restore_files(entries: zipfile.ZipFile, manifest: Manifest) -> None:
    """Before the rows that name them: a file too many does no harm, one too few does."""
    storages = _storages(entries, manifest)
    for name, facts in manifest.files.items():
        storage = storages[name]
        if storage.exists(name):
            if _digest(storage, name) == facts["sha256"]:
                continue
            storage.delete(name)
        with entries.open(file_entry(name)) as source:
            if storage.save(name, File(source)) != name:
                raise RestoreRefused(f"The file {name} could not be put back in its place.")


def _storages(entries: zipfile.ZipFile, manifest: Manifest) -> dict[str, Storage]:
    """Where each file lies, by the rows of the archive that name it."""
    found: dict[str, Storage] = {}
    for label in manifest.tables:
        model = tables.kept_models()[label]
        fields = [field for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
        if fields:
            with entries.open(table_entry(label)) as lines:
                for row in map(json.loads, lines):
                    found |= {row[field.column]: field.storage for field in fields}
    return found


def _digest(storage: Storage, name: str) -> str:
    digest = hashlib.sha256()
    with storage.open(name, "rb") as source:
        for piece in iter(partial(source.read, PIECE), b""):
            digest.update(piece)
    return digest.hexdigest()


def _restore_rows(entries: zipfile.ZipFile, manifest: Manifest) -> None:
    kept = tables.kept_models()
    with transaction.atomic():
        tables.empty()
        for label, facts in manifest.tables.items():
            with entries.open(table_entry(label)) as lines:
                if tables.write(kept[label], lines) != facts["rows"]:
                    raise RestoreRefused(f"The archive is damaged: {label} has not {facts['rows']} rows.")
        connection.check_constraints()
        tables.number_on()
        if manifest.engine != connection.vendor:
            _write_search_words(SearchText.objects.values_list("pk", flat=True))


def _write_search_words(applications: Iterable[int]) -> None:
    """Each kind of database searches in words of its own."""
    nothing = {"vector": None, "head_vector": None, "protected_vector": None}
    SearchText.objects.update(stems="", protected_stems="", **nothing)
    searching.index(list(applications))
