"""Budget headings become rows of each call, budget lines get a year, and questions new kinds."""

import django.db.models.deletion
from django.db import migrations, models

#: What the lines of budgets written before were called: (key, side, Swedish, English).
HEADINGS = [
    ("city_other", "income", "Andra nämnder i staden", "Other committees of the city"),
    ("region", "income", "Regionen", "The region"),
    ("state", "income", "Staten", "The state"),
    ("foundations", "income", "Stiftelser och fonder", "Foundations and funds"),
    ("fees", "income", "Medlemsavgifter", "Membership fees"),
    ("sales", "income", "Försäljning", "Sales"),
    ("gifts", "income", "Gåvor och insamling", "Gifts and collections"),
    ("own", "income", "Egen insats", "Own contribution"),
    ("pay", "cost", "Löner med arbetsgivaravgifter", "Pay, with employer's fees"),
    ("premises", "cost", "Lokaler", "Premises"),
    ("activities", "cost", "Aktiviteter", "Activities"),
    ("material", "cost", "Material", "Material"),
    ("travel", "cost", "Resor", "Travel"),
    ("training", "cost", "Utbildning och handledning", "Training and supervision"),
    ("administration", "cost", "Administration", "Administration"),
    ("audit", "cost", "Revision", "Audit"),
    ("other", "cost", "Övriga kostnader", "Other costs"),
]


def give_headings(apps, schema_editor):
    """Each call gets the headings, and each line its heading and the call's first year."""
    call_model = apps.get_model("grants", "Call")
    heading_model = apps.get_model("grants", "BudgetHeading")
    line_model = apps.get_model("grants", "BudgetLine")
    for call in call_model.objects.all():
        headings = heading_model.objects.bulk_create(
            heading_model(
                call=call,
                key=key,
                side=side,
                position=position,
                label_sv=swedish,
                label_en=english,
                from_the_city=key == "city_other",
            )
            for position, (key, side, swedish, english) in enumerate(HEADINGS, start=1)
        )
        for heading in headings:
            lines = line_model.objects.filter(application__call=call, item=heading.key)
            lines.update(heading=heading, year=call.first_year)


class Migration(migrations.Migration):
    dependencies = [("grants", "0005_people_facts_and_statements")]

    operations = [
        migrations.CreateModel(
            name="BudgetHeading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40)),
                ("side", models.CharField(choices=[("income", "Income"), ("cost", "Costs")], max_length=10)),
                ("position", models.PositiveSmallIntegerField()),
                ("label_sv", models.CharField(max_length=100)),
                ("label_en", models.CharField(max_length=100)),
                (
                    "from_the_city",
                    models.BooleanField(
                        default=False,
                        help_text="Money from another committee of the city: may be double funding.",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_headings",
                        to="grants.call",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "key"), name="grants_heading_key_once_a_call"),
                    models.UniqueConstraint(fields=("call", "position"), name="grants_heading_position"),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["income", "cost"])), name="grants_heading_side_known"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="budgetline",
            name="heading",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grants.budgetheading",
            ),
        ),
        migrations.AddField(
            model_name="budgetline", name="year", field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.RunPython(give_headings, migrations.RunPython.noop),
    ]
