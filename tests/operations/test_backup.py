"""Backup and restore: the same rows and files afterwards, on the same kind of database and on the other."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from portal.documents.models import StoredFile
from portal.operations import tables
from portal.operations.backup import MANIFEST
from portal.people.models import User
from tests.processes import environment
from tests.world import build_world

#: Each kind of database searches in words of its own, which a restore into the other kind writes anew.
SEARCH_WORDS = {"grants.SearchText", "grants.TargetGroup"}


def run(*arguments: str | Path) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def manifest_of(archive: Path) -> dict[str, Any]:
    with zipfile.ZipFile(archive) as entries:
        return json.loads(entries.read(MANIFEST))


def rows_by_sql() -> dict[str, list[str]]:
    """Every row of every table as the database itself prints it, asked apart from the code under test."""
    found = {}
    with connection.cursor() as cursor:
        for model in tables.kept_models().values():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
            found[model._meta.label] = sorted(map(repr, cursor.fetchall()))
    return found


@dataclass(frozen=True)
class Made:
    archive: Path
    rows: dict[str, list[str]]
    files: dict[str, bytes]


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Made:
    """The archive of a world with an application all the way to its letter, and what was in it."""
    folder = tmp_path_factory.mktemp("made")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "files"):
        try:
            build_world()
            rows = rows_by_sql()
            files = {file.sha256: file.read() for file in StoredFile.objects.all()}
            run("backup", "--out", folder / "samspel.zip")
        finally:
            tables.empty()
    return Made(folder / "samspel.zip", rows, files)


@pytest.fixture
def lost(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """As after a fire: no row, no file."""
    with override_settings(MEDIA_ROOT=tmp_path / "files"):
        yield


@pytest.fixture
def whole(lost: None, made: Made) -> Path:
    """The archive, and all of it put back."""
    run("restore", made.archive)
    return made.archive


@pytest.mark.rule(17)
def test_what_is_lost_comes_back_row_by_row_and_byte_by_byte(lost: None, made: Made, tmp_path: Path) -> None:
    assert len(made.rows["grants.Application"]) > 1
    assert made.files
    said = run("restore", made.archive)
    assert rows_by_sql() == made.rows
    assert {file.sha256: file.read() for file in StoredFile.objects.all()} == made.files
    assert f"{sum(map(len, made.rows.values()))} rows and {len(made.files)} files" in said
    again = tmp_path / "again.zip"
    run("backup", "--out", again)
    first, second = manifest_of(made.archive), manifest_of(again)
    assert second["tables"] == first["tables"]
    assert second["files"] == first["files"]
    newest = max(User.objects.values_list("pk", flat=True))
    assert User.objects.create_user("ny@example.org").pk > newest  # numbers go on where they were


@pytest.mark.rule(17)
def test_a_backup_moves_to_the_other_kind_of_database_and_back(whole: Path, tmp_path: Path) -> None:
    """SQLite, in a process of its own with the commands as they are typed."""
    var = tmp_path / "var"
    var.mkdir()
    make_sqlite_tables(var / "samspel.sqlite3")
    env = environment(var, "redis://127.0.0.1:1/0") | {"DATABASE_URL": f"sqlite:///{var / 'samspel.sqlite3'}"}
    moved = tmp_path / "moved.zip"
    for arguments in (["restore", str(whole)], ["backup", "--out", str(moved)]):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    first, second = manifest_of(whole), manifest_of(moved)
    assert second["engine"] == "sqlite"
    assert without_search_words(second["tables"]) == without_search_words(first["tables"])
    assert second["files"] == first["files"]
    before = rows_by_sql()
    run("restore", moved, "--replace")
    after = rows_by_sql()
    assert without_search_words(after) == without_search_words(before)
    if connection.vendor == "postgresql":
        assert after["grants.SearchText"] == before["grants.SearchText"]


def without_search_words(facts: dict[str, Any]) -> dict[str, Any]:
    return {label: value for label, value in facts.items() if label not in SEARCH_WORDS}


def make_sqlite_tables(path: Path) -> None:
    """An empty database as `migrate` leaves it; from the models, since all migrations take half a minute."""
    settings = connection.settings_dict | {"NAME": str(path), "OPTIONS": {}}
    other = DatabaseWrapper(settings, connection.alias)
    with other.schema_editor() as editor:
        for model in tables.all_models().values():
            if not model._meta.auto_created:
                editor.create_model(model)
    MigrationRecorder(other).ensure_schema()
    with other.cursor() as cursor:  # a recorder would write where the alias leads: to our own database
        cursor.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, CURRENT_TIMESTAMP)",
            list(MigrationRecorder(connection).applied_migrations()),
        )
    other.close()


def test_a_database_in_use_is_left_alone_unless_told_otherwise(whole: Path) -> None:
    StoredFile.objects.filter(pk=1).update(media_type="text/plain")
    before = rows_by_sql()
    with pytest.raises(CommandError, match="in use"):
        run("restore", whole)
    assert rows_by_sql() == before
    User.objects.create_user("senare@example.org")
    run("restore", whole, "--replace")
    assert not User.objects.filter(email="senare@example.org").exists()


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flip(content: bytes) -> bytes:
    """One bit of a stored file."""
    place = content.index(b"%PDF")
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def rubbish(content: bytes) -> bytes:
    return b"no backup"


@pytest.mark.rule(17)
def test_a_damaged_archive_is_refused_and_changes_nothing(whole: Path, tmp_path: Path) -> None:
    before = rows_by_sql()
    damaged = tmp_path / "damaged.zip"
    for spoil in (cut, flip, rubbish):
        damaged.write_bytes(spoil(whole.read_bytes()))
        with pytest.raises(CommandError, match="damaged"):
            run("restore", damaged, "--replace")
    manifest = manifest_of(whole)
    changes: dict[str, dict[str, bytes | None]] = {
        "checksum of tables/people.User": {"tables/people.User.jsonl": b""},
        "does not hold what its manifest lists": {"files/extra": b"?"},
        "no manifest": {MANIFEST: None},
        "format 99": {MANIFEST: json.dumps(manifest | {"format": 99}).encode()},
        "different migrations": {MANIFEST: json.dumps(manifest | {"migrations": ["x.0001"]}).encode()},
    }
    for text, change in changes.items():
        rewrite(whole, damaged, change)
        with pytest.raises(CommandError, match=text):
            run("restore", damaged, "--replace")
    assert rows_by_sql() == before


def rewrite(source: Path, target: Path, changes: dict[str, bytes | None]) -> None:
    """The archive with other entries; None leaves one out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        contents = {name: old.read(name) for name in old.namelist()} | changes
        for name, content in contents.items():
            if content is not None:
                new.writestr(name, content)


def test_a_backup_overwrites_nothing_is_private_and_names_missing_files(whole: Path, tmp_path: Path) -> None:
    assert whole.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="overwrites nothing"):
        run("backup", "--out", whole)
    stored = StoredFile.objects.earliest("pk")
    stored.file.storage.delete(str(stored.file.name))
    short = tmp_path / "short.zip"
    with pytest.raises(CommandError, match=str(stored.file.name)):
        run("backup", "--out", short)
    assert manifest_of(short)["missing"] == [stored.file.name]
    run("restore", short, "--replace")
