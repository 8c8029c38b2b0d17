"""The papers of the demo's associations: short, but real PDFs in their libraries."""

from __future__ import annotations

from datetime import date
from typing import Any

from grants.library import NewPaper, add_paper
from grants.models import Association, PaperType
from portal.documents.models import StoredFile

#: code → title and what stands in it.
TEXTS = {
    "stadgar": (
        "Stadgar",
        "<h2>1. Ändamål</h2><p>Föreningen är ideell och arbetar för att ingen ska stå utan stöd.</p>"
        "<h2>2. Medlemskap</h2><p>Alla som delar föreningens ändamål får bli medlemmar.</p>"
        "<h2>3. Årsmöte</h2><p>Årsmötet hålls före mars månads utgång och är högsta beslutande organ.</p>"
        "<h2>4. Firmateckning</h2><p>Ordföranden och kassören tecknar föreningens firma var för sig.</p>",
    ),
    "arsmotesprotokoll": (
        "Årsmötesprotokoll",
        "<p>Årsmötet godkände verksamhetsberättelsen och bokslutet och gav styrelsen ansvarsfrihet.</p>",
    ),
    "verksamhetsberattelse": (
        "Verksamhetsberättelse",
        "<p>Under året höll vi öppet två kvällar i veckan. Vi arbetade tillsammans med dem vi möter.</p>",
    ),
    "bokslut": ("Bokslut", "<p>Årets intäkter och kostnader gick ihop. Föreningen har inga skulder.</p>"),
    "revisionsberattelse": (
        "Revisionsberättelse",
        "<p>Räkenskaperna är granskade. Årsmötet rekommenderas att ge styrelsen ansvarsfrihet.</p>",
    ),
    "verksamhetsplan": (
        "Verksamhetsplan",
        "<p>Vi fortsätter med öppna kvällar och börjar med en grupp för anhöriga.</p>",
    ),
}


def stored_papers() -> dict[str, StoredFile]:
    """The PDFs by kind of paper; the same for all associations."""
    from portal.documents.rendering import render_pdf

    return {
        code: StoredFile.objects.keep(render_pdf(_html(title, text), title=title), "application/pdf")
        for code, (title, text) in TEXTS.items()
    }


def _html(title: str, text: str) -> str:
    return (
        f'<!doctype html><html lang="sv"><head><title>{title}</title></head>'
        f"<body><h1>{title}</h1>{text}</body></html>"
    )


def fill_library(association: Association, by: Any, files: dict[str, StoredFile], today: date) -> None:
    """Give an association what its latest annual meeting left behind, valid on the day of loading."""
    meeting = today.year if today.month >= 4 else today.year - 1
    years = {"arsmotesprotokoll": meeting, "verksamhetsplan": today.year}
    for paper_type in PaperType.objects.filter(code__in=files):
        year = years.get(paper_type.code, meeting - 1) if paper_type.carries_year else None
        name = f"{TEXTS[paper_type.code][0]}{f' {year}' if year else ''}.pdf"
        add_paper(association, NewPaper(paper_type, name, files[paper_type.code], year=year), by)
