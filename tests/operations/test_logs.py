"""What a log line says, and what it never says."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from logging.config import dictConfig
from typing import Any

import pytest
import structlog
from django.conf import settings

from portal import logs

SECRET = "Föreningen Hemlig"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Lines as in production, for a logger of this test alone."""
    stream = io.StringIO()
    wanted = logs.configured("json", "INFO")
    handler = {"class": "logging.StreamHandler", "formatter": "line", "stream": stream}
    try:
        dictConfig(
            {
                "version": 1,
                "disable_existing_loggers": False,
                "incremental": False,
                "formatters": wanted["formatters"],
                "handlers": {"here": handler},
                "loggers": {"prov": {"handlers": ["here"], "level": "INFO", "propagate": False}},
            }
        )
        yield stream
    finally:
        logging.getLogger("prov").handlers.clear()
        logs.configured(settings.LOG_FORMAT, "WARNING")


def line(written: io.StringIO) -> dict[str, Any]:
    (one,) = written.getvalue().splitlines()
    assert SECRET not in one
    return json.loads(one)


@pytest.mark.rule(14)
@pytest.mark.parametrize("logger", [structlog.get_logger("prov"), logging.getLogger("prov")])
def test_an_error_is_told_by_kind_and_place_and_not_by_its_message(written: io.StringIO, logger: Any) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logger.exception("it_failed")
    told = line(written)
    assert (told["event"], told["level"], told["error"]) == ("it_failed", "error", "ValueError")
    assert "test_logs.py" in told["places"][-1]


@pytest.mark.rule(14)
def test_an_error_given_by_hand_loses_its_message_too(written: io.StringIO) -> None:
    """As django_structlog tells a failed task."""
    error = ValueError(SECRET)
    structlog.get_logger("prov").error("task_failed", error=str(error), exception=error)
    assert line(written)["error"] == "ValueError"


@pytest.mark.rule(14)
@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (f"GET /handlaggning/?q={SECRET}", "GET /handlaggning/"),
        (
            "POST /ansokningar/7/kontrollera/",
            "POST /ansokningar/<int:application_id>/kontrollera/ application_id=7",
        ),
        (f"GET /{SECRET}/", "GET unknown"),
    ],
)
def test_a_request_is_told_by_its_route(written: io.StringIO, request_: str, told: str) -> None:
    structlog.get_logger("prov").info("request_started", request=request_, user_agent=SECRET)
    assert line(written)["request"] == told
    assert "user_agent" not in line(written)


@pytest.mark.rule(14)
def test_a_secret_link_is_not_written_out(written: io.StringIO) -> None:
    structlog.get_logger("prov").info("request_started", request="GET /kalender/hemlig-nyckel.ics")
    assert "hemlig" not in written.getvalue()


def test_ids_at_hand_stand_in_every_line(written: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc", task_id="def"):
        logging.getLogger("prov").warning("%s rows", 3)
    told = line(written)
    assert (told["event"], told["request_id"], told["task_id"]) == ("3 rows", "abc", "def")
    assert told["timestamp"].endswith("Z")


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="LOG_FORMAT"):
        logs.configured("xml", "INFO")
