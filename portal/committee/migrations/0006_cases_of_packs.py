from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    """Packs made before this know their parts only: without their cases no conflict would close them."""
    pack_part = apps.get_model("committee", "PackPart")
    matter_line = apps.get_model("committee", "MatterLine")
    for pack in apps.get_model("committee", "Pack").objects.all():
        parts = pack_part.objects.filter(pack=pack).select_related("matter")
        told = {case for part in parts for case in (part.case_id, part.matter.case_id) if case}
        told |= set(
            matter_line.objects.filter(matter__in=parts.values("matter")).values_list("case", flat=True)
        )
        pack.cases.set(told)


class Migration(migrations.Migration):
    dependencies = [("committee", "0005_packs_for_each_reader")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
