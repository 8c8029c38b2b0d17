"""Budget lines stand under a heading and a year; questions get new kinds, columns and conditions."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [
    ("long_text", "Longer text"),
    ("short_text", "Short text"),
    ("number", "Whole number"),
    ("percent", "Percent"),
    ("kronor", "Whole kronor"),
    ("date", "Date"),
    ("yes_no", "Yes or no"),
    ("one_of", "One of several"),
    ("some_of", "Some of several"),
    ("confirm", "Confirmation"),
    ("rows", "Rows with columns"),
]


class Migration(migrations.Migration):
    dependencies = [("grants", "0006_budget_headings")]

    operations = [
        migrations.RemoveConstraint(model_name="budgetline", name="grants_budget_item_once"),
        migrations.RemoveField(model_name="budgetline", name="item"),
        migrations.AlterField(
            model_name="budgetline",
            name="heading",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grants.budgetheading"
            ),
        ),
        migrations.AlterField(
            model_name="budgetline", name="year", field=models.PositiveSmallIntegerField()
        ),
        migrations.AddConstraint(
            model_name="budgetline",
            constraint=models.UniqueConstraint(
                fields=("application", "heading", "year"), name="grants_one_budget_line_a_year"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="columns",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text='[{"key": "goal", "kind": "short_text", "sv": "Mål", "en": "Goal"}]',
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="depends_on",
            field=models.SlugField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name="question", name="kind", field=models.CharField(choices=KINDS, max_length=20)
        ),
        migrations.AlterField(
            model_name="question",
            name="section",
            field=models.CharField(
                choices=[
                    ("grant", "What you apply for"),
                    ("need", "Need and purpose"),
                    ("target", "Target group"),
                    ("activities", "Activities and effect"),
                    ("cooperation", "Complement and co-operation"),
                    ("economy", "Budget and resources"),
                    ("democracy", "Democracy and influence"),
                    ("results", "Results of earlier grants"),
                    ("papers", "Papers"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [code for code, _label in KINDS])),
                name="grants_question_kind_known",
            ),
        ),
    ]
