"""Give the calls that are there the standard list of the formal check, as new ones get it."""

from typing import Any

from django.db import migrations

from assessments.formal_checks import STANDARD


def install(apps: Any, schema_editor: Any) -> None:
    check = apps.get_model("assessments", "FormalCheck")
    check.objects.bulk_create(
        check(call_id=call, key=point.key, text_sv=point.swedish, text_en=point.english, position=place)
        for call in apps.get_model("grants", "Call").objects.values_list("pk", flat=True)
        for place, point in enumerate(STANDARD, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_officers_work"), ("grants", "0012_officers_work")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
