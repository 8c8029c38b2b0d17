"""What every test stands on: files of its own, a broker that does not exist, quick passwords."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import redis
from django.db import connection, transaction
from django.test import override_settings
from kombu import pools
from pytest_django.plugin import DjangoDbBlocker

from portal.celery import app

pytest_plugins = ["tests.security_table"]

#: Nobody listens here: whoever needs a broker asks for `real_broker`.
NO_BROKER = "redis://127.0.0.1:1/0"

# A test has nothing to lose in a crash of the machine, so no commit waits for the disk; servers and workers
# that tests start inherit it. What a killed process had committed stays all the same.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")

TESTS = Path(__file__).parent
#: Where the longest modules are: begun first, so that no process is left with one at the end.
LONGEST = ("bench", "demo", "e2e", "bin", "faults", "test_routes.py")

#: Ends the transaction around the tests of the module at hand.
KEPT = pytest.StashKey[ExitStack]()


@pytest.fixture(scope="session")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `var/` of this test process, also for the workers and servers it starts."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session", autouse=True)
def _settings_for_tests(var_dir: Path) -> Iterator[None]:
    with override_settings(
        VAR_DIR=var_dir,
        MEDIA_ROOT=var_dir / "files",
        EMAIL_FILE_PATH=str(var_dir / "mail"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ACCOUNT_RATE_LIMITS=False,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """After a test with transactions of its own: PostgreSQL takes seconds to truncate every table."""
    if connection.vendor != "postgresql":
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", delete_rows)
        yield


def delete_rows(_style: object, tables: list[str], **_options: object) -> list[str]:
    """The SQL that empties those of the tables that hold something; foreign keys are checked at the end."""
    quoted = {table: connection.ops.quote_name(table) for table in tables}
    each = (f"(SELECT '{table}' FROM {name} LIMIT 1)" for table, name in quoted.items())  # noqa: S608  # our own names
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return [f"DELETE FROM {quoted[table]}" for (table,) in cursor.fetchall()]  # noqa: S608


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest modules first; within a module the order of pytest-django."""

    def rank(item: pytest.Item) -> int:
        place = item.path.relative_to(TESTS).parts[0]
        return LONGEST.index(place) if place in LONGEST else len(LONGEST)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_keepdb: bool,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Iterator[None]:
    """xdist's processes copy one database: the first of them runs the migrations for all."""
    if worker_id == "master" or django_db_keepdb or connection.vendor != "postgresql":
        yield
        return
    settings = connection.settings_dict
    name, copy = settings["NAME"], settings["TEST"]["NAME"]
    template = copy.removesuffix(worker_id) + "template"
    folder = tmp_path_factory.getbasetemp().parent
    with (folder / "template").open("a") as made, (folder / "making").open("a") as making:
        fcntl.flock(making, fcntl.LOCK_EX)  # one makes it, and the others wait no longer than that
        fcntl.flock(made, fcntl.LOCK_SH)
        if os.fstat(made.fileno()).st_size == 0:
            settings["TEST"]["NAME"] = template
            with django_db_blocker.unblock():
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
                connection.close()  # nobody may be connected to what is copied
            settings["NAME"] = name
            made.write(template)
            made.flush()
        fcntl.flock(making, fcntl.LOCK_UN)
        settings["TEST"] |= {"NAME": copy, "TEMPLATE": template}
        yield
        with suppress(BlockingIOError), django_db_blocker.unblock():
            fcntl.flock(made, fcntl.LOCK_EX | fcntl.LOCK_NB)  # only whoever is last takes it away
            settings["NAME"] = template
            connection.creation.destroy_test_db(name, verbosity=0)
            made.truncate(0)


@pytest.fixture(scope="module")
def kept_data(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Lets a fixture of the module's scope build data that all tests of the module share.

    A transaction around the module's tests, each of which is rolled back to where it began. Give tests a
    deep copy of the objects, which they may change: `tests/test_routes.py` shows how.
    """
    with django_db_blocker.unblock(), ExitStack() as ends:
        ends.enter_context(rolled_back())
        request.config.stash[KEPT] = ends
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test with transactions of its own empties the database: the module's shared data go before it."""
    if is_transactional(item) and KEPT in item.config.stash:
        item.config.stash[KEPT].close()


def is_transactional(item: pytest.Item) -> bool:
    """Whether a test commits what it writes."""
    marker = item.get_closest_marker("django_db")
    named = {"transactional_db", "live_server"}.intersection(getattr(item, "fixturenames", ()))
    return bool(named or (marker and marker.kwargs.get("transaction")))


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction like the one that Django's TestCase keeps around a test."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # durable blocks may stand in it
    with around:
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def no_broker() -> Iterator[None]:
    """A dead broker, as in an outage: nothing that a person does may depend on it."""
    with broker_at(NO_BROKER):
        yield


@pytest.fixture
def real_broker(no_broker: None, broker_url: str) -> Iterator[str]:
    """The Redis of this test process."""
    with broker_at(broker_url):
        yield broker_url


@pytest.fixture(scope="session")
def broker_url(worker_id: str) -> str:
    """A Redis database of its own for each of xdist's processes; emptied first."""
    base = os.environ.get("BROKER_URL", "redis://127.0.0.1:6379/0").rsplit("/", 1)[0]
    number = 10 + int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 9
    url = f"{base}/{number}"
    redis.Redis.from_url(url).flushdb()
    return url


@contextmanager
def broker_at(url: str, **options: float) -> Iterator[None]:
    """Point Celery's app at a broker for as long as the block lasts."""
    before = app.conf.broker_url
    _use(url, **options)
    try:
        yield
    finally:
        _use(before)


def _use(url: str, **options: float) -> None:
    app.conf.update(
        broker_url=url,
        broker_read_url=url,
        broker_write_url=url,
        broker_transport_options={"socket_connect_timeout": 2, "max_retries": 0, **options},
    )
    # Celery keeps open connections in pools; drop them, so that the next ring dials the new address.
    pools.reset()
    vars(app)["_pool"] = None
    vars(app.amqp)["_producer_pool"] = None
