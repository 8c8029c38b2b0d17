"""The main job on the demo data, on the embedded database and on PostgreSQL with Redis.

`manage.py demo --pack-only` as anyone would run it: a process of its own with a worker of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from django.db import connections
from psycopg import sql

from portal.demo.texts import round_stories
from tests.documents.reading import bookmarks, page_texts
from tests.documents.validation import assert_archival_and_accessible
from with_services import DATABASE_URL

ROOT = Path(__file__).parents[2]
#: Sought, granted, and the two ways to count the share of children and young people (domain.md 12).
SUMS = ("12 920 000", "9 400 000", "18,8 %", "14,1 %")
READY_DOCUMENTS = """
from portal.documents.models import Document
for document in Document.objects.select_related("file"):
    print(document.file.file.path if document.is_ready else f"not made: {document.title}")
"""


@pytest.fixture
def embedded(tmp_path: Path) -> dict[str, str]:
    """The environment of someone who has set nothing: SQLite and the file-based broker."""
    ours = {"DATABASE_URL", "BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return environment | {"VAR_DIR": str(tmp_path / "var")}


@pytest.fixture
def servers(
    embedded: dict[str, str], broker_url: str, worker_id: str, django_db_setup: None
) -> Iterator[dict[str, str]]:
    """The same with a new database in PostgreSQL, and Redis."""
    server = os.environ.get("DATABASE_URL", DATABASE_URL)
    name = f"main_job_{worker_id}"
    # Where the tests' own database is a copy, this one is too: the migrations have run for all.
    template = connections["default"].settings_dict["TEST"].get("TEMPLATE") or "template1"
    redis.Redis.from_url(broker_url).flushdb()
    with psycopg.connect(server, autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        connection.execute(drop)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        yield embedded | {
            "DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl(),
            "BROKER_URL": broker_url,
        }
        connection.execute(drop)


def manage(environment: dict[str, str], *arguments: str) -> str:
    """What a command prints; fails with it when the command fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("databases", ["embedded", "servers"])
def test_the_main_job_makes_the_pack(databases: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    environment = request.getfixturevalue(databases)
    manage(environment, "demo", "--pack-only", "--out", str(tmp_path / "out"))

    pack = (tmp_path / "out" / "handlingar.pdf").read_bytes()
    assert_archival_and_accessible(pack)
    pages = page_texts(pack)
    text = " ".join(pages)
    names = {story.facts["name"] for story in round_stories()}
    assert len(names) == 22
    assert {name for name in names if name not in text} == set()
    assert [shown for shown in SUMS if shown not in text] == []
    contents, *titles = (entry[0] for entry in bookmarks(pack) if isinstance(entry, tuple))
    assert contents == "Innehåll"
    assert [title for title in titles if title.split(" ", 1)[-1] not in " ".join(pages[:4])] == []
    assert f"{len(pages)} ({len(pages)})" in pages[-1]

    paths = manage(environment, "shell", "--verbosity", "0", "-c", READY_DOCUMENTS).splitlines()
    assert len(paths) > 50
    for path in paths:
        assert_archival_and_accessible(Path(path).read_bytes())
