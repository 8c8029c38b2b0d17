"""Golden texts of the three documents in the cases that differ from one adopted proposal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db.models import Prefetch
from django.utils import translation

from portal.committee.matter_text import (
    Block,
    ChairsStand,
    MatterText,
    Note,
    Points,
    Sitting,
    TextSection,
    blocks,
)
from portal.committee.models import (
    AgendaItem,
    ChairsProposal,
    Decision,
    DecisionPoint,
    Matter,
    MatterAppendix,
    MatterSection,
    MinutesNote,
    Outcome,
    ReportReview,
    Stage,
)
from portal.committee.papers import (
    chairs_proposal,
    genitive,
    join_points,
    minutes_extract,
    officers_report,
)
from portal.committee.phrases import conflict_sentence, dissent_sentence
from portal.documents.rendering import render_pdf
from portal.documents.work import Source
from tests.committee.document_lines import main_lines
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import CommitteeFactory, MeetingFactory, staff

OFFICERS = ("att bevilja Ung i Rörelse 700\u00a0000 kronor för 2027", "att finansiering sker inom ramen")
CHAIRS = ("att bevilja Ung i Rörelse 600\u00a0000 kronor för 2027", "att finansiering sker inom ramen")

TEXT = MatterText(
    committee="Socialnämnden",
    administration="Socialförvaltningen",
    director_title="Socialdirektör",
    date=date(2026, 12, 14),
    registry_number="00012/2026",
    title="Ansökan om verksamhetsbidrag, Ung i Rörelse",
    summary=("Föreningen söker bidrag.",),
    points=Points(OFFICERS, OFFICERS, OFFICERS),
    recipients=("Handläggare", "Akt"),
    stand=ChairsStand(adopts=True),
    sitting=Sitting(date(2026, 12, 14), "Rådhuset, Helsingborg"),
    paragraph=7,
)
BEGINNING = [
    "Organ",
    "Socialnämnden",
    "Sammanträdesdatum",
    "14 december 2026",
    "Plats",
    "Rådhuset, Helsingborg",
    "§ 7",
    "Dnr 00012/2026",
    "Ansökan om verksamhetsbidrag, Ung i Rörelse",
    "Sammanfattning",
    "Föreningen söker bidrag.",
]
ADOPTED = [
    "Ordförandens förslag",
    "Jag instämmer i förvaltningens bedömning.",
    "Ordförandens förslag till socialnämnden är",
    *join_points(OFFICERS),
]
END = ["Beslutet ska skickas till", "Handläggare", "Akt"]


def minutes(text: MatterText) -> list[str]:
    """What the extract says between the summary and where the decision is sent."""
    said = main_lines(minutes_extract(text).html)
    assert said[: len(BEGINNING)] == BEGINNING
    assert said[-len(END) :] == END
    return said[len(BEGINNING) : -len(END)]


def test_one_adopted_proposal() -> None:
    assert minutes(TEXT) == [
        *ADOPTED,
        "Behandling av förslag",
        "Ordföranden konstaterar att det bara finns ett förslag till beslut och finner att socialnämnden "
        "beslutar i enlighet med ordförandens förslag.",
        "Socialnämnden beslutar",
        *join_points(OFFICERS),
    ]


def test_the_chair_was_silent() -> None:
    assert minutes(replace(TEXT, stand=None, points=Points(OFFICERS, (), OFFICERS))) == [
        "Förvaltningens förslag",
        "Socialförvaltningens förslag till socialnämnden är",
        *join_points(OFFICERS),
        "Behandling av förslag",
        "Ordföranden konstaterar att det bara finns ett förslag till beslut och finner att socialnämnden "
        "beslutar i enlighet med förvaltningens förslag.",
        "Socialnämnden beslutar",
        *join_points(OFFICERS),
    ]


def test_the_chair_changes() -> None:
    stand = ChairsStand(adopts=False, comment=("Skolvägen byggs ut i två steg.",))
    changed = replace(TEXT, stand=stand, points=Points(OFFICERS, CHAIRS, CHAIRS))
    assert minutes(changed) == [
        "Förvaltningens förslag",
        "Socialförvaltningens förslag till socialnämnden är, i de delar som skiljer sig från ordförandens "
        "förslag,",
        f"{OFFICERS[0]}.",
        "Ordförandens förslag",
        "Skolvägen byggs ut i två steg.",
        "Ordförandens förslag till socialnämnden är",
        *join_points(CHAIRS),
        "Behandling av förslag",
        "Ordföranden ställer de framlagda förslagen mot varandra och finner att nämnden beslutar enligt "
        "ordförandens förslag.",
        "Socialnämnden beslutar",
        *join_points(CHAIRS),
    ]
    assert (
        main_lines(chairs_proposal(changed).html)[-9:]
        == [
            "Ordförandens bedömning",
            "Skolvägen byggs ut i två steg.",
            "Förslag till beslut",
            "Ordförandens förslag till socialnämnden är",
            *join_points(CHAIRS),
            "Ordförande",
            *END,
        ][-9:]
    )


def test_tabled() -> None:
    points = Points(OFFICERS, OFFICERS, ("att bordlägga ärendet till nämndens nästa sammanträde",))
    assert minutes(replace(TEXT, outcome=Outcome.TABLED, points=points)) == [
        *ADOPTED,
        "Behandling av förslag",
        "Ordföranden ställer frågan om ärendet ska avgöras i dag eller bordläggas och finner att "
        "socialnämnden beslutar att bordlägga ärendet.",
        "Socialnämnden beslutar",
        "att bordlägga ärendet till nämndens nästa sammanträde.",
    ]


def test_referred_back() -> None:
    decided = "att återremittera ärendet till förvaltningen för en ny beräkning av lokalkostnaden"
    points = Points(OFFICERS, OFFICERS, (decided,))
    assert minutes(replace(TEXT, outcome=Outcome.REFERRED_BACK, points=points))[-4:] == [
        "Behandling av förslag",
        "Ordföranden ställer frågan om ärendet ska avgöras i dag eller återremitteras och finner att "
        "socialnämnden beslutar att återremittera ärendet.",
        "Socialnämnden beslutar",
        f"{decided}.",
    ]


def test_rejected_against_the_proposal() -> None:
    points = Points(OFFICERS, OFFICERS, ("att avslå ansökan från Ung i Rörelse",))
    assert minutes(replace(TEXT, outcome=Outcome.REJECTED, points=points))[-4:] == [
        "Behandling av förslag",
        "Ordföranden ställer bifall till ordförandens förslag mot avslag och finner att socialnämnden "
        "beslutar att avslå.",
        "Socialnämnden beslutar",
        "att avslå ansökan från Ung i Rörelse.",
    ]


def test_rejected_as_proposed_is_one_proposal() -> None:
    rejects = ("att avslå ansökan från Ung i Rörelse",)
    said = minutes(replace(TEXT, outcome=Outcome.REJECTED, points=Points(rejects, rejects, rejects)))
    assert said[-3].startswith("Ordföranden konstaterar att det bara finns ett förslag till beslut")


def test_motions_and_how_they_were_put() -> None:
    motion = "Ledamot 2 (B) yrkar att ansökan ska avslås."
    vote = "Med 8 ja-röster mot 5 nej-röster beslutar nämnden enligt ordförandens förslag."
    said = minutes(replace(TEXT, motions=(motion,), treatment=("Votering begärs.", vote)))
    assert said[4:-3] == [
        join_points(OFFICERS)[1],
        "Yrkanden",
        motion,
        "Behandling av förslag",
        "Votering begärs.",
        vote,
    ]


def test_conflict_of_interest_and_dissent() -> None:
    notes = (
        Note("jav", conflict_sentence("Ledamot 3 (A)", "Ersättare 1 (A)")),
        Note("protokollsanteckning", "Ledamot 4 (C) lämnar en anteckning."),
        Note("reservation", dissent_sentence(["Ledamot 1 (B)", "Ledamot 2 (B)", "Ledamot 5 (C)"])),
    )
    assert minutes(replace(TEXT, notes=notes))[-6:] == [
        "Reservation",
        "Mot beslutet reserverar sig Ledamot 1 (B), Ledamot 2 (B) och Ledamot 5 (C) till förmån för eget "
        "yrkande.",
        "Protokollsanteckning",
        "Ledamot 4 (C) lämnar en anteckning.",
        "Jäv",
        "Ledamot 3 (A) anmäler jäv och deltar inte i handläggningen av ärendet. Ersättare 1 (A) tjänstgör.",
    ]


def test_a_sentence_for_one_dissenter_and_no_substitute() -> None:
    assert dissent_sentence(["Ledamot 1 (B)"]) == (
        "Mot beslutet reserverar sig Ledamot 1 (B) till förmån för eget yrkande."
    )
    assert conflict_sentence("Ledamot 3 (A)") == (
        "Ledamot 3 (A) anmäler jäv och deltar inte i handläggningen av ärendet."
    )


@pytest.mark.parametrize(
    ("points", "joined"),
    [
        ([], []),
        (["att a"], ["att a."]),
        (["att a", "att b"], ["att a; samt", "att b."]),
        (["att a.", "att b; samt", " att c; "], ["att a;", "att b; samt", "att c."]),
    ],
)
def test_points_are_joined(points: list[str], joined: list[str]) -> None:
    assert join_points(points) == joined


def test_genitives() -> None:
    assert [genitive("Socialförvaltningen"), genitive("Stadens hus")] == [
        "Socialförvaltningens",
        "Stadens hus",
    ]


def test_plain_text_becomes_paragraphs_and_lists() -> None:
    assert blocks("Ett\nstycke.\n\n- ett\n- två\n  forts\n\n- tre\nslut\n\nSist") == (
        Block("Ett stycke."),
        Block(rows=("ett", "två forts", "tre slut")),
        Block("Sist"),
    )
    assert blocks("Rubrik:\n- ett") == (Block("Rubrik:"), Block(rows=("ett",)))
    assert blocks(" \n\n ") == ()


def test_names_stand_only_where_given() -> None:
    assert "Socialdirektör" in main_lines(officers_report(TEXT).html)
    named = officers_report(replace(TEXT, director_name="Direktör 1"))
    said = main_lines(named.html)
    assert said[said.index("Socialdirektör") - 1] == "Direktör 1"


def test_an_extract_needs_paragraph_and_meeting() -> None:
    with pytest.raises(ValueError, match="paragraph and a meeting"):
        minutes_extract(replace(TEXT, paragraph=None))
    with pytest.raises(ValueError, match="paragraph and a meeting"):
        minutes_extract(replace(TEXT, sitting=None))


def test_documents_are_swedish_whoever_asks_and_not_numbered_in_a_pack() -> None:
    with translation.override("en"):
        source = officers_report(TEXT, numbered=False)
    assert "14 december 2026" in source.html
    assert (source.kind, source.title, source.numbered) == (
        "tjansteskrivelse",
        "Tjänsteskrivelse: Ansökan om verksamhetsbidrag, Ung i Rörelse",
        False,
    )


def test_hard_texts_keep_the_layout_and_the_standards() -> None:
    nasty = "<script>alert(1)</script> & \u202eomvänd\u202c \U0001f600 ﬁ Ω шлюз"
    text = replace(
        TEXT,
        title=f"{'Ansökningsomgångssamordningsärende' * 4} {nasty}",
        summary=(nasty, "x" * 500),
        sections=(
            TextSection("R" * 190, (Block("ord " * 3000), Block(rows=("y" * 400, nasty)))),
            TextSection("Sist", (Block("slut"),)),
        ),
        notes=(Note("jav", nasty),),
    )
    for source in (officers_report(text), chairs_proposal(text), minutes_extract(text)):
        assert "<script>" not in source.html
        assert_archival_and_accessible(render_pdf(source.html, title=source.title))


@pytest.fixture
def matter(db: None) -> Matter:
    """A tabled matter with everything, as it comes back to the agenda."""
    committee = CommitteeFactory.create()
    secretary = staff("secretary")
    case = committee.authority.open_case(public_title="Fördelning")
    matter = Matter.objects.create(
        committee=committee,
        case=case,
        title="Fördelning av verksamhetsbidrag 2027",
        summary="Första stycket.\n\nAndra stycket.",
        preparation="Berett av handläggare.",
        send_to="Handläggare\nAkt\n",
        created_by=secretary,
    )
    MatterSection.objects.create(matter=matter, position=1, heading="Bakgrund", body="Text.\n\n- rad")
    for stage in (Stage.OFFICERS, Stage.CHAIR):
        DecisionPoint.objects.write(matter, stage, [f"att {stage} ett", f"att {stage} två"])
    ChairsProposal.objects.create(matter=matter, stand="adopts", comment="Bra berett.", made_by=secretary)
    MatterAppendix.objects.bulk_create(
        MatterAppendix(matter=matter, position=position, title=title, source="s", key=position)
        for position, title in enumerate(["Fördelningstabell", "Bedömning: A", "Bedömning: B"], start=1)
    )
    decide(matter, 1, Outcome.TABLED)
    return matter


def decide(matter: Matter, paragraph: int, outcome: str) -> Decision:
    item = AgendaItem.objects.create(
        meeting=MeetingFactory.create(committee=matter.committee), matter=matter, position=1
    )
    return Decision.objects.create(
        agenda_item=item,
        matter=matter,
        committee=matter.committee,
        year=item.meeting.date.year,
        paragraph=paragraph,
        outcome=outcome,
        recorded_by=matter.created_by,
    )


def test_from_a_matter(matter: Matter) -> None:
    decision = decide(matter, 2, Outcome.GRANTED)
    DecisionPoint.objects.write(matter, Stage.DECIDED, ["att beslutat"])
    MinutesNote.objects.create(decision=decision, kind="jav", text="Ledamot 3 deltar inte.", position=1)
    meeting = decision.agenda_item.meeting
    text = MatterText.from_matter(matter, decision=decision)
    earlier = f"Protokollsutdrag § 1/{meeting.date.year}"
    assert text == MatterText(
        committee="Socialnämnden",
        administration="Socialförvaltningen",
        director_title="Socialdirektör",
        date=meeting.date,
        registry_number=matter.case.registry_number,
        title="Fördelning av verksamhetsbidrag 2027",
        summary=("Första stycket.", "Andra stycket."),
        points=Points(
            ("att officers ett", "att officers två"), ("att chair ett", "att chair två"), ("att beslutat",)
        ),
        preparation=("Berett av handläggare.",),
        report_documents=(earlier, "Ordförandeförslag", "Fördelningstabell", "Bedömning, 2 stycken"),
        proposal_documents=(
            earlier,
            "Tjänsteskrivelse",
            "Ordförandeförslag",
            "Fördelningstabell",
            "Bedömning, 2 stycken",
        ),
        sections=(TextSection("Bakgrund", (Block("Text."), Block(rows=("rad",)))),),
        recipients=("Handläggare", "Akt"),
        stand=ChairsStand(adopts=True, comment=("Bra berett.",)),
        sitting=Sitting(meeting.date, "Rådhuset"),
        paragraph=2,
        outcome="bifall",
        notes=(Note("jav", "Ledamot 3 deltar inte."),),
    )


def test_a_loaded_matter_asks_nothing_more(matter: Matter, django_assert_num_queries: object) -> None:
    [loaded] = Matter.objects.select_related(
        "case", "committee__authority", "chairs_proposal"
    ).prefetch_related(
        "appendices",
        "decision_points",
        "sections",
        "decisions",
        Prefetch("report_reviews", ReportReview.objects.told()),
    )
    with django_assert_num_queries(0):  # type: ignore[operator]
        sources: list[Source] = [officers_report(MatterText.from_matter(loaded))]
    assert "Bedömning, 2 stycken" in main_lines(sources[0].html)
