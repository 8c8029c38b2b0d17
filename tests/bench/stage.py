"""A place of its own for one run: database, Redis, files and settings as in production."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

#: Redis databases for broker and cache, that no test uses. Two runs at once take a pair each: a worker
#: of the one would answer the other's doorbells, and find nothing in its own database.
PAIRS = ((7, 8), (5, 6), (3, 4), (1, 2))
CLAIM_SECONDS = 3600


@contextmanager
def stage(database_url: str, broker_url: str) -> Iterator[None]:
    """Set Django up on a new database, with production's settings; all of it is gone afterwards.

    `database_url` is any database of the PostgreSQL server, `broker_url` any of the Redis server.
    """
    name = f"samspel_bench_{os.getpid()}"
    with (
        tempfile.TemporaryDirectory(prefix="samspel-bench-") as folder,
        _database(database_url, name) as url,
        _redis_databases(broker_url) as (broker, cache),
    ):
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "DEBUG": "off",
            "SECRET_KEY": "only-for-benchmarks-Wq7Zt3Lk9Xv2Rm5Pn8Hb4Jc6Yd1Fs0Ga",
            "ALLOWED_HOSTS": "127.0.0.1,testserver,samspel.example.org",
            "TRUSTED_PROXIES": "1",  # where a part has an nginx in front
            "DATABASE_URL": url,
            "BROKER_URL": broker,
            "CACHE_URL": cache.replace("redis://", "rediscache://"),
            "VAR_DIR": folder,
            "EMAIL_URL": "filemail://",
            "STAFF_SECOND_FACTOR": "off",  # its people come with a session that was made for them
            "SEARCH_RATE": "1000000/m/key",  # one officer searches as a whole city would
        }
        try:
            _set_up()
            yield
        finally:
            _hang_up()


@contextmanager
def _redis_databases(url: str) -> Iterator[tuple[str, str]]:
    """Addresses of two empty databases for broker and cache, claimed in the database of `url`."""
    server = redis.Redis.from_url(url)
    claims = ((pair, f"samspel-bench:{pair[0]}") for pair in PAIRS)
    free = (taken for taken in claims if server.set(taken[1], os.getpid(), nx=True, ex=CLAIM_SECONDS))
    pair, claim = next(free, (None, ""))
    if pair is None:
        raise RuntimeError("As many benchmarks run already as there are Redis databases for them.")
    broker, cache = (urlsplit(url)._replace(path=f"/{number}").geturl() for number in pair)
    _flush(broker, cache)
    try:
        yield broker, cache
    finally:
        _flush(broker, cache)
        server.delete(claim)


def _flush(*urls: str) -> None:
    for url in urls:
        redis.Redis.from_url(url).flushdb()


@contextmanager
def _database(url: str, name: str) -> Iterator[str]:
    with psycopg.connect(url, autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(drop)


def _set_up() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _hang_up() -> None:
    from django.db import connections

    connections.close_all()


def var_dir() -> Path:
    """The run's own `var/`."""
    return Path(os.environ["VAR_DIR"])
