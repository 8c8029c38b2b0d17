"""Two hosts (network namespaces of this machine) against one PostgreSQL, one Redis and shared files.

Each host has a worker with beat, and reaches this machine by a cable of its own, which is pulled in mid-pack.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import timezone

from portal.committee.models import Pack
from portal.demo import load
from tests.faults.recovery import recovery
from tests.faults.servers import PostgreSQL, Redis, own_postgresql, own_redis
from tests.processes import environment, running_worker, wait_until

pytestmark = [
    pytest.mark.fault,
    pytest.mark.soak,
    pytest.mark.rule(5),
    pytest.mark.django_db(transaction=True),
]

#: This machine as both hosts see it, on a bridge that leads nowhere else.
HERE = "10.213.7.1"
BRIDGE = "samspel0"
LEASES = {
    "SWEEP_SECONDS": "1",
    "TASK_SOFT_SECONDS": "8",
    "TASK_HARD_SECONDS": "10",
    "WORK_LEASE_SECONDS": "12",
}
#: Ten documents more, as if they had been ordered when the host was back.
MORE_DOCUMENTS = (
    "WITH made AS (INSERT INTO documents_document (kind, title, html, numbered, content_hash, state,"
    " created_at, attempts, due_at, error, technical_error) SELECT kind, 'Efter', html, numbered,"
    " md5(random()::text || n), 'queued', now(), 0, now(), '', '' FROM documents_document,"
    " generate_series(1, 10) n"
    " WHERE documents_document.id = (SELECT max(id) FROM documents_document) RETURNING 1)"
    " SELECT count(*) FROM made"
)
READY_PARTS = (
    "SELECT count(*) FROM committee_packpart p JOIN documents_document d ON d.id = p.document_id"
    " WHERE d.state = 'ready'"
)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass(frozen=True)
class Host:
    """A network namespace with one cable to the bridge."""

    name: str
    number: int

    @property
    def cable(self) -> str:
        return f"{self.name}-out"

    @property
    def inside(self) -> list[str]:
        """Put before a command that runs on the host."""
        return ["ip", "netns", "exec", self.name]

    def set_up(self) -> None:
        ip("netns", "add", self.name)
        ip("link", "add", self.cable, "type", "veth", "peer", "name", f"{self.name}-in")
        ip("link", "set", f"{self.name}-in", "netns", self.name)
        ip("link", "set", self.cable, "master", BRIDGE, "up")
        ip("-n", self.name, "address", "add", f"10.213.7.{self.number}/24", "dev", f"{self.name}-in")
        ip("-n", self.name, "link", "set", f"{self.name}-in", "up")
        ip("-n", self.name, "link", "set", "lo", "up")

    def pull_cable(self) -> None:
        ip("link", "set", self.cable, "down")

    def put_cable_back(self) -> None:
        ip("link", "set", self.cable, "up")

    def tear_down(self) -> None:
        subprocess.run(["ip", "netns", "delete", self.name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "delete", self.cable], check=False, capture_output=True)


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    if os.geteuid() != 0:
        pytest.skip("only root may make network namespaces")
    assert shutil.which("ip"), "Install iproute2: the hosts of this test are network namespaces"
    subprocess.run(["ip", "link", "delete", BRIDGE], check=False, capture_output=True)
    ip("link", "add", BRIDGE, "type", "bridge")
    both = Host("samspel-a", 2), Host("samspel-b", 3)
    try:
        ip("address", "add", f"{HERE}/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        for host in both:
            host.tear_down()
            host.set_up()
        yield both
    finally:
        for host in both:
            host.tear_down()
        ip("link", "delete", BRIDGE)


@pytest.fixture
def pack(transactional_db: None) -> Pack:
    """The demo's pack, asked for; no worker has heard of it yet."""
    load.load(timezone.localdate())
    asked_for = load.meeting_of_the_round().latest_pack
    assert asked_for is not None
    return asked_for


@contextmanager
def services(place: Path, var_dir: Path) -> Iterator[tuple[PostgreSQL, Redis]]:
    url = environment(var_dir, "")["DATABASE_URL"]
    with (
        own_postgresql(place / "postgresql", url, HERE) as database,
        own_redis(place / "redis", HERE) as redis,
    ):
        yield database, redis


def taken_by(database: PostgreSQL, host: Host) -> int:
    """How many of the database's connections come from a host."""
    return int(
        database.one(f"SELECT count(*) FROM pg_stat_activity WHERE client_addr = '10.213.7.{host.number}'")  # noqa: S608
    )


def test_a_host_cut_off_in_mid_pack_costs_nothing_and_the_pack_arrives_once(
    hosts: tuple[Host, Host], pack: Pack, place: Path, var_dir: Path
) -> None:
    """What it had begun is done by the other; when it is back it changes nothing that is done."""
    lost, other = hosts
    with services(place, var_dir) as (database, redis):
        env = environment(var_dir, redis.url) | {"DATABASE_URL": database.url} | LEASES
        with (
            running_worker(env, beat=True, prefix=lost.inside),
            running_worker(env, beat=True, prefix=other.inside),
        ):
            wait_until(
                lambda: (
                    min(database.one(READY_PARTS) / 3, taken_by(database, lost), taken_by(database, other))
                    >= 1
                ),
                "the first parts are made, and both hosts are at work",
            )
            lost.pull_cable()
            assert database.one("SELECT state FROM committee_pack") != "ready", "pulled in mid-pack"
            with recovery("one of two hosts cut off in mid-pack, until the pack is ready"):
                wait_until(
                    lambda: database.one("SELECT state FROM committee_pack") == "ready", "the pack is ready"
                )
            ready_at = database.one("SELECT ready_at FROM committee_pack")
            file_id = database.one("SELECT file_id FROM committee_pack")
            wait_until(lambda: taken_by(database, lost) == 0, "PostgreSQL has given up the host that is gone")
            lost.put_cable_back()
            database.one(MORE_DOCUMENTS)
            wait_until(
                lambda: database.one("SELECT count(*) FROM documents_document WHERE state <> 'ready'") == 0,
                "what was ordered afterwards is made",
            )
            with recovery("the cable put back, until its host works again"):
                wait_until(lambda: taken_by(database, lost) > 0, "the host that was cut off works again")
        assert database.one("SELECT count(*) FROM committee_pack") == 1
        assert database.one("SELECT ready_at FROM committee_pack") == ready_at
        assert database.one("SELECT file_id FROM committee_pack") == file_id
        assert database.one("SELECT max(attempts) FROM documents_document") <= 2
        assert database.one(READY_PARTS) == database.one("SELECT count(*) FROM committee_packpart") > 3
