"""The words of a partnership's matter, in Swedish: a true beginning of the report, for staff to edit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from iop.market import assessment_of
from iop.models import Agreement
from portal.documents.templatetags.swedish_text import number, orgnr, swedish_date

PREPARATION = (
    "Parterna har skrivit förslaget till överenskommelse tillsammans. Alla parter har sagt ja till varje "
    "punkt. Socialförvaltningen har prövat frågorna om marknad, upphandling och statligt stöd, och "
    "prövningen är undertecknad."
)


def points(content: Mapping[str, Any], proposed: Mapping[int, int], amounts: Mapping[int, int]) -> list[str]:
    """The decision points: `proposed` is the money of the appended text, `amounts` what is to be decided."""
    entering = (
        f"att ingå idéburet offentligt partnerskap med {_whom(content)} för perioden {_period(content)} "
        "enligt bilagt förslag till överenskommelse"
    )
    changed = dict(proposed) != dict(amounts)
    if changed:
        money = _sums(amounts) or "inga pengar"
        entering += f", med den ändringen att nämnden bidrar med {money}"
    found = [entering]
    if years := [year for year, amount in sorted(amounts.items()) if amount]:
        which = "ram" if len(years) == 1 else "ramar"
        money = "" if changed else f", {_sums(amounts)},"
        listed = _listed([str(year) for year in years])
        found.append(
            f"att nämndens pengar till partnerskapet{money} finansieras inom nämndens {which} för "
            f"föreningsbidrag {listed}"
        )
    found += [
        f"att {number(row['kronor'])} kronor av bidraget för {row['year']} i ärende {row['case']} i stället "
        "går in i partnerskapet"
        for row in content["taken_over"]
    ]
    found.append("att uppdra åt socialdirektören att underteckna överenskommelsen")
    return found


def names_of(content: Mapping[str, Any]) -> str:
    """The associations, in running text."""
    return _listed([party["name"] for party in content["parties"] if not party["is_city"]])


def _whom(content: Mapping[str, Any]) -> str:
    return _listed(
        [
            f"{party['name']}, {orgnr(party['number'])}," if party["number"] else party["name"]
            for party in content["parties"]
            if not party["is_city"]
        ]
    ).rstrip(",")


def _period(content: Mapping[str, Any]) -> str:
    first, last = (date.fromisoformat(content[key]) for key in ("starts_on", "ends_on"))
    return f"{swedish_date(first)}–{swedish_date(last)}"


def _sums(amounts: Mapping[int, int]) -> str:
    return _listed(
        [f"{number(amount)} kronor för {year}" for year, amount in sorted(amounts.items()) if amount]
    )


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else " och ".join([", ".join(items[:-1]), items[-1]]) if items else ""


class PartnershipWords:
    """Title, summary and sections of a matter about a partnership."""

    def __init__(self, agreement: Agreement, content: Mapping[str, Any], amounts: Mapping[int, int]) -> None:
        self.agreement, self.content, self.amounts = agreement, content, amounts
        self.names = names_of(content)[:200]
        self.title = f"Idéburet offentligt partnerskap: {content['title']}"
        self.preparation = PREPARATION
        self.recipients = [
            "Handläggare",
            "Akt",
            *(party["name"] for party in content["parties"]),
        ]

    @property
    def summary(self) -> str:
        units = _listed([party["name"] for party in self.content["parties"] if party["is_city"]])
        first = (
            f"{self.names} och {units} vill ingå ett idéburet offentligt partnerskap, "
            f"”{self.content['title']}”, för perioden {_period(self.content)}."
        )
        money = (
            f"Nämnden bidrar enligt förslaget med {_sums(self.amounts)}. Alla parter bidrar."
            if any(self.amounts.values())
            else "Nämnden bidrar inte med pengar. Alla parter bidrar på annat sätt."
        )
        return "\n\n".join(part for part in (first, self.content["summary"], money) if part)

    @property
    def sections(self) -> list[tuple[str, str]]:
        found = [
            ("Bakgrund och behov", self._clause("bakgrund")),
            ("Vad parterna vill göra tillsammans", self._clause("verksamhet")),
            ("Varför ett partnerskap", self._assessment()),
            ("Ekonomi", self._economy()),
            ("Uppföljning", self._clause("uppfoljning")),
        ]
        return [(heading, body) for heading, body in found if body.strip()]

    def _clause(self, key: str) -> str:
        return next((row["text"] for row in self.content["clauses"] if row["key"] == key), "")

    def _assessment(self) -> str:
        assessment = assessment_of(self.agreement)
        return "\n\n".join(
            part
            for part in (
                assessment.initiative,
                assessment.market,
                assessment.co_financing,
                assessment.no_ordered_service,
                assessment.procurement_conclusion,
                assessment.state_aid_reason,
            )
            if part
        )

    def _economy(self) -> str:
        if not any(self.amounts.values()):
            return "Partnerskapet tar inga pengar ur nämndens ram. Vad parterna ger står i överenskommelsen."
        taken = " ".join(
            f"{number(row['kronor'])} kronor för {row['year']} är i dag bundna för bidrag i ärende "
            f"{row['case']} och går i stället in i partnerskapet."
            for row in self.content["taken_over"]
        )
        return (
            f"Nämnden bidrar med {_sums(self.amounts)}. Förslaget ryms inom nämndens ram. {taken}".strip()
            + "\n\nVad varje part bidrar med, även i tid, lokaler och kompetens, står i överenskommelsen."
        )
