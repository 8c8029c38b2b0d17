"""In which months of a grant year money is paid: rows per authority, or per call, which officers change."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.models.calls import Call
from portal.registry.models import Authority

_ONE_A_SUM = _("There is a rule for this sum already. Change that one.")


def check_months(months: Any) -> None:
    """Raise ValidationError unless these are months of a year, 1 to 12, rising, at least one."""
    numbers = isinstance(months, list) and all(type(month) is int and 1 <= month <= 12 for month in months)
    if not numbers or not months or sorted(set(months)) != months:
        raise ValidationError(_("Choose at least one month."))


class PaymentRuleQuerySet(models.QuerySet["PaymentRule"]):
    def visible_to(self, user: Any) -> PaymentRuleQuerySet:
        """When grants are paid is public; rules of a call's draft are seen with the draft."""
        return self.filter(Q(call=None) | Q(call__in=Call.objects.visible_to(user)))


class PaymentRule(models.Model):
    """Grants of this much a year and more are paid in these months, in equal parts.

    The rule with the highest `from_amount` that a year's sum reaches holds. A call that has rules of its own
    is paid by them alone, else by its authority's. Drafts of letters follow a
    change; what is released stands.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="payment_rules")
    call = models.ForeignKey(
        Call,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payment_rules",
        verbose_name=_("Call"),
        help_text=_("A call with rules of its own is paid by them alone."),
    )
    from_amount = models.PositiveIntegerField(
        _("For grants of at least, kronor a year"), default=0, help_text=_("0 means all grants.")
    )
    months = models.JSONField(_("Paid at the latest in"), validators=[check_months])

    objects = PaymentRuleQuerySet.as_manager()

    class Meta:
        ordering = ["authority__name", F("call").asc(nulls_first=True), "from_amount"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "from_amount"],
                condition=Q(call=None),
                name="grants_one_payment_rule_a_sum",
                violation_error_message=_ONE_A_SUM,
            ),
            models.UniqueConstraint(
                fields=["call", "from_amount"],
                condition=Q(call__isnull=False),
                name="grants_one_payment_rule_a_sum_of_call",
                violation_error_message=_ONE_A_SUM,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call or self.authority} {self.from_amount}: {self.months}"
