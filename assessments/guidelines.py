"""The five points of inquiry in the wording of socialnämndens riktlinjer, as rows with a first day."""

from __future__ import annotations

from datetime import date

from assessments.models import Criterion, CriterionQuestion
from grants.calls.judged_by import Judged
from grants.models import Call

#: Criterion → (title, question), exactly as the guidelines put it.
WORDING = {
    Criterion.EFFEKT: (
        "Effekt",
        "Vilken effekt ger verksamhetens innehåll i förhållande till nämndens uppdrag och inriktning?",
    ),
    Criterion.VARDE: (
        "Värde",
        "Hur många nås/påverkas av verksamheten och vilket förväntat värde skapas för Helsingborgare?",
    ),
    Criterion.KOMPLEMENT: ("Komplement", "Hur kompletterar verksamheten socialnämndens arbete?"),
    Criterion.SAMVERKAN: (
        "Samverkan",
        "Hur samverkar verksamheten med förvaltningen, andra föreningar och övriga staden?",
    ),
    Criterion.EKONOMI: (
        "Ekonomi",
        "Hur har verksamheten säkrat sin fortlevnad utifrån ett ekonomiskt perspektiv?",
    ),
}


def install_wording(valid_from: date) -> None:
    """Write the guidelines' wording as in force from a day; doing so again changes nothing."""
    for criterion, (title, question) in WORDING.items():
        CriterionQuestion.objects.get_or_create(
            criterion=criterion, valid_from=valid_from, defaults={"title": title, "question": question}
        )


def judged_by(call: Call) -> list[Judged]:
    """What applications in a call are judged by: the wording in force when it opens."""
    return [
        Judged(str(row.get_criterion_display()), row.question)
        for row in CriterionQuestion.objects.in_force(call.opens_at)
    ]
