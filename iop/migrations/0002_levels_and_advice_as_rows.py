"""Levels of co-operation and the texts of advice become rows that staff edit."""

import django.db.models.deletion
from django.core.management.color import no_style
from django.db import migrations, models

#: The levels that entries hold by their number, which becomes the row's key.
LEVELS = (
    ("information", "Information", "Information", "information"),
    ("konsultation", "Konsultation", "Consultation", "deltagande"),
    ("dialog", "Dialog", "Dialogue", "deltagande"),
    ("samhandling", "Samhandling", "Joint action", "deltagande"),
    ("partnerskap", "Partnerskap", "Partnership", "deltagande"),
)


def keep_levels(apps, schema_editor):
    """An installation with lists or logs gets the rows it has worked by; an empty one loads its own."""
    Level = apps.get_model("iop", "Level")
    in_use = any(apps.get_model("iop", name).objects.exists() for name in ("Area", "CooperationEntry"))
    if not in_use:
        return
    for number, (code, name_sv, name_en, counts_as) in enumerate(LEVELS, start=1):
        Level.objects.create(
            pk=number, code=code, name_sv=name_sv, name_en=name_en, counts_as=counts_as,
            begins_dialogue=code == "dialog", position=number,
        )  # fmt: skip
    for sql in schema_editor.connection.ops.sequence_reset_sql(no_style(), [Level]):
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("iop", "0001_begin_partnerships")]

    operations = [
        migrations.CreateModel(
            name="AdviceText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("advice", models.CharField(choices=[("foreningsbidrag", "A grant to the association"), ("iop", "A partnership (IOP)"), ("upphandling", "Procurement"), ("vanta", "Wait"), ("tala_vidare", "Go on talking")], max_length=20, unique=True, verbose_name="Kind of advice")),
                ("title_sv", models.CharField(max_length=150, verbose_name="Advice, in Swedish")),
                ("title_en", models.CharField(max_length=150, verbose_name="Advice, in English")),
                ("text_sv", models.TextField(blank=True, verbose_name="What it means and what you do next, in Swedish")),
                ("text_en", models.TextField(blank=True, verbose_name="What it means and what you do next, in English")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("advice__in", ["foreningsbidrag", "iop", "upphandling", "vanta", "tala_vidare"])), name="iop_advice_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Level",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="Code")),
                ("name_sv", models.CharField(max_length=150, verbose_name="Name, in Swedish")),
                ("name_en", models.CharField(max_length=150, verbose_name="Name, in English")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="Place in the list")),
                ("is_active", models.BooleanField(default=True, verbose_name="In use")),
                ("description_sv", models.CharField(blank=True, max_length=300, verbose_name="What it means, in Swedish")),
                ("description_en", models.CharField(blank=True, max_length=300, verbose_name="What it means, in English")),
                ("counts_as", models.CharField(choices=[("information", "Information to associations"), ("deltagande", "Associations take part")], max_length=20, verbose_name="Counts in the yearly report as")),
                ("begins_dialogue", models.BooleanField(default=False, verbose_name="An idea that goes on in dialogue begins here")),
            ],
            options={
                "ordering": ["position", "code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("counts_as__in", ["information", "deltagande"])), name="iop_level_counts_as_known"),
                ],
            },
        ),
        migrations.RunPython(keep_levels, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="cooperationentry", name="iop_level_one_to_five"),
        migrations.AlterField(
            model_name="cooperationentry",
            name="level",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="iop.level", verbose_name="Level"),
        ),
    ]
