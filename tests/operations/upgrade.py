"""Takes an empty database to an earlier state, puts that state's rows in, migrates to now.

A program of its own, since migrations work on the database of the settings:
`python -m tests.operations.upgrade ROWS.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django
from django.core.management.color import no_style


def main(rows_file: str) -> None:
    django.setup()
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    from portal.operations import tables

    earlier = json.loads(Path(rows_file).read_text())
    executor = MigrationExecutor(connection)
    known = executor.loader.graph.nodes
    targets = [key for key in earlier["migrations"].items() if key in known]
    executor.migrate(targets)
    state = executor.loader.project_state(targets).apps
    with transaction.atomic():
        written = [(state.get_model(label), rows) for label, rows in earlier["rows"].items()]
        for model, rows in written:
            tables.write(model, (json.dumps(row).encode() for row in rows))
        connection.check_constraints()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(
                no_style(), [model for model, _rows in written]
            ):
                cursor.execute(statement)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    connection.check_constraints()
    print(json.dumps(facts()))  # noqa: T201


def facts() -> dict[str, Any]:
    """What today's code reads: rows of each table, and a few things that people would miss."""
    from assessments.models import Assessment
    from grants.models import Application, Attachment, SearchText, Terms
    from portal.documents.models import Document
    from portal.operations import tables
    from portal.registry.models import Record

    return {
        "rows": {
            label: len(list(model._base_manager.all())) for label, model in tables.kept_models().items()
        },
        "applications": sorted(Application.objects.values_list("pk", "title", "case__registry_number")),
        "amounts": sorted(Terms.objects.values_list("application_id", "stage", "year_amounts__amount")),
        "records": sorted(Record.objects.values_list("pk", "kind")),
        "html": {document.pk: len(document.html) for document in Document.objects.all()},
        "judged": sorted(Assessment.objects.values_list("application_id", "reason")),
        "sent": Application.objects.sent().count(),
        "attached": sorted(Attachment.objects.values_list("pk", "paper__filename")),
        "found_by_search": SearchText.objects.count(),
    }


if __name__ == "__main__":
    main(sys.argv[1])
