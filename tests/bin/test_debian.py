"""Installing what the tests need leaves no server running that they would trip over."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import debian


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(debian, "POLICY", path)
    return path


def answer(policy: Path) -> int:
    """What a package that wants to start nginx hears."""
    return subprocess.run([policy, "nginx", "start"], check=False).returncode


def test_no_server_is_started_while_packages_are_installed(policy: Path) -> None:
    with debian.no_servers_started([]):
        assert answer(policy) == 101
    assert not policy.exists()


def test_the_policy_goes_also_when_installing_fails(policy: Path) -> None:
    with pytest.raises(SystemExit), debian.no_servers_started([]):
        raise SystemExit
    assert not policy.exists()


def test_a_policy_of_the_machines_own_decides_and_stays(policy: Path) -> None:
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.chmod(0o755)
    with debian.no_servers_started([]):
        assert answer(policy) == 0
    assert answer(policy) == 0


@pytest.mark.parametrize("command", ["nginx", "clamd"])
def test_servers_are_found_where_debian_keeps_them(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert debian.program(command) == f"/usr/sbin/{command}"
    assert debian.program("no-such-command") is None
