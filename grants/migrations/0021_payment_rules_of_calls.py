import django.db.models.deletion
from django.db import migrations, models

ONE_A_SUM = "There is a rule for this sum already. Change that one."


class Migration(migrations.Migration):
    dependencies = [("grants", "0020_payment_rules")]

    operations = [
        migrations.RemoveConstraint(model_name="paymentrule", name="grants_one_payment_rule_a_sum"),
        migrations.AddField(
            model_name="paymentrule",
            name="call",
            field=models.ForeignKey(
                blank=True,
                help_text="A call with rules of its own is paid by them alone.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_rules",
                to="grants.call",
                verbose_name="Call",
            ),
        ),
        migrations.AlterModelOptions(
            name="paymentrule",
            options={
                "ordering": [
                    "authority__name",
                    models.OrderBy(models.F("call"), nulls_first=True),
                    "from_amount",
                ]
            },
        ),
        migrations.AddConstraint(
            model_name="paymentrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("call", None)),
                fields=("authority", "from_amount"),
                name="grants_one_payment_rule_a_sum",
                violation_error_message=ONE_A_SUM,
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("call__isnull", False)),
                fields=("call", "from_amount"),
                name="grants_one_payment_rule_a_sum_of_call",
                violation_error_message=ONE_A_SUM,
            ),
        ),
    ]
