"""The papers of the demo's associations: short, but real PDFs in their libraries."""

from __future__ import annotations

from datetime import date

from grants.associations.library import NewPaper, add_paper
from grants.models import Association, PaperType
from portal.demo.register import annual_meeting
from portal.documents.models import StoredFile
from portal.people.models import User

#: code → title and what stands in it.
TEXTS = {
    "stadgar": (
        "Stadgar",
        "<h2>1. Ändamål</h2><p>Föreningen är ideell och arbetar för att ingen ska stå utan stöd.</p>"
        "<h2>2. Medlemskap</h2><p>Alla som delar föreningens ändamål får bli medlemmar.</p>"
        "<h2>3. Årsmöte</h2><p>Årsmötet hålls före mars månads utgång och är högsta beslutande organ.</p>"
        "<h2>4. Firmateckning</h2><p>Styrelsen utser dem som tecknar föreningens firma.</p>",
    ),
    "arsmotesprotokoll": (
        "Årsmötesprotokoll",
        "<p>Årsmötet godkände verksamhetsberättelsen och bokslutet och gav styrelsen ansvarsfrihet.</p>"
        "<p>Årsmötet valde ordförande, kassör, ledamöter, revisor och valberedning.</p>",
    ),
    "firmateckning": (
        "Protokoll om firmateckning",
        "<p>Styrelsen beslutade vid sitt första möte efter årsmötet vilka som tecknar föreningens firma.</p>",
    ),
    "konstituerande": (
        "Protokoll från det konstituerande mötet",
        "<p>Föreningen bildades, antog stadgar och valde styrelse. Ordföranden tecknar firman.</p>",
    ),
    "verksamhetsberattelse": (
        "Verksamhetsberättelse",
        "<p>Under året arbetade vi tillsammans med dem vi finns till för. Antalet besök och träffar "
        "redovisas i en bilaga, utan namn.</p>",
    ),
    "bokslut": ("Bokslut", "<p>Årets intäkter och kostnader gick ihop. Föreningen har inga skulder.</p>"),
    "revisionsberattelse": (
        "Revisionsberättelse",
        "<p>Räkenskaperna är granskade. Årsmötet rekommenderas att ge styrelsen ansvarsfrihet.</p>",
    ),
    "verksamhetsplan": (
        "Verksamhetsplan",
        "<p>Vi fortsätter med det som fungerar och prövar det som medlemmarna har föreslagit.</p>",
    ),
}
#: Not kept in the library: what an association shows beside its account, and what came by post.
ACCOUNT_EVIDENCE = "kontobevis"
SCAN = "inskannad"
_OTHERS = {
    ACCOUNT_EVIDENCE: ("Bevis om konto", "<p>Bankens bevis om kontots nummer och innehavare.</p>"),
    SCAN: (
        "Ansökan på papper",
        "<p>Inskannad ansökan: vi söker pengar till sorgekafé för äldre på landsbygden. Underskriven av "
        "föreningens ordförande.</p>",
    ),
}
#: A new association has its minutes of formation instead of what an annual meeting leaves.
NEW_ASSOCIATION = 20
#: Last year's plan has run out, and no new one has been added.
WITHOUT_PLAN = 19
_OF_A_MEETING = {"arsmotesprotokoll", "firmateckning", "verksamhetsberattelse", "bokslut"}
_OF_A_MEETING |= {"revisionsberattelse"}


def stored_papers() -> dict[str, StoredFile]:
    """The PDFs by kind of paper; the same for all associations."""
    from portal.documents.rendering import render_pdf

    return {
        code: StoredFile.objects.keep(render_pdf(_html(title, text), title=title), "application/pdf")
        for code, (title, text) in (TEXTS | _OTHERS).items()
    }


def _html(title: str, text: str) -> str:
    return (
        f'<!doctype html><html lang="sv"><head><title>{title}</title></head>'
        f"<body><h1>{title}</h1>{text}</body></html>"
    )


def fill_library(
    association: Association, number: int, by: User, files: dict[str, StoredFile], today: date
) -> None:
    """Give an association what its latest annual meeting left behind, valid on the day of loading."""
    types = {paper_type.code: paper_type for paper_type in PaperType.objects.filter(code__in=TEXTS)}
    for code in _codes(number):
        paper_type = types[code]
        year = _year(code, number, today) if paper_type.carries_year else None
        name = f"{TEXTS[code][0]}{f' {year}' if year else ''}.pdf"
        dated_on = annual_meeting(today) if code in _OF_A_MEETING else None
        add_paper(association, NewPaper(paper_type, name, files[code], year=year, dated_on=dated_on), by)


def _codes(number: int) -> list[str]:
    if number == NEW_ASSOCIATION:
        return ["stadgar", "konstituerande", "verksamhetsplan"]
    return [code for code in TEXTS if code != "konstituerande"]


def _year(code: str, number: int, today: date) -> int:
    meeting = annual_meeting(today).year
    if code == "verksamhetsplan":
        return today.year - (number == WITHOUT_PLAN)
    return meeting if code == "arsmotesprotokoll" else meeting - 1
