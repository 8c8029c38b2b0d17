"""A partnership in force: promises, goals, clauses, a frozen text and everybody who acts in it."""

from __future__ import annotations

from datetime import date

from grants.models import Association
from iop import follow_up_plan
from iop.models import (
    AgreementText,
    Clause,
    ClauseVersion,
    Contribution,
    ContributionKind,
    Goal,
    GoalLevel,
    Indicator,
    Party,
    Signature,
)
from iop.states import State
from portal.documents.models import Document
from portal.documents.work import Source, order
from portal.people.models import User
from portal.registry.models import Record, declare
from tests.iop.building import Partnership, partnership

#: A long partnership, and a short one as in the city's own case of 2020.
LONG = (date(2027, 1, 1), date(2029, 12, 31))
SHORT = (date(2027, 7, 1), date(2027, 10, 31))

CLAUSES = {2: ("bakgrund", "Bakgrund och behov"), 7: ("insatser", "Insatser"), 19: ("upphor", "Uppsägning")}


def running(
    days: tuple[date, date] = LONG, association: Association | None = None, own: User | None = None
) -> Partnership:
    """An agreement that all have signed, with two promises a year, a goal and its follow-ups."""
    one = partnership(association, own)
    agreement = one.agreement
    agreement.starts_on, agreement.ends_on = days
    agreement.save()
    for number, (key, heading) in CLAUSES.items():
        clause = Clause.objects.create(
            agreement=agreement, number=number, key=key, heading=heading, text=f"Text om {heading.lower()}."
        )
        ClauseVersion.objects.create(clause=clause, number=1, text=clause.text, written_by=one.officer)
    for year in agreement.years:
        promise(one, one.unit_party, ContributionKind.PENGAR, year, kronor=100_000)
        promise(one, one.association_party, ContributionKind.IDEELL_TID, year, hours=400)
    goal = Goal.objects.create(
        agreement=agreement, level=GoalLevel.EFFEKT, text="Fler unga har någon att prata med"
    )
    Indicator.objects.create(
        goal=goal, text="Unga som kommer", unit="unga i veckan", baseline="20", target="40"
    )
    put_in_force(one)
    follow_up_plan.plan(agreement)
    return one


def promise(
    one: Partnership,
    party: Party,
    kind: str,
    year: int,
    *,
    kronor: int | None = None,
    hours: int | None = None,
) -> Contribution:
    return Contribution.objects.create(
        agreement=one.agreement, party=party, kind=kind, year=year, kronor=kronor, hours=hours
    )


def put_in_force(one: Partnership) -> None:
    """Freeze a small text, let both parties sign it, and let the partnership run."""
    content = {"title": one.agreement.title}
    text = AgreementText.objects.create(
        agreement=one.agreement,
        number=1,
        content=content,
        content_sha256=Record.checksum(content),
        document=order(Source("test", one.agreement.title, "<p>Text</p>")),
        frozen_by=one.officer,
    )
    for party, person in ((one.association_party, one.of_association), (one.unit_party, one.of_unit)):
        Signature.objects.create(
            agreement=one.agreement,
            text=text,
            party=party,
            signed_by=person,
            capacity="Undertecknar",
            content_sha256=text.content_sha256,
        )
    one.agreement.text_to_sign, one.agreement.state = text, State.RUNNING
    one.agreement.save()
    declare(one.agreement.case, one.of_unit, has_conflict=False)


def rendered(document: Document) -> bytes:
    """The document's PDF, as the worker makes it."""
    from portal.documents.rendering import render_pdf

    return render_pdf(document.html, title=document.title, numbered=document.numbered)
