"""Who signed a sent application and what it confirmed, read from its record as it was frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from grants.models import Application
from grants.reading import Row
from portal.documents.templatetags.swedish_text import kronor, orgnr, swedish_moment
from portal.registry.models import Record

#: What is read of a frozen application; its answers are many times longer.
PARTS = ("signatures", "conditions", "guarantor")


def signed_rows(application: Application, user: Any) -> list[Row]:
    """Signatures, conditions and guarantor of the application as it was sent, for one who may read it.

    From the first version: a completion is handed in by one person and signs nothing anew.
    """
    first = (
        Record.objects.visible_to(user)
        .filter(case=application.case_id, kind=Record.Kind.APPLICATION)
        .order_by("created_at", "pk")
        .values(*(f"content__{part}" for part in PARTS))
        .first()
    )
    return rows_of({part: first[f"content__{part}"] for part in PARTS} if first else {})


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
