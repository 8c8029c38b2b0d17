"""Who signed a sent application and what it confirmed, read from its record as it was frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from grants.models import Application
from grants.reading import Row
from portal.documents.templatetags.swedish_text import kronor, orgnr, swedish_moment
from portal.registry.models import Record

#: What is read of a frozen application; its answers are many times longer.
PARTS = ("signatures", "conditions", "guarantor")


class Registered(NamedTuple):
    """A record that came in of an application: a version of it, or a paper that was promised for later."""

    pk: int
    kind: str
    #: What `PARTS` names of its content.
    content: Mapping[str, Any]

    @property
    def is_version(self) -> bool:
        return self.kind == Record.Kind.APPLICATION


def registered(application: Application) -> list[Registered]:
    """What came in of an application that its reader has opened, the oldest first; one query."""
    records = Record.objects.filter(
        case=application.case_id, kind__in=(Record.Kind.APPLICATION, Record.Kind.PROMISED_PAPER)
    )
    rows = records.order_by("created_at", "pk").values_list(
        "pk", "kind", *(f"content__{part}" for part in PARTS)
    )
    return [Registered(pk, kind, dict(zip(PARTS, parts, strict=True))) for pk, kind, *parts in rows]


def signed_rows(came_in: Iterable[Registered]) -> list[Row]:
    """Signatures, conditions and guarantor of the application as it was sent.

    From the first version: a completion is handed in by one person and signs nothing anew.
    """
    return rows_of(next((record.content for record in came_in if record.is_version), {}))


def rows_of(content: Mapping[str, Any]) -> list[Row]:
    """The rows of one frozen content; records from before there were signatures have none."""
    rows = [Row(_("Signed by"), _signature(signature)) for signature in content.get("signatures") or []]
    if confirmed := content.get("conditions"):
        text = _("Version %(version)s, confirmed %(moment)s by %(who)s") % {
            "version": confirmed["version"],
            "moment": _moment(confirmed["confirmed_at"]),
            "who": confirmed["confirmed_by"],
        }
        lines = [text, confirmed["explanation"]] if confirmed["explanation"] else [text]
        rows.append(Row(_("The city's democracy conditions"), "\n".join(lines)))
    if guarantor := content.get("guarantor"):
        rows.append(
            Row(
                _("Guarantor"),
                _("%(name)s, %(number)s: accepted %(moment)s by %(who)s, for at most %(amount)s")
                % {
                    "name": guarantor["name"],
                    "number": orgnr(guarantor["organisation_number"]),
                    "moment": _moment(guarantor["accepted_at"]),
                    "who": guarantor["accepted_by"],
                    "amount": kronor(guarantor["accepted_amount"]),
                },
            )
        )
    return rows


def _signature(signature: Mapping[str, Any]) -> str:
    text = f"{signature['name']}, {_moment(signature['signed_at'])}"
    if mandate := signature.get("on_behalf_of"):
        return _("%(signature)s, by a mandate, from %(name)s") % {"signature": text, "name": mandate}
    return text


def _moment(text: str) -> str:
    return swedish_moment(parse_datetime(text))
