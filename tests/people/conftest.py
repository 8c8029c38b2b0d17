"""A broker of e-identities and a directory of staff, both real and on this machine."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog

from portal.people.models import Role
from tests.people.identity_provider import Provider, running_provider, settings_for

GROUPS = {
    "SG-Handläggare": [Role.CASE_OFFICER.value],
    "SG-Registrator": [Role.REGISTRAR.value],
    "SG-Chef": [Role.HEAD.value, Role.CASE_OFFICER.value],
}


@pytest.fixture(scope="session")
def running() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    """One provider that serves as both broker and directory, doing no wrong."""
    running.forget()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid": {"APPS": [settings_for(running, "eid"), settings_for(running, "directory")]}
    }
    settings.OIDC_STAFF_GROUPS = GROUPS
    return running


@pytest.fixture
def log() -> Iterator[list[MutableMapping[str, Any]]]:
    """What our code logs meanwhile."""
    with structlog.testing.capture_logs() as entries:
        yield entries
