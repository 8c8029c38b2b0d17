"""Rows that an earlier state of Samspel wrote come through every migration since, on this kind of database.

There is no release yet: the point in history is that of `earlier_rows.json`, which `earlier_data` makes from
a commit's own code. With the first release its rows take the place of these.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.operations.earlier_data import ROOT, ROWS
from tests.processes import environment


@pytest.fixture
def empty_database(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'earlier.sqlite3'}"
        return
    name = f"{connection.settings_dict['NAME']}_earlier"
    url = environment(tmp_path, "redis://127.0.0.1:1/0")["DATABASE_URL"]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield url.rsplit("/", 1)[0] + f"/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


@pytest.mark.soak
def test_earlier_rows_come_through_all_migrations(empty_database: str, tmp_path: Path) -> None:
    env = environment(tmp_path, "redis://127.0.0.1:1/0") | {
        "DATABASE_URL": empty_database,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    command = [sys.executable, "-m", "tests.operations.upgrade", str(ROWS)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    now = json.loads(done.stdout)
    rows: dict[str, list[dict[str, Any]]] = json.loads(ROWS.read_text())["rows"]

    assert [label for label, earlier in rows.items() if now["rows"][label] < len(earlier)] == []
    for label in (
        "grants.Application",
        "registry.Case",
        "registry.Record",
        "committee.Decision",
        "people.User",
    ):
        assert now["rows"][label] == len(rows[label])
    numbers = {case["id"]: case["registry_number"] for case in rows["registry.Case"]}
    assert now["applications"] == [
        [each["id"], each["title"], numbers.get(each["case_id"])] for each in rows["grants.Application"]
    ]
    terms = {each["id"]: each for each in rows["grants.Terms"]}
    assert now["amounts"] == sorted(
        [terms[each["terms_id"]]["application_id"], terms[each["terms_id"]]["stage"], each["amount"]]
        for each in rows["grants.YearAmount"]
    )
    assert now["records"] == [[each["id"], each["kind"]] for each in rows["registry.Record"]]
    assert now["html"] == {str(each["id"]): len(each["html"]) for each in rows["documents.Document"]}
    assert now["judged"] == [
        [each["application_id"], each["reason"]] for each in rows["assessments.Assessment"]
    ]
    # What migrations made of them: files became papers, and what was sent can be searched.
    assert now["attached"] == [[each["id"], each["filename"]] for each in rows["grants.Attachment"]]
    sent = [each for each in rows["grants.Application"] if each["case_id"]]
    assert now["found_by_search"] == now["sent"] == len(sent)
