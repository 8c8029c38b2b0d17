"""Documents as committees get them, in the real frame of `templates/pdf/base.html`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template import engines

PARAGRAPH = (
    "Föreningen driver en öppen mötesplats för människor som lever i eller är på väg ut ur hemlöshet. "
    "I snitt besöker 42 personer platsen varje dag, och 118 personer fick hjälp vidare under året."
)
FRAME = {"committee": "Socialnämnden", "date": "21 december 2026", "registry_number": "00086/2026"}


@pytest.fixture(scope="session")
def document() -> Callable[..., str]:
    """Make a page from the frame: content, then any of the frame's context and blocks by name."""

    def make(content: str, *, blocks: dict[str, str] | None = None, **context: object) -> str:
        blocks = {"content": content, **(blocks or {})}
        source = '{% extends "pdf/base.html" %}' + "".join(
            f"{{% block {name} %}}{text}{{% endblock %}}" for name, text in blocks.items()
        )
        return engines["django"].from_string(source).render({**FRAME, "heading": "Ett ärende", **context})

    return make


@pytest.fixture(scope="session")
def report(document: Callable[..., str]) -> str:
    """An officers' report of two pages."""
    return document(
        f"<h2>Sammanfattning</h2><p>{PARAGRAPH}</p>"
        "<h2>Förslag till beslut</h2>"
        "<p class='proposal-intro'>Förvaltningens förslag till socialnämnden är</p>"
        "<ul class='decision-points'><li>att bevilja Dagcentralen Ankaret verksamhetsbidrag; samt</li>"
        "<li>att bidraget gäller under förutsättning att nämnden får budgetmedel.</li></ul>"
        f"<h2>Bakgrund</h2>{f'<p>{PARAGRAPH}</p>' * 9}",
        heading="Bidrag till Dagcentralen Ankaret",
        kind="Tjänsteskrivelse",
        blocks={"signature": "<div class='signature'><p class='role'>Socialdirektör</p></div>"},
    )


@pytest.fixture(scope="session")
def table(document: Callable[..., str]) -> str:
    """A wide table that lies down and takes several pages."""
    rows = "".join(
        f"<tr><th scope='row'>Förening {number}</th><td class='amount'>{number}\u00a0000</td>"
        f"<td class='amount'>10\u00a0%</td><td>{PARAGRAPH}</td></tr>"
        for number in range(1, 41)
    )
    return document(
        "<table class='distribution'><thead><tr><th scope='col'>Förening</th>"
        "<th scope='col' class='amount'>Sökt</th><th scope='col' class='amount'>Barn</th>"
        f"<th scope='col'>Skäl</th></tr></thead><tbody>{rows}"
        "<tr class='total'><th scope='row'>Summa</th><td class='amount'>820\u00a0000</td>"
        "<td></td><td></td></tr>"
        "</tbody></table>",
        heading="Fördelning av föreningsbidrag",
        kind="Fördelningstabell",
        blocks={"document_class": "landscape"},
    )
