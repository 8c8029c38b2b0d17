"""Promised and delivered side by side: per party, kind and year, as a table and as a picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from iop.models import Agreement, Contribution, ContributionKind, Delivery
from portal.documents.drawing import Measure, measured_bars
from portal.documents.templatetags.swedish_text import NO_BREAK_SPACE, kronor, number


@dataclass
class Row:
    """One party's contribution of one kind in one year; amounts are whole kronor and whole hours."""

    party: str
    position: int
    kind: str
    year: int
    is_promised: bool = False
    promised_kronor: int = 0
    promised_hours: int = 0
    promised_text: str = ""
    kronor: int = 0
    hours: int = 0
    women: int = 0
    men: int = 0
    texts: list[str] = field(default_factory=list)

    @property
    def kind_name(self) -> str:
        return str(ContributionKind(self.kind).label)

    @property
    def promised(self) -> str:
        return _in_words(self.promised_kronor, self.promised_hours, [self.promised_text])

    @property
    def delivered(self) -> str:
        return _in_words(self.kronor, self.hours, self.texts)

    @property
    def people(self) -> str:
        """How many women and men took part; nothing when nobody counted."""
        if not self.women and not self.men:
            return ""
        return _("%(women)s women, %(men)s men") % {"women": self.women, "men": self.men}


def rows_of(agreement: Agreement, year: int | None = None) -> list[Row]:
    """All that is promised or delivered, in the order of year, party and kind; two queries."""
    promises = Contribution.objects.filter(agreement=agreement)
    deliveries = Delivery.objects.filter(agreement=agreement, withdrawn_at=None)
    if year is not None:
        promises, deliveries = promises.filter(year=year), deliveries.filter(on__year=year)
    rows: dict[tuple[int, int, str], Row] = {}

    def row(party: Any, kind: str, of_year: int) -> Row:
        key = (of_year, party.position, kind)
        return rows.setdefault(key, Row(party.name, party.position, kind, of_year))

    for promise in promises.select_related("party__association", "party__unit"):
        one = row(promise.party, promise.kind, promise.year)
        one.is_promised = True
        one.promised_kronor, one.promised_hours = promise.kronor or 0, promise.hours or 0
        one.promised_text = promise.text
    for delivery in deliveries.select_related("party__association", "party__unit"):
        one = row(delivery.party, delivery.kind, delivery.on.year)
        one.kronor += delivery.kronor or 0
        one.hours += delivery.hours or 0
        one.women += delivery.women or 0
        one.men += delivery.men or 0
        if delivery.text and delivery.text not in one.texts:
            one.texts.append(delivery.text)
    order = ContributionKind.values
    return sorted(rows.values(), key=lambda one: (one.year, one.position, order.index(one.kind)))


def by_year(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.year].append(row)
    return dict(found)


def by_party(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.party].append(row)
    return dict(found)


def picture(rows: Sequence[Row], year: int) -> SafeString | str:
    """The year's promises and deliveries as bars; nothing when neither kronor nor hours are promised."""
    measures = []
    for row in rows:
        name = f"{row.party}: {row.kind_name.lower()}"
        if row.promised_kronor or row.kronor:
            measures.append(_measure(name, row.promised_kronor, row.kronor, kronor))
        if row.promised_hours or row.hours:
            measures.append(_measure(name, row.promised_hours, row.hours, _hours))
    if not measures:
        return ""
    return measured_bars(
        measures,
        (_("Promised"), _("Delivered")),
        title=_("Promised and delivered %(year)s") % {"year": year},
        description="; ".join(f"{one.label}: {one.words}" for one in measures),
        ident=f"promised-{year}",
    )


def as_content(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as plain values, for what is frozen."""
    return [
        {
            "party": row.party,
            "position": row.position,
            "kind": row.kind,
            "year": row.year,
            "is_promised": row.is_promised,
            "promised_kronor": row.promised_kronor,
            "promised_hours": row.promised_hours,
            "promised_text": row.promised_text,
            "kronor": row.kronor,
            "hours": row.hours,
            "women": row.women,
            "men": row.men,
            "texts": row.texts,
        }
        for row in rows
    ]


def _measure(name: str, promised: int, delivered: int, write: Any) -> Measure:
    words = _("%(delivered)s of %(promised)s") % {"delivered": write(delivered), "promised": write(promised)}
    return Measure(name, (promised, delivered), words)


def _hours(value: int) -> str:
    return f"{number(value)}{NO_BREAK_SPACE}{_('hours')}"


def _in_words(money: int, hours: int, texts: Sequence[str]) -> str:
    said = [kronor(money)] if money else []
    said += [_hours(hours)] if hours else []
    return "; ".join([*said, *(text for text in texts if text)])
