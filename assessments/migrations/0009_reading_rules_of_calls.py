"""Give the calls that are there the standard rule for second readings, as new ones get it."""

from typing import Any

from django.db import migrations

from assessments.models.readings import new_seed
from assessments.reading_rules import STANDARD_LIMIT


def install(apps: Any, schema_editor: Any) -> None:
    rule = apps.get_model("assessments", "ReadingRule")
    rule.objects.bulk_create(
        rule(call_id=call, amount_limit=STANDARD_LIMIT, seed=new_seed())
        for call in apps.get_model("grants", "Call")
        .objects.filter(reading_rule=None)
        .values_list("pk", flat=True)
    )


class Migration(migrations.Migration):
    dependencies = [("assessments", "0008_readings_opened"), ("grants", "0019_outcomes_and_reserve")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
