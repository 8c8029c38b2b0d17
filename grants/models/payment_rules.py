"""In which months of a grant year money is paid: rows per authority, which officers change."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.registry.models import Authority


def check_months(months: Any) -> None:
    """Raise ValidationError unless these are months of a year, 1 to 12, rising, at least one."""
    numbers = isinstance(months, list) and all(type(month) is int and 1 <= month <= 12 for month in months)
    if not numbers or not months or sorted(set(months)) != months:
        raise ValidationError(_("Choose at least one month."))


class PaymentRuleQuerySet(models.QuerySet["PaymentRule"]):
    def visible_to(self, user: Any) -> PaymentRuleQuerySet:
        """When grants are paid is public."""
        return self


class PaymentRule(models.Model):
    """Grants of this much a year and more are paid in these months, in equal parts.

    The rule with the highest `from_amount` that a year's sum reaches holds. Drafts of letters follow a
    change; what is released stands.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="payment_rules")
    from_amount = models.PositiveIntegerField(
        _("For grants of at least, kronor a year"), default=0, help_text=_("0 means all grants.")
    )
    months = models.JSONField(_("Paid at the latest in"), validators=[check_months])

    objects = PaymentRuleQuerySet.as_manager()

    class Meta:
        ordering = ["authority__name", "from_amount"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "from_amount"],
                name="grants_one_payment_rule_a_sum",
                violation_error_message=_("There is a rule for this sum already. Change that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.from_amount}: {self.months}"
