"""What was approved before paragraphs were signed one by one was approved whole."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    """Every approval until now was of all paragraphs of its minutes."""
    paragraph = apps.get_model("committee", "MinutesParagraph")
    for approval in apps.get_model("committee", "MinutesApproval").objects.all():
        approval.paragraphs.set(paragraph.objects.filter(minutes=approval.minutes_id))


class Migration(migrations.Migration):
    dependencies = [("committee", "0007_signing_by_paragraph")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
