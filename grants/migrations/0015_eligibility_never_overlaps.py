"""Periods of eligibility of one association never overlap: held by the database, each in its own way.

PostgreSQL excludes overlapping ranges; an association's id as a range needs no extension. SQLite has
triggers. (A later change that makes SQLite copy the table has to make the triggers anew.)
"""

from typing import Any

from django.db import migrations

TABLE = "grants_eligibility"
POSTGRESQL = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {TABLE}_no_overlap EXCLUDE USING gist (
    int8range(association_id, association_id, '[]') WITH &&,
    daterange(valid_from, valid_until, '[]') WITH &&
)
"""
SQLITE = """
CREATE TRIGGER {table}_no_overlap_{event} BEFORE {event} ON {table}
WHEN EXISTS (
    SELECT 1 FROM {table} WHERE association_id = NEW.association_id AND id IS NOT NEW.id
    AND valid_from <= NEW.valid_until AND valid_until >= NEW.valid_from
)
BEGIN SELECT RAISE(ABORT, '{table}_no_overlap'); END
"""
EVENTS = ("insert", "update")


def add(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        for event in EVENTS:
            schema_editor.execute(SQLITE.format(table=TABLE, event=event))


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {TABLE}_no_overlap")
    else:
        for event in EVENTS:
            schema_editor.execute(f"DROP TRIGGER {TABLE}_no_overlap_{event}")


class Migration(migrations.Migration):
    dependencies = [("grants", "0014_accounts_eligibility_and_contacts")]

    operations = [migrations.RunPython(add, drop)]
