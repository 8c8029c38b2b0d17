"""Index the search on PostgreSQL, and write the words of what was sent before there was a search."""

from typing import Any

import snowballstemmer
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import TextField, Value

from grants.received.likeness import likeness, words

BATCH = 200
INDEXES = {"grants_search_words": "vector", "grants_search_protected": "protected_vector"}


def add_indexes(apps: Any, schema_editor: Any) -> None:
    """Other databases have no search vectors, and no GIN."""
    if schema_editor.connection.vendor == "postgresql":
        for name, column in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX {name} ON grants_searchtext USING gin ({column})")


def drop_indexes(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX {name}")


def write_words(apps: Any, schema_editor: Any) -> None:
    """As `grants.received.searching` does, with the models as they were; a decision's words come with the next one."""
    application_model = apps.get_model("grants", "Application")
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    ids = list(
        application_model.objects.exclude(state="draft").order_by("pk").values_list("pk", flat=True)
    )
    for first in range(0, len(ids), BATCH):
        sent = (
            application_model.objects.filter(pk__in=ids[first : first + BATCH])
            .select_related("association", "case")
            .prefetch_related("answers", "call__questions")
        )
        rows, groups = [], []
        for application in sent:
            answers = {answer.key: answer.value for answer in application.answers.all()}
            row, codes = _row(apps, application, answers, on_postgresql)
            rows.append(row)
            groups += [
                apps.get_model("grants", "TargetGroup")(application=application, code=code) for code in codes
            ]
        apps.get_model("grants", "SearchText").objects.bulk_create(rows)
        apps.get_model("grants", "TargetGroup").objects.bulk_create(groups)


def _row(apps: Any, application: Any, answers: dict[str, Any], on_postgresql: bool) -> tuple[Any, list[str]]:
    number = application.association.organisation_number or ""
    head = _words(
        application.association.name,
        application.title,
        application.case.registry_number,
        application.case.public_title,
        number,
        f"{number[:6]} {number[6:]}",
    )
    asked = {question.key: question.options for question in application.call.questions.all()}
    body = _words(*(text for key, value in answers.items() for text in _texts(value, asked.get(key, []))))
    need = answers.get("need")
    row = apps.get_model("grants", "SearchText")(
        application=application, likeness=likeness(need) if isinstance(need, str) else 0
    )
    protected = _words(application.case.protected_title)
    if on_postgresql:
        row.vector = _vector(head, "A") + _vector(body, "D")
        row.protected_vector = _vector(protected, "A")
    else:
        row.stems = _stems(f"{head} {body}")
        row.protected_stems = _stems(protected)
    groups = answers.get("target_groups")
    return row, list(dict.fromkeys(groups)) if isinstance(groups, list) else []


def _texts(value: Any, options: list[dict[str, str]]) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner, options)]
    labels = {option["code"]: option["sv"] for option in options}
    return [labels.get(value, value)] if isinstance(value, str) else []


def _words(*texts: str) -> str:
    return " ".join(word for text in texts for word in words(text))


def _vector(text: str, weight: str) -> SearchVector:
    return SearchVector(Value(text, output_field=TextField()), weight=weight, config="swedish")


def _stems(text: str) -> str:
    found = dict.fromkeys(snowballstemmer.stemmer("swedish").stemWords(text.split()))
    return f" {' '.join(found)} " if found else ""


class Migration(migrations.Migration):
    dependencies = [("grants", "0012_officers_work")]

    operations = [
        migrations.RunPython(add_indexes, drop_indexes),
        migrations.RunPython(write_words, migrations.RunPython.noop),
    ]
