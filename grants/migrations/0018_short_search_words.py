"""Keep names, numbers, titles and decisions apart from the long texts, so that hits are ranked quickly."""

from typing import Any

import django.contrib.postgres.search
from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("UPDATE grants_searchtext SET head_vector = ts_filter(vector, '{a,b}')")


class Migration(migrations.Migration):
    dependencies = [("grants", "0017_field_versions")]

    operations = [
        migrations.AddField(
            model_name="searchtext",
            name="head_vector",
            field=django.contrib.postgres.search.SearchVectorField(editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
