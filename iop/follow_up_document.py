"""The PDF of a joint follow-up or an evaluation, from its frozen content. Swedish, as all documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from iop import promised
from iop.models import FollowUp, GoalLevel
from portal.committee.matter_text import paragraphs
from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source

#: Headings of the joint text; the evaluation's stand in the order of the chain.
HEADINGS = {
    "activities": "Aktiviteter: det här har vi gjort",
    "reached": "Prestationer: dem har vi nått",
    "effect": "Effekt: det här har förändrats för dem det gäller",
    "survey": "Så säger de som det gäller",
    "story": "En berättelse om förändring",
    "society": "Samhällsnytta",
    "learned": "Det här har vi lärt oss",
    "changes": "Det här ändrar vi",
    "risks": "Risker som vi ser",
}
YEARLY_HEADINGS = HEADINGS | {"reached": "Dem har vi nått"}
ONWARD = {
    FollowUp.Onward.CONTINUE: "Parterna fortsätter som nu.",
    FollowUp.Onward.ADJUST: "Parterna fortsätter och justerar det som sägs ovan.",
    FollowUp.Onward.END: "Parterna avslutar partnerskapet.",
}
LEVELS = {
    GoalLevel.SAMHALLE: "Samhällsmål",
    GoalLevel.EFFEKT: "Effektmål",
    GoalLevel.VERKSAMHET: "Verksamhetsmål",
}


def heading(content: Mapping[str, Any]) -> str:
    if content["kind"] == FollowUp.Kind.EVALUATION:
        return f"Gemensam utvärdering: {content['title']}"
    return f"Gemensam uppföljning av {content['year']}: {content['title']}"


def source(content: Mapping[str, Any]) -> Source:
    """The document of a frozen follow-up; the same content gives the same document."""
    is_evaluation = content["kind"] == FollowUp.Kind.EVALUATION
    headings = HEADINGS if is_evaluation else YEARLY_HEADINGS
    rows = [promised.Row(**row) for row in content["promised"]]
    with translation.override("sv"):
        context = {
            "committee": "Idéburet offentligt partnerskap (IOP)",
            "kind": "Utvärdering" if is_evaluation else "Årsuppföljning",
            "date": swedish_date(datetime.fromisoformat(content["agreed"][-1]["at"])),
            "registry_number": content["registry_number"],
            "heading": heading(content),
            "is_evaluation": is_evaluation,
            "content": content,
            "days": [swedish_date(date.fromisoformat(content[name])) for name in ("starts_on", "ends_on")],
            "years": [
                (year, promised.picture(of_year, year), of_year)
                for year, of_year in promised.by_year(rows).items()
            ],
            "goals": [goal | {"level_name": LEVELS[goal["level"]]} for goal in content["goals"]],
            "passages": [
                (headings[name], paragraphs(content["texts"][name]))
                for name in headings
                if content["texts"].get(name, "").strip()
            ],
            "onward": ONWARD[content["onward"]],
            "views": [
                (view["party"], paragraphs(view["worked"]), paragraphs(view["hindered"]))
                for view in content["views"]
            ],
            "agreed": [
                (row["party"], swedish_date(datetime.fromisoformat(row["at"]))) for row in content["agreed"]
            ],
        }
        html = render_to_string("pdf/iop_uppfoljning.html", context)
    return Source("iop_uppfoljning", f"{context['heading']}, {content['registry_number']}", html)
