"""What every test stands on: files of its own, a broker that does not exist, quick passwords."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.test import override_settings
from kombu import pools

from portal.celery import app

#: Nobody listens here: whoever needs a broker asks for `real_broker`.
NO_BROKER = "redis://127.0.0.1:1/0"


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
def broker_at(url: str) -> Iterator[None]:
    """Point Celery's app at a broker for as long as the block lasts."""
    before = app.conf.broker_url
    _use(url)
    try:
        yield
    finally:
        _use(before)


def _use(url: str) -> None:
    app.conf.update(
        broker_url=url,
        broker_read_url=url,
        broker_write_url=url,
        broker_transport_options={"socket_connect_timeout": 2, "max_retries": 0},
    )
    # Celery keeps open connections in pools; drop them, so that the next ring dials the new address.
    pools.reset()
    vars(app)["_pool"] = None
    vars(app.amqp)["_producer_pool"] = None
