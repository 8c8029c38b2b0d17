"""A whole assessment on one spread: facts, levels and their meaning, key figures, readings, statements."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from assessments.documents import assessment_sheets
from assessments.formal_checks import Finding, Outcome
from assessments.formal_checks import save as save_checks
from assessments.models import (
    Assessment,
    Criterion,
    Fact,
    FormalCheck,
    Judgement,
    ReadersJudgement,
    SecondReading,
    Statement,
)
from grants.models import Application, ContactNote, Referral, TermsReport, TermsStage
from portal.documents.rendering import render_pdf
from portal.documents.work import Source
from portal.people.models import Role, Unit, User
from tests.assessments.building import assessed_by, officer, opened_by
from tests.assessments.terms import set_terms
from tests.committee.document_lines import main_lines
from tests.documents.reading import page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import AssociationFactory, CommitteeFactory, staff

pytestmark = pytest.mark.django_db

JUDGEMENT = (
    "Föreningen beskriver behovet väl och visar att deltagarna kommer tillbaka. Målen går att mäta, och "
    "resultaten från förra året är redovisade. Det som saknas är en beskrivning av vad som händer när en "
    "deltagare behöver mer stöd än föreningen kan ge."
)
REASON = (
    "Ni visar vad verksamheten leder till. Skriv nästa gång också vart ni hänvisar den som behöver mer stöd."
)


@pytest.fixture
def person() -> User:
    CommitteeFactory.create()
    return officer()


def whole(person: User, name: str = "Föreningen Fyren", **fields: Any) -> Application:
    """An assessment of normal length with everything that can stand around it."""
    application = opened_by(person, association=AssociationFactory.create(name=name), **fields)
    assessment = assessed_by(
        person,
        application,
        texts=dict.fromkeys(Criterion.values, JUDGEMENT),
        conditions="att ledarna har utdrag ur belastningsregistret",
    )
    Assessment.objects.filter(pk=assessment.pk).update(
        risks="Verksamheten hänger på två eldsjälar.",
        equal_treatment="Två jämförbara föreningar fick 75 och 82 procent av vad de sökte.",
        alternatives="Ett år i stället för tre prövades; föreningen behöver kunna planera.",
    )
    Judgement.objects.filter(assessment=assessment).update(reason=REASON)
    facts(assessment, person)
    read_twice(application)
    Statement.objects.create(
        application=application,
        unit=Unit.objects.get_or_create(name="Råd och stöd")[0],
        question="Hur samverkar ni?",
        due_on=date(2026, 10, 1),
        asked_by=person,
        komplement="Föreningen har öppet på kvällar, när vi har stängt.",
        samverkan="Vi träffas en gång i kvartalet.",
        answered_by=staff(Role.UNIT_CONTACT),
        answered_at=datetime(2026, 9, 28, 12, tzinfo=UTC),
    )
    save_checks(application, found_but_one(application), person)
    proposed = application.terms.get(stage=TermsStage.PROPOSED)
    TermsReport.objects.filter(terms=proposed, year=2027).update(due_on=date(2028, 2, 15))
    return application


def facts(assessment: Assessment, person: User) -> None:
    """One fact from each kind of source, and one that was taken away."""
    application = assessment.application
    note = ContactNote.objects.create(
        association=application.association,
        held_on=date(2026, 9, 3),
        channel=ContactNote.Channel.VISIT,
        text="Öppet hus",
        written_by=person,
    )
    earlier = opened_by(person, association=application.association)
    new: dict[str, Any] = {"assessment": assessment, "written_by": person}
    Fact.objects.create(criterion="varde", text="120 olika personer", question_key="persons_reached", **new)
    Fact.objects.create(criterion="varde", text="Öppet varje kväll", note=note, **new)
    Fact.objects.create(criterion="ekonomi", text="Gåvor på 20 000 kr", question_key="budget", **new)
    Fact.objects.create(criterion="effekt", text="Nådde 90 personer i fjol", earlier=earlier, **new)
    Fact.objects.create(
        criterion="ekonomi", text="Alla kan bli medlemmar", attachment=application.attachments.get(), **new
    )
    gone = timezone.now()
    Fact.objects.create(criterion="effekt", text="Fel siffra", question_key="need", removed_at=gone, **new)


def read_twice(application: Application) -> SecondReading:
    """A second reading that is done: very good where the officer said good, but weak on the economy."""
    reading = SecondReading.objects.create(
        application=application,
        causes=["amount"],
        reader=staff(Role.SECOND_READER),
        done_at=timezone.now(),
        opened_at=timezone.now(),
    )
    for criterion in Criterion.values:
        weak = criterion == Criterion.EKONOMI
        ReadersJudgement.objects.create(
            reading=reading,
            criterion=criterion,
            level="svag" if weak else "mycket_god",
            difference_reason="Läsaren räknade inte med gåvorna." if weak else "",
        )
    return reading


def found_but_one(application: Application) -> dict[int, Finding]:
    """All points in order but the last."""
    *ok, last = FormalCheck.objects.filter(call=application.call)
    return {point.pk: Finding(Outcome.OK, "") for point in ok} | {
        last.pk: Finding(Outcome.NOT_OK, "Redovisningen kom sent")
    }


def sheet(application: Application) -> Source:
    key = Assessment.objects.get(application=application).pk
    made = assessment_sheets([key], numbered=True)[key]
    assert made.content_hash  # all that is shown is plain
    return made


def said(application: Application) -> list[str]:
    return main_lines(sheet(application).html)


def after(lines: list[str], heading: str) -> str:
    return lines[lines.index(heading) + 1]


def test_facts_stand_under_their_criterion_with_their_source(person: User) -> None:
    lines = said(whole(person))
    assert "120 olika personer (ansökan, ”Hur många olika personer når ni på ett år?”)" in lines
    assert "Öppet varje kväll (besök 3 september 2026)" in lines
    assert "Gåvor på 20 000 kr (ansökan, budget)" in lines
    assert "Alla kan bli medlemmar (stadgar)" in lines
    earlier = Fact.objects.get(text="Nådde 90 personer i fjol").earlier
    assert earlier is not None
    assert (
        f"Nådde 90 personer i fjol (ansökan {earlier.received_case.registry_number}, Verksamhetsbidrag 2027)"
        in lines
    )
    assert not any("Fel siffra" in line for line in lines)
    titles = [line.split()[0] for line in lines if line.endswith("?")]
    value = lines.index("120 olika personer (ansökan, ”Hur många olika personer når ni på ett år?”)")
    assert titles == ["Effekt", "Värde", "Komplement", "Samverkan", "Ekonomi"]
    assert lines[value - 3] == "Nivå: god"


def test_a_level_stands_with_what_it_means_and_the_reason_as_the_association_reads_it(person: User) -> None:
    application = whole(person)
    lines = said(application)
    anchor = application.call.level_anchors.get(criterion="effekt", level="god")
    start = lines.index(f"God: {anchor.text_sv}")
    assert lines[start - 2] == "Nivå: god"
    assert lines[start + 2 : start + 4] == [JUDGEMENT, f"Till föreningen: {REASON}"]


def test_the_proposal_is_said_in_words_with_conditions_and_report_days(person: User) -> None:
    lines = said(whole(person))
    assert (
        "Förvaltningen föreslår nämnden att bevilja en del av det som söks: "
        "verksamhetsbidrag med 80\u00a0000\u00a0kronor för 2027." in lines
    )
    assert "att ledarna har utdrag ur belastningsregistret" in lines
    assert after(lines, "Redovisning") == "Bidraget för 2027 senast den 15 februari 2028"


@pytest.mark.parametrize(
    ("referral", "words"),
    [
        ("", "avslå ansökan"),
        (Referral.COMMITTEE, "avslå ansökan och hänvisa föreningen till kulturnämnden"),
        (Referral.IOP, "avslå ansökan och hänvisa föreningen till idéburet offentligt partnerskap (IOP)"),
    ],
)
def test_a_no_says_where_else(person: User, referral: str, words: str) -> None:
    application = whole(person)
    terms = set_terms(application, TermsStage.PROPOSED, {})
    terms.referral, terms.referred_to = referral, "kulturnämnden" if referral == Referral.COMMITTEE else ""
    terms.save()
    lines = said(application)
    assert f"Förvaltningen föreslår nämnden att {words}." in lines
    assert not any(line.startswith(("Redovisning", "att ledarna")) for line in lines)


def test_key_figures_stand_with_how_they_were_computed(person: User) -> None:
    lines = said(whole(person))
    start = lines.index("Nyckeltal för första året")
    assert lines[start + 4 : start + 10] == [
        "Självfinansiering",
        "16,7\u00a0%",
        "avgifter, försäljning, gåvor och egen insats 20\u00a0000\u00a0kr, av kostnader 120\u00a0000\u00a0kr",
        "Beroende av bidraget",
        "83,3\u00a0%",
        "sökt 100\u00a0000\u00a0kr, av 120\u00a0000\u00a0kr",
    ]
    capital = lines.index("Eget kapital mot kostnader")
    assert lines[capital + 1] == "12,5\u00a0%, 1,5 månader"
    assert after(lines, "Kostnad per nådd person") == "1\u00a0000\u00a0kr"
    assert after(lines, "Sökt mot i fjol") == "+30\u00a0000\u00a0kr (+42,9\u00a0%)"
    assert after(lines, "Förslag mot i fjol") == "+10\u00a0000\u00a0kr (+14,3\u00a0%)"


def test_an_unknown_figure_is_said_to_be_unknown(person: User) -> None:
    application = whole(person)
    application.answers.filter(key__in=["own_capital", "persons_reached"]).delete()
    application.budget_lines.all().delete()
    lines = said(application)
    for label in ("Självfinansiering", "Beroende av bidraget", "Eget kapital mot kostnader",
                  "Kostnad per nådd person"):  # fmt: skip
        assert after(lines, label) == "framgår inte"


def test_what_was_weighed_and_checked_and_who_else_pays(person: User) -> None:
    lines = said(whole(person))
    assert after(lines, "Risker") == "Verksamheten hänger på två eldsjälar."
    assert after(lines, "Likhet med jämförbara föreningar").startswith("Två jämförbara")
    assert after(lines, "Alternativ").startswith("Ett år")
    assert after(lines, "Målgrupp").startswith("Barn och unga")
    assert after(lines, "Annan finansiering") == "Öppet hus 15\u00a0000\u00a0kr, sökt, inget besked"
    assert after(lines, "Formell kontroll") == (
        "15 av 15 punkter prövade. Inte i ordning: Tidigare bidrag är redovisade: Redovisningen kom sent. "
        "Undertecknad av firmatecknare."
    )


def test_both_views_stand_side_by_side_with_the_reason_for_a_difference(person: User) -> None:
    lines = said(whole(person))
    assert after(lines, "Nivå: god") == "Andra läsaren: mycket god"
    assert lines.count("Andra läsaren: mycket god") == 4
    assert lines[lines.index("Andra läsaren: svag") - 1] == "Nivå: god"
    assert "Skäl till skillnaden: Läsaren räknade inte med gåvorna." in lines
    assert any("utan att se den första bedömningen (summan är över gränsen)." in line for line in lines)


def test_a_second_reading_that_is_not_done_is_not_printed(person: User) -> None:
    application = whole(person)
    SecondReading.objects.update(done_at=None, opened_at=None)
    assert not any("Andra läsaren" in line or "andra person" in line for line in said(application))


def test_statements_are_printed_when_answered(person: User) -> None:
    application = whole(person)
    lines = said(application)
    start = lines.index("Yttrande från Råd och stöd, 28 september 2026")
    assert lines[start + 1 : start + 3] == [
        "Komplement: Föreningen har öppet på kvällar, när vi har stängt.",
        "Samverkan: Vi träffas en gång i kvartalet.",
    ]
    Statement.objects.update(answered_at=None, answered_by=None)
    assert not any(line.startswith("Yttrande") for line in said(application))


def test_a_sheet_of_normal_length_is_one_spread_and_keeps_the_standards(person: User) -> None:
    source = sheet(whole(person))
    pdf = render_pdf(source.html, title=source.title, numbered=True)
    assert len(page_texts(pdf)) == 2
    assert_archival_and_accessible(pdf)


def test_the_same_content_gives_the_same_sheet_whoever_asks(person: User) -> None:
    application = whole(person)
    first = sheet(application)
    with translation.override("en"):
        assert sheet(application) == first


def test_many_sheets_take_as_many_queries_as_one(person: User) -> None:
    first = whole(person)
    keys = [Assessment.objects.get(application=first).pk]
    few = _queries(keys)
    more = [whole(person, f"Föreningen {n}", call=first.call) for n in range(3)]
    keys += [Assessment.objects.get(application=application).pk for application in more]
    assert _queries(keys) == few


def _queries(keys: list[int]) -> int:
    with CaptureQueriesContext(connection) as asked:
        assessment_sheets(keys)
    return len(asked)
