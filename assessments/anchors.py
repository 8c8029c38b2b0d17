"""What each level means on each criterion (ankare), so that assessors mean the same by the same word.

The texts that a call starts with are anchored in what can be seen in an application. They are rows, to be
changed per call until its applications lie before the committee: an assessment is read by the words it was
written with. A level helps to think and to compare; it never decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Criterion, Level, LevelAnchor
from grants.models import Application, Call
from grants.states import State

#: A criterion and a level.
Place = tuple[str, str]


class Anchor(NamedTuple):
    """What a level means, in both languages."""

    swedish: str
    english: str


#: What a new call's levels mean.
STANDARD: dict[Place, Anchor] = {
    (Criterion.EFFEKT, Level.SVAG): Anchor(
        "Ansökan säger inte vad som ska bli annorlunda för deltagarna, eller så hänger aktiviteterna inte "
        "ihop med nämndens uppdrag.",
        "The application does not say what will change for the participants, or its activities are not "
        "linked to the committee's mission.",
    ),
    (Criterion.EFFEKT, Level.TILLRACKLIG): Anchor(
        "Behov, aktiviteter och mål finns och passar nämndens inriktning. Det framgår inte hur resultaten "
        "ska mätas, eller tidigare resultat saknas.",
        "Need, activities and goals are there and fit the committee's direction. How results will be "
        "measured is not said, or earlier results are missing.",
    ),
    (Criterion.EFFEKT, Level.GOD): Anchor(
        "Behov, aktiviteter och mål hänger ihop. Målen går att mäta, och föreningen visar resultat eller "
        "erfarenhet som gör effekten trolig.",
        "Need, activities and goals hang together. The goals can be measured, and results or experience "
        "make the effect likely.",
    ),
    (Criterion.EFFEKT, Level.MYCKET_GOD): Anchor(
        "Föreningen visar uppmätta resultat för deltagarna, före och efter, och vad den har lärt sig och "
        "ändrat. Effekten förebygger behov av socialt stöd.",
        "The association shows measured results for participants, before and after, and what it learned "
        "and changed. The effect prevents a need for social support.",
    ),
    (Criterion.VARDE, Level.SVAG): Anchor(
        "Det framgår inte hur många Helsingborgare som nås eller vilka de är, eller så når verksamheten "
        "mest andra än målgruppen.",
        "It is not clear how many residents are reached or who they are, or the activity mostly reaches "
        "others than the target group.",
    ),
    (Criterion.VARDE, Level.TILLRACKLIG): Anchor(
        "Antal personer och målgrupp är angivna. Siffrorna är ungefärliga, eller så är värdet för den "
        "enskilde bara allmänt beskrivet.",
        "The number of people and the target group are stated. The figures are rough, or the value for "
        "each person is described only in general.",
    ),
    (Criterion.VARDE, Level.GOD): Anchor(
        "Antal olika personer och besök är räknade och rimliga. Verksamheten når människor med tydligt "
        "behov av stöd, och värdet för dem är beskrivet.",
        "Different people and visits are counted and reasonable. People with a clear need of support are "
        "reached, and the value for them is described.",
    ),
    (Criterion.VARDE, Level.MYCKET_GOD): Anchor(
        "Räknade siffror över flera år visar att föreningen når många, eller få med mycket stora behov "
        "som inget annat stöd når. Deltagarna bekräftar värdet.",
        "Counted figures over several years show that many are reached, or a few with great needs whom no "
        "other support reaches. Participants confirm the value.",
    ),
    (Criterion.KOMPLEMENT, Level.SVAG): Anchor(
        "Verksamheten gör samma sak som nämnden eller någon annan redan gör för samma grupp, eller så "
        "säger ansökan inget om det.",
        "The activity does what the committee or somebody else already does for the same group, or the "
        "application says nothing about it.",
    ),
    (Criterion.KOMPLEMENT, Level.TILLRACKLIG): Anchor(
        "Det går att se vad som skiljer verksamheten från nämndens egna insatser, men delar av den finns "
        "redan på annat håll i staden.",
        "One can see how the activity differs from the committee's own work, but parts of it exist "
        "elsewhere in the city.",
    ),
    (Criterion.KOMPLEMENT, Level.GOD): Anchor(
        "Verksamheten ger något som nämnden inte själv erbjuder, till exempel kvällar, jämlikt stöd eller "
        "ett annat språk, och hänvisar vidare när det behövs.",
        "The activity gives what the committee does not offer itself, such as evenings, peer support or "
        "another language, and refers people on when needed.",
    ),
    (Criterion.KOMPLEMENT, Level.MYCKET_GOD): Anchor(
        "Verksamheten fyller en lucka som en enhet i förvaltningen bekräftar, och förstärker nämndens "
        "stöd före, under eller efter dess insatser.",
        "The activity fills a gap that a unit of the administration confirms, and strengthens the "
        "committee's support before, during or after its own.",
    ),
    (Criterion.SAMVERKAN, Level.SVAG): Anchor(
        "Ansökan nämner ingen som föreningen samverkar med, eller bara planer utan namn på enhet, "
        "förening eller kontakt.",
        "The application names nobody that the association works with, or only plans without naming a "
        "unit, an association or a contact.",
    ),
    (Criterion.SAMVERKAN, Level.TILLRACKLIG): Anchor(
        "Föreningen namnger någon samverkanspart och vad de gör tillsammans. Samverkan är enstaka eller "
        "bygger på en enda person.",
        "The association names a partner and what they do together. The co-operation is occasional or "
        "rests on one single person.",
    ),
    (Criterion.SAMVERKAN, Level.GOD): Anchor(
        "Föreningen samverkar regelbundet med förvaltningen och minst en annan förening eller del av "
        "staden. Vem som gör vad är beskrivet.",
        "The association works regularly with the administration and at least one other association or "
        "part of the city. Who does what is described.",
    ),
    (Criterion.SAMVERKAN, Level.MYCKET_GOD): Anchor(
        "Flera parter bekräftar samverkan i överenskommelse eller yttrande. De planerar och följer upp "
        "tillsammans och delar lokaler, kunskap eller tid.",
        "Several partners confirm the co-operation in an agreement or a statement. They plan and follow "
        "up together and share premises, knowledge or time.",
    ),
    (Criterion.EKONOMI, Level.SVAG): Anchor(
        "Budgeten går inte ihop eller går inte att förstå, föreningen har skulder den inte kan betala, "
        "eller verksamheten faller utan hela bidraget.",
        "The budget does not balance or cannot be understood, there are debts that cannot be paid, or the "
        "activity falls without the whole grant.",
    ),
    (Criterion.EKONOMI, Level.TILLRACKLIG): Anchor(
        "Budget och bokslut går ihop. Föreningen lever nästan helt på bidraget, eller har eget kapital "
        "för mindre än någon månads kostnader.",
        "Budget and accounts balance. The association lives almost wholly on the grant, or has own "
        "capital for less than a month or so of costs.",
    ),
    (Criterion.EKONOMI, Level.GOD): Anchor(
        "Budgeten är rimlig för verksamheten och har flera inkomster. Eget kapital räcker några månader, "
        "och revisorn har inga anmärkningar.",
        "The budget is reasonable for the activity and has several sources of income. Own capital lasts "
        "some months, and the auditor has no remarks.",
    ),
    (Criterion.EKONOMI, Level.MYCKET_GOD): Anchor(
        "Flera säkra inkomster över flera år, eget kapital för ungefär ett halvår utan att det växer på "
        "bidrag, och en plan för om bidraget minskar.",
        "Several safe incomes over several years, own capital for about half a year without growing on "
        "grants, and a plan for a smaller grant.",
    ),
}


def install(call: Call) -> None:
    """Give a call the standard texts; doing so again changes nothing."""
    LevelAnchor.objects.bulk_create(
        [
            LevelAnchor(
                call=call, criterion=criterion, level=level, text_sv=anchor.swedish, text_en=anchor.english
            )
            for (criterion, level), anchor in STANDARD.items()
        ],
        ignore_conflicts=True,
    )


def install_for_new(sender: type[Call], instance: Call, created: bool, raw: bool, **kwargs: Any) -> None:
    """Signal: a new call gets its texts; a copy gets its source's (`grants.calls.call_copying`)."""
    if created and not raw and instance.copied_from_id is None:
        install(instance)


