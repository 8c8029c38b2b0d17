"""Figures for Prometheus: how much work and mail there is in each state, and how old the oldest of it is.

Each figure is one query over states, so that every machine tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import reduce
from typing import Any

from django.db import models
from django.db.models import CharField, Count, Min, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone
from post_office.models import STATUS, Email
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from portal.operations.stuck import work_models

MAIL_STATES = {number: state for state, number in STATUS._asdict().items()}
MAIL_WAITS = (STATUS.queued, STATUS.requeued)


def text() -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Figures())
    return generate_latest(registry)


class Figures(Collector):
    """Asks the database anew each time it is asked."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield _gauge(
            "samspel_work_rows", "Rows of work by kind and state", ["kind", "state"], _work_by_state()
        )
        yield _gauge(
            "samspel_work_oldest_due_seconds",
            "How long the row that waited longest has been due, 0 when none is",
            ["kind"],
            ((kind, _seconds(since, now)) for kind, since in _work_due_since(now)),
        )
        yield _gauge("samspel_mail", "Mails by state", ["state"], _mail_by_state())
        oldest = Email.objects.filter(status__in=MAIL_WAITS).aggregate(since=Min("created"))["since"]
        yield _gauge(
            "samspel_mail_oldest_queued_seconds",
            "How long the mail that waited longest has been queued, 0 when none is",
            [],
            [(_seconds(oldest, now),)],
        )


def _gauge(name: str, text: str, labels: list[str], rows: Iterable[tuple[Any, ...]]) -> GaugeMetricFamily:
    """A figure for each row: its labels, then its value."""
    gauge = GaugeMetricFamily(name, text, labels=labels)
    for *values, figure in rows:
        gauge.add_metric([str(value) for value in values], figure)
    return gauge


def _seconds(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0


def _work_by_state() -> Iterable[tuple[Any, ...]]:
    return _all(
        _labelled(model)
        .values("label", "state")
        .annotate(rows=Count("pk"))
        .values_list("label", "state", "rows")
        for model in work_models()
    )


def _work_due_since(now: datetime) -> Iterable[tuple[Any, ...]]:
    is_due = {model: Q(state__in=model.WAITING_STATES, due_at__lte=now) for model in work_models()}
    return _all(
        _labelled(model)
        .values("label")
        .annotate(since=Min("due_at", filter=condition))
        .values_list("label", "since")
        for model, condition in is_due.items()
    )


def _mail_by_state() -> Iterable[tuple[Any, ...]]:
    rows = Email.objects.order_by().values_list("status").annotate(rows=Count("pk"))
    return ((MAIL_STATES.get(status, "none"), count) for status, count in rows)


def _labelled(model: type[models.Model]) -> models.QuerySet[Any, Any]:
    return model._default_manager.order_by().annotate(label=Cast(Value(model._meta.label), CharField()))


def _all(queries: Iterable[models.QuerySet[Any, Any]]) -> models.QuerySet[Any, Any]:
    return reduce(lambda one, other: one.union(other, all=True), queries)
