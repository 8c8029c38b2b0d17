"""Samspel's own settings, with the floor's address beside Samspel's."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