def of_call(call: Call) -> dict[Place, LevelAnchor]:
    """The call's texts by criterion and level; uses prefetched rows."""
    return {(row.criterion, row.level): row for row in call.level_anchors.all()}


def has_gone(call: Call) -> bool:
    """Whether an application of the call lies before the committee, or has been decided."""
    gone = (State.BEFORE_COMMITTEE, State.DECIDED)
    return Application.objects.filter(call=call, state__in=gone).exists()


def locked_text() -> str:
    return _(
        "Applications of this call have gone to the committee, so what the levels mean can no longer be "
        "changed: the assessments are read by the words they were written with. Copy the call to word them "
        "otherwise."
    )


class Locked(Exception):
    """Applications of the call have gone to the committee; nothing was changed."""


class Conflict(Exception):
    """A colleague changed some of the same texts meanwhile; `theirs` are those, and nothing was changed."""

    def __init__(self, theirs: Mapping[Place, Anchor]) -> None:
        super().__init__(", ".join(f"{criterion} {level}" for criterion, level in theirs))
        self.theirs = theirs


class Edit(NamedTuple):
    """A level's new texts, and those that the officer started from."""

    wanted: Anchor
    seen: Anchor


def save(call: Call, edits: Mapping[Place, Edit]) -> int:
    """Let these levels mean this and leave the others alone; how many were changed.

    Raises Locked, and Conflict when one of them means something else than the officer saw. The same change
    made twice is no conflict.
    """
    with transaction.atomic():
        # Held, so that two officers' saves follow each other.
        call = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=call.pk)
        if has_gone(call):
            raise Locked
        rows = of_call(call)
        now = {place: said(rows.get(place)) for place in edits}
        if theirs := {
            place: now[place] for place, edit in edits.items() if now[place] not in (edit.seen, edit.wanted)
        }:
            raise Conflict(theirs)
        changed = [place for place, edit in edits.items() if now[place] != edit.wanted]
        for place in changed:
            criterion, level = place
            row = rows.get(place) or LevelAnchor(call=call, criterion=criterion, level=level)
            row.text_sv, row.text_en = edits[place].wanted
            row.save()
    return len(changed)


def said(row: LevelAnchor | None) -> Anchor:
    """A level's texts as they are kept; empty where there are none."""
    return Anchor(row.text_sv, row.text_en) if row else Anchor("", "")
