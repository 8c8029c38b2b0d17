"""The kinds of papers and the standard list that a new installation starts from, as rows to change.

The nine of comparable cities' social grants, and what a new association has instead. Codes never
change: applications of earlier years are read by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from grants.models import AskedPaper, Call, PaperType

UNTIL_REPLACED = {"validity": "until_replaced"}
ONE_YEAR_OLD_AT_MOST = {"validity": "months", "valid_months": 12}


def _of_a_year(months: int) -> dict[str, Any]:
    """Valid until so many months after the end of the paper's year."""
    return {"validity": "until_next_years", "valid_months": months, "carries_year": True}


#: code → (Swedish, English, Swedish explanation, English explanation, further fields). Annual meetings
#: are held by the end of March; accounts and reports of a year are adopted there the year after.
SHIPPED: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
    "stadgar": (
        "Stadgar",
        "Statutes",
        "De stadgar som gäller nu.",
        "The statutes now in force.",
        UNTIL_REPLACED,
    ),
    "arsmotesprotokoll": (
        "Årsmötesprotokoll",
        "Minutes of the annual meeting",
        "Justerat och underskrivet.",
        "Approved and signed.",
        _of_a_year(4),
    ),
    "konstituerande": (
        "Protokoll från det konstituerande mötet",
        "Minutes of formation",
        "Visar när föreningen bildades, vilka som sitter i styrelsen och vilka som tecknar firman.",
        "Shows when the association was formed, who is on the board and who signs for it.",
        UNTIL_REPLACED,
    ),
    "firmateckning": (
        "Protokoll om firmateckning",
        "Minutes that appoint signatories",
        "Visar vilka som får skriva under för föreningen, var för sig eller tillsammans.",
        "Shows who may sign for the association, alone or together.",
        ONE_YEAR_OLD_AT_MOST | {"valid_months": 15},
    ),
    "verksamhetsberattelse": (
        "Verksamhetsberättelse",
        "Activity report",
        "Fastställd av årsmötet, för er lokala verksamhet.",
        "Adopted by the annual meeting, for your local activity.",
        _of_a_year(16),
    ),
    "bokslut": (
        "Bokslut med resultat- och balansräkning",
        "Annual accounts",
        "För er lokala förening, inte för riksorganisationen.",
        "For your local association, not for the national organisation.",
        _of_a_year(16),
    ),
    "resultatrakning": (
        "Resultaträkning",
        "Income statement",
        "När den är ett eget papper.",
        "When it is a paper of its own.",
        _of_a_year(16),
    ),
    "balansrakning": (
        "Balansräkning",
        "Balance sheet",
        "När den är ett eget papper.",
        "When it is a paper of its own.",
        _of_a_year(16),
    ),
    "revisionsberattelse": (
        "Revisionsberättelse",
        "Auditor's report",
        "Underskriven av revisorn.",
        "Signed by the auditor.",
        _of_a_year(16),
    ),
    "verksamhetsplan": (
        "Verksamhetsplan",
        "Activity plan",
        "För det år som ni planerar.",
        "For the year you plan.",
        _of_a_year(0),
    ),
    "budget": (
        "Budget",
        "Budget",
        "Hela föreningens budget för året.",
        "The whole association's budget for the year.",
        _of_a_year(0),
    ),
    "registreringsbevis": (
        "Registreringsbevis",
        "Certificate of registration",
        "Från Skatteverket eller Bolagsverket. Visar organisationsnummer och namn.",
        "From the authority that registered you. Shows organisation number and name.",
        ONE_YEAR_OLD_AT_MOST,
    ),
    "ovrigt": (
        "Annat papper",
        "Other",
        "Något annat som visar hur ni arbetar.",
        "Something else that shows how you work.",
        UNTIL_REPLACED | {"stands_beside": True},
    ),
}
#: code → which year's (from the first grant year), what a new association has instead, may come later,
#: and whether it must be there.
STANDARD_LIST: dict[str, tuple[int | None, str, bool, bool]] = {
    "stadgar": (None, "", False, True),
    "arsmotesprotokoll": (-1, "konstituerande", True, True),
    "firmateckning": (None, "konstituerande", False, False),
    "verksamhetsberattelse": (-2, "konstituerande", True, True),
    "bokslut": (-2, "konstituerande", True, True),
    "revisionsberattelse": (-2, "konstituerande", True, True),
    "verksamhetsplan": (None, "", True, True),
    "budget": (None, "", True, False),
}


def install_paper_types(model: Any = PaperType) -> None:
    """Write the shipped kinds that are not there; what staff have changed stays as they left it."""
    known = set(model.objects.values_list("code", flat=True))
    for position, (code, (name_sv, name_en, help_sv, help_en, more)) in enumerate(SHIPPED.items(), start=1):
        if code in known:
            continue
        fields = {"name_sv": name_sv, "name_en": name_en, "help_sv": help_sv, "help_en": help_en}
        model.objects.get_or_create(code=code, defaults={**fields, "position": position, **more})


def ask_for_papers(
    call: Call, codes: Mapping[str, tuple[int | None, str, bool, bool]] = STANDARD_LIST
) -> None:
    """Let a new call ask for the standard papers."""
    install_paper_types()
    types = {paper_type.code: paper_type for paper_type in PaperType.objects.all()}
    AskedPaper.objects.bulk_create(
        AskedPaper(
            call=call,
            type=types[code],
            position=position,
            year_offset=year_offset,
            instead=types.get(instead),
            may_come_later=later,
            required=required,
        )
        for position, (code, (year_offset, instead, later, required)) in enumerate(codes.items(), start=1)
    )


def name_of(frozen: Mapping[str, Any]) -> str:
    """What a frozen attachment is, in the reader's language; records of earlier years hold only its code."""
    language = "en" if translation.get_language() == "en" else "sv"
    if kept := frozen.get(f"name_{language}"):
        year = frozen.get("year")
        return f"{kept} {year}" if year else str(kept)
    code = str(frozen["kind"])
    if code not in SHIPPED:
        return code
    name_sv, name_en, *_more = SHIPPED[code]
    return name_sv if language == "sv" else name_en
