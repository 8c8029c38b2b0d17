"""What the log says: one line an event, as JSON in production, with the ids of request, task and person.

Never what somebody wrote. So a request is told by its route with the numbers in it, not by its address, which
may hold a search or a secret link; and an error by its kind and where it happened, not by its message, in
which a database likes to quote the row.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.types import EventDict, Processor

#: What our events, and those of libraries, carry besides their own.
SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
#: As many of the innermost places as an error tells.
PLACES = 12


def configured(log_format: str, level: str) -> dict[str, Any]:
    """Django's `LOGGING` for `json` or `plain` lines; structlog's events take the same way."""
    if log_format not in {"json", "plain"}:
        raise ValueError(f"LOG_FORMAT is {log_format!r}; it may be json or plain.")
    logging.captureWarnings(log_format == "json")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_last(log_format),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Otherwise it says at each round of the bell that there is nothing to send; without a handler
            # it makes one of its own.
            "post_office": {"handlers": ["console"], "level": "WARNING", "propagate": False},
            # They tell addresses and messages of errors; django_structlog has told request and task.
            "django.request": {"level": "CRITICAL"},
            "celery.app.trace": {"level": "CRITICAL"},
            # They tell each step of making a document.
            "fontTools": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }


def _last(log_format: str) -> list[Processor]:
    if log_format == "plain":
        return [structlog.dev.ConsoleRenderer(colors=False)]
    return [without_contents, structlog.processors.JSONRenderer(ensure_ascii=False, default=_kind)]


def without_contents(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Leave out what may hold somebody's words: addresses, browsers, messages of errors."""
    if "request" in event:
        event["request"] = _route(str(event["request"]))
    event.pop("user_agent", None)
    error = _error(event.pop("exc_info", None)) or _error(event.get("exception"))
    event.pop("exception", None)
    if error is not None:
        event["error"] = type(error).__name__
        event["places"] = _places(error.__traceback__)
    return event


def _error(given: Any) -> BaseException | None:
    """The error that `exc_info` means: itself, a tuple with it, or true for the one at hand."""
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1]
    return sys.exc_info()[1] if given is True else None


def _places(where: TracebackType | None) -> list[str]:
    """File, line and function, the innermost last."""
    frames = traceback.extract_tb(where)[-PLACES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _route(request: str) -> str:
    """`GET /arende/<int:pk>/ pk=7`: the pattern, and of its values the numbers."""
    from django.urls import Resolver404, resolve

    method, _space, address = request.partition(" ")
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return f"{method} unknown"
    numbers = [f"{name}={value}" for name, value in match.kwargs.items() if isinstance(value, int)]
    return " ".join([method, f"/{match.route}", *numbers])


def _kind(value: Any) -> str:
    """For what JSON has no value for: which kind of thing it was."""
    return type(value).__name__
