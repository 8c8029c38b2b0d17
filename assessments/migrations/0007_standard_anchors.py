"""Give the calls that are there the standard texts of what each level means, as new ones get them."""

from typing import Any

from django.db import migrations

from assessments.anchors import STANDARD


def install(apps: Any, schema_editor: Any) -> None:
    anchor = apps.get_model("assessments", "LevelAnchor")
    anchor.objects.bulk_create(
        anchor(call_id=call, criterion=criterion, level=level, text_sv=texts.swedish, text_en=texts.english)
        for call in apps.get_model("grants", "Call").objects.values_list("pk", flat=True)
        for (criterion, level), texts in STANDARD.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0006_desk_readings_scenarios"),
        ("grants", "0019_outcomes_and_reserve"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
