"""What is to be paid as rows of a spreadsheet, one an instalment."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from grants.models import CommitmentSource
from grants.payables import Payable
from portal.documents.spreadsheets import Cell, Column
from portal.documents.templatetags.swedish_text import orgnr


def columns() -> list[Column]:
    """The headings, in the language of whoever asks."""
    return [
        Column(_("For the year"), 10),
        Column(_("Paid at the latest on"), 14),
        Column(_("Association"), 36),
        Column(_("Organisation number"), 16),
        Column(_("Registry number"), 16),
        Column(_("Kind"), 20),
        Column(_("Instalment"), 10),
        Column(_("Instalments of the year"), 10),
        Column(_("Kronor"), 14),
        Column(_("The decision"), 30),
        Column(_("Where the decision stands"), 24),
        Column(_("Final since"), 12),
        Column(_("Kind of account"), 14),
        Column(_("Account in use"), 16),
        Column(_("May be paid now"), 12),
        Column(_("Waits for"), 44),
    ]


def rows(found: Iterable[Payable]) -> list[list[Cell]]:
    """A row an instalment, in their order. "Paid at the latest" is empty for as soon as it is final."""
    kinds = dict(CommitmentSource.choices)
    return [_row(payable, str(kinds[payable.source])) for payable in found]


def _row(payable: Payable, kind: str) -> list[Cell]:
    payment, decision, account = payable.payment, payable.decision, payable.account
    return [
        payment.year,
        _last_of_month(payable.day),
        payable.association,
        orgnr(payable.organisation_number),
        payable.registry_number,
        kind,
        payment.number,
        payment.of,
        payment.amount,
        decision.name if decision else None,
        decision.standing if decision else None,
        decision.final_since if decision else None,
        account.get_kind_display() if account else None,
        account.written if account else None,
        _("Yes") if payable.is_due else _("No"),
        payable.waits_for,
    ]


def _last_of_month(day: date | None) -> date | None:
    return day and day.replace(day=monthrange(day.year, day.month)[1])
