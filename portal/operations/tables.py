"""Rows of every table as lines of JSON, the same from whichever database they come.

Values are read and written below the models: no `save()`, no signal and no field of ours changes them on the
way, so that what was encrypted stays so, and moments and versions are those of the original.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils.duration import duration_iso_string

#: Who was signed in does not come back: a restored installation asks everyone to sign in again.
LEFT_OUT = frozenset({"sessions.Session", "usersessions.UserSession"})
#: Rows per round trip to the database.
BATCH = 500
#: What JSON has no value for, or databases keep in different ways; all other values pass as they are.
CONVERTED = (
    models.BinaryField, models.DateField, models.DecimalField, models.DurationField, models.JSONField,
    models.TimeField, models.UUIDField,
)  # fmt: skip

Model = type[models.Model]


def kept_models() -> dict[str, Model]:
    """Every model with a table whose rows are kept, by its label."""
    found = all_models()
    return {label: found[label] for label in sorted(found.keys() - LEFT_OUT)}


def all_models() -> dict[str, Model]:
    """Every model with a table, by its label."""
    return {
        model._meta.label: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


@contextmanager
def snapshot() -> Iterator[None]:
    """All tables as they are at one moment, while others go on writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    connection.ensure_connection()  # which is when the mode is set
    before = connection.transaction_mode  # type: ignore[attr-defined]
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # a reader that keeps nobody from writing
    try:
        with transaction.atomic():
            yield
    finally:
        connection.transaction_mode = before  # type: ignore[attr-defined]


def read(model: Model) -> Iterator[bytes]:
    """The rows by primary key, a line each."""
    fields = _fields(model)
    converters = [_from_database(field) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    key = quote(str(model._meta.pk.column))
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {quote(model._meta.db_table)} ORDER BY {key}")  # noqa: S608
        for row in cursor:
            values = {
                str(field.column): convert(value)
                for field, convert, value in zip(fields, converters, row, strict=True)
            }
            yield json.dumps(values, ensure_ascii=False, default=_plain).encode() + b"\n"


def write(model: Model, lines: Iterable[bytes]) -> int:
    """Put the rows into their empty table; returns how many there were."""
    fields = _fields(model)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join("%s" for _field in fields)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    rows = ([_to_database(field, row[field.column]) for field in fields] for row in map(json.loads, lines))
    count = 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(statement, batch)
            count += len(batch)
    return count


@transaction.atomic
def empty() -> None:
    """Delete every row of every table, also of those left out."""
    names = [model._meta.db_table for model in all_models().values()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), names):
            cursor.execute(statement)


def number_on() -> None:
    """Let the next row of each table get the number after the last."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(all_models().values())):
            cursor.execute(statement)


def _fields(model: Model) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def _from_database(field: models.Field) -> Any:
    """What makes of the column's value a plain one: the database's converters, not those of the field."""
    if isinstance(field, models.JSONField):
        return lambda value: json.loads(value) if isinstance(value, str) else value
    expression = field.get_col(field.model._meta.db_table)
    converters = connection.ops.get_db_converters(expression)

    def convert(value: Any) -> Any:
        for converter in converters:
            value = converter(value, expression, connection)
        return value

    return convert


def _to_database(field: models.Field, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        is_missing = value is None and field.null
        return None if is_missing else connection.ops.adapt_json_value(value, field.encoder)
    if isinstance(field, CONVERTED):
        return field.get_db_prep_value(field.to_python(value), connection, prepared=False)
    return value


def _plain(value: Any) -> Any:
    """What JSON has no value for, as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"No place in a backup for {type(value).__name__}")
