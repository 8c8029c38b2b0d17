"""Assessment sheets, distribution tables, decision letters and receipts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from assessments.documents import assessment_sheets, distribution_tables
from assessments.matters import propose_round
from assessments.models import Assessment, Criterion, Distribution, Judgement
from grants.associations.shipped_papers import ask_for_papers
from grants.models import (
    Application,
    Association,
    Call,
    Commitment,
    Frame,
    GrantType,
    PaymentAccount,
    PaymentRule,
    Referral,
    Terms,
    TermsStage,
)
from portal.committee import minutes, proposals
from portal.committee.agenda import put_on_agenda
from portal.committee.letter_facts import facts_of, source_of
from portal.committee.models import Decision, Letter, Matter, MatterLine, Outcome
from portal.documents.models import Document, StoredFile
from portal.documents.rendering import render_pdf
from portal.documents.work import Source
from portal.people.models import Role, User
from tests.assessments.building import assessed_by, officer, opened_by
from tests.assessments.terms import set_terms
from tests.committee.document_lines import main_lines
from tests.committee.letters import letters_of
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import (
    PDF,
    AssociationFactory,
    CallFactory,
    CommitteeFactory,
    MeetingFactory,
    person_of,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db

APPEAL = (
    "Beslutet kan överklagas enligt 13 kap. kommunallagen. Den som är medlem av kommunen kan överklaga "
    "skriftligt till Förvaltningsrätten i Malmö inom tre veckor från den dag då det tillkännagavs på "
    "kommunens anslagstavla att protokollet justerats. Ange vilket beslut och de omständigheter "
    "överklagandet grundas på."
)


TEXTS = dict.fromkeys(Criterion.values, "Bra.")


@pytest.fixture
def person() -> User:
    CommitteeFactory.create()
    return officer()


@pytest.fixture
def call(person: User) -> Call:
    return CallFactory.create()


def application(call: Call, person: User, name: str = "Fyren", **changes: Any) -> Application:
    """An assessed application: 100 000 kr sought, 80 000 kr proposed, 40 percent for children."""
    fresh = opened_by(person, call=call, association=AssociationFactory.create(name=name))
    assessed_by(person, fresh, **changes)
    return fresh


def sheet(row: Application) -> Source:
    key = Assessment.objects.get(application=row).pk
    made = assessment_sheets([key])[key]
    assert made.content_hash  # all that is shown is plain
    return made


def table(matter: Matter) -> Source:
    key = Distribution.objects.get(matter=matter).pk
    [table] = distribution_tables([key])[key]
    return table


def decided(matter: Matter, *, chair: Callable[[Matter, User], Any] = proposals.adopt) -> Decision:
    """The matter as the committee decided it, after the chair's proposal."""
    secretary = staff(Role.SECRETARY)
    item = put_on_agenda(matter, MeetingFactory.create(committee=matter.committee), secretary)
    chair(matter, staff(Role.CHAIR))
    matter = Matter.objects.get(pk=matter.pk)
    item.matter = matter
    return minutes.record_decision(item, Outcome.GRANTED, secretary)


def gives_less(matter: Matter, by: User) -> Any:
    amounts = {line.pk: {2027: 60_000} for line in matter.lines.all()[:1]}
    return proposals.change(matter, by, amounts, "Ramen räcker inte.")


def letters(decision: Decision) -> dict[int, Source]:
    """The letters of a decision by case, as they are suggested."""
    lines = MatterLine.objects.filter(matter=decision.matter_id)
    by = staff(Role.SECRETARY)
    Letter.objects.bulk_create(
        (Letter(decision=decision, line=line, ordered_by=by) for line in lines), ignore_conflicts=True
    )
    rows = letters_of(decision)
    facts = facts_of(rows)
    return {row.line.case_id: source_of(row, facts[row.pk], facts[row.pk].suggested) for row in rows}


def enter_verified(association: Association, number: str) -> PaymentAccount:
    """An account that two officers have verified."""
    entered, first, second = person_of(association), officer(), officer()
    return PaymentAccount.objects.create(
        association=association, kind="bankgiro", number=number.replace("-", ""), holder=association.name,
        evidence=StoredFile.objects.keep(PDF, "application/pdf"), evidence_name="bevis.pdf",
        state="effective",
        entered_by=entered, verified_by=first, verified_at=timezone.now(),
        confirmed_by=second, confirmed_at=timezone.now(),
    )  # fmt: skip


def letter(row: Application, decision: Decision) -> Source:
    return letters(decision)[row.received_case.pk]


def after(lines: list[str], heading: str) -> str:
    """The line that follows another."""
    return lines[lines.index(heading) + 1]


# --- Assessment sheets ------------------------------------------------------------------------------


def test_a_sheet_tells_the_case(call: Call, person: User) -> None:
    ask_for_papers(call, {"bokslut": (-2, "", False, False)})
    row = application(call, person, texts=TEXTS | {"effekt": "Ett.\n\nTvå."}, conditions="att ledare finns")
    source = sheet(row)
    said = main_lines(source.html)
    assert (source.kind, source.title, source.numbered) == ("bedomningsblad", "Bedömning: Fyren", False)
    assert said[:3] == ["Fyren", f"Dnr {row.received_case.registry_number}", "Öppen mötesplats"]
    assert after(said, "Beviljat föregående år") == "70\u00a0000\u00a0kr"
    assert after(said, "Andel för barn och unga") == "40\u00a0%"
    start = said.index("Belopp per år, kronor")
    assert said[start : start + 13] == [
        "Belopp per år, kronor",
        *("Skede", "Bidrag", "2027", "Totalt"),
        *("Sökt", "verksamhetsbidrag", "100\u00a0000", "100\u00a0000"),
        *("Förvaltningens förslag", "verksamhetsbidrag", "80\u00a0000", "80\u00a0000"),
    ]
    criteria = [line for line in said if line.endswith("?")]
    assert [line.split()[0] for line in criteria] == [
        "Effekt",
        "Värde",
        "Komplement",
        "Samverkan",
        "Ekonomi",
    ]
    effect = said.index(criteria[0])
    assert said[effect] == (
        "Effekt Vilken effekt ger verksamhetens innehåll i förhållande till nämndens uppdrag och inriktning?"
    )
    assert said[effect + 1] == "Nivå: god"
    assert said[effect + 3 : effect + 5] == ["Ett.", "Två."]
    assert after(said, "Skäl, som föreningen får läsa dem") == "Verksamheten når många."
    assert after(said, "Villkor") == "att ledare finns"
    assert after(said, "Bifogat") == "stadgar. Inte bifogat: bokslut med resultat- och balansräkning"


def test_a_sheet_shows_the_chair_only_where_the_chair_differs(call: Call, person: User) -> None:
    row = application(call, person)
    set_terms(row, TermsStage.CHAIR, {2027: 80_000})
    assert "Ordförandens förslag" not in main_lines(sheet(row).html)
    set_terms(row, TermsStage.CHAIR, {2027: 60_000})
    assert after(main_lines(sheet(row).html), "Ordförandens förslag") == "verksamhetsbidrag"


def test_a_sheet_without_levels_says_nothing_of_them(call: Call, person: User) -> None:
    said = main_lines(sheet(application(call, person, levels={})).html)
    assert not [line for line in said if line.startswith("Nivå")]


def test_a_sheet_of_a_no_has_no_conditions(call: Call, person: User) -> None:
    said = main_lines(sheet(application(call, person, amounts={}, conditions="att något")).html)
    assert "Villkor" not in said
    assert after(said, "Förvaltningens förslag") == "avslag"


def test_a_sheet_says_whether_the_application_was_late(call: Call, person: User) -> None:
    row = application(call, person)
    assert after(main_lines(sheet(row).html), "Ansökan").endswith(", i tid")
    Call.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    assert after(main_lines(sheet(row).html), "Ansökan").endswith(", efter sista dag")
    Call.objects.update(closes_at=None)
    assert after(main_lines(sheet(row).html), "Ansökan")[-1].isdigit()


# --- Distribution tables ----------------------------------------------------------------------------


@pytest.fixture
def matter(call: Call, person: User) -> Matter:
    """A round of three: one grant, one wholly for children, one no."""
    rows = [
        application(call, person, "Ankaret"),
        application(call, person, "Barnens", amounts={2027: 20_000}),
        application(call, person, "Seniorträffen", amounts={}),
    ]
    Application.objects.filter(pk=rows[1].pk).update(child_share=100)
    return propose_round(call, rows, person)


def test_a_table_has_every_application_and_the_sums(matter: Matter) -> None:
    said = main_lines(table(matter).html)
    number = Association.objects.get(name="Ankaret").organisation_number or ""
    start = said.index("Ankaret")
    assert said[start - 10 : start] == [
        "Förening",
        "Org.nr",
        "Sökt per år",
        "Föregående år",
        "Förvaltningens förslag",
        "År",
        "Typ",
        "Utfall",
        "Barn och unga",
        "Kort motivering",
    ]
    assert said[start : start + 10] == [
        "Ankaret",
        f"{number[:6]}-{number[6:]}",
        "100\u00a0000",
        "70\u00a0000",
        "80\u00a0000",
        "2027",
        "verksamhetsbidrag",
        "bifall i del",
        "40\u00a0%",
        "Samma nivå som i fjol",
    ]
    no = said.index("Seniorträffen")
    assert said[no + 4 : no + 8] == ["0", "–", "–", "avslag"]
    sums = said.index("Summa 2027")
    assert said[sums + 1 : sums + 5] == [
        "300\u00a0000",
        "210\u00a0000",
        "100\u00a0000",
        "52\u00a0%",
    ]


def test_a_long_table_is_cut_and_has_its_sums_last(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.documents.ROWS_A_DOCUMENT", 2)
    key = Distribution.objects.get(matter=matter).pk
    first, last = (main_lines(piece.html) for piece in distribution_tables([key])[key])
    assert [" ".join(said).count("av 3.") for said in (first, last)] == [1, 1]
    assert ["Summa 2027" in said for said in (first, last)] == [False, True]
    assert ["Ram och mål" in said for said in (first, last)] == [False, True]
    assert ["Seniorträffen" in said for said in (first, last)].count(True) == 1


def test_a_table_counts_against_frame_and_goal(matter: Matter) -> None:
    other = sent_application()
    for year in (2027, 2028):
        Commitment.objects.create(case=other.received_case, year=year, amount=1_000_000)
    said = main_lines(table(matter).html)
    assert said[said.index("Ram och mål") + 1 :] == [
        "Nämndens ram för föreningsbidrag 2027",
        "9\u00a0400\u00a0000\u00a0kr",
        "Bundet av andra beslut",
        "1\u00a0000\u00a0000\u00a0kr",
        "Förvaltningens förslag",
        "100\u00a0000\u00a0kr till 2 av 3 föreningar",
        "Kvar av ramen",
        "8\u00a0300\u00a0000\u00a0kr",
        "Barn och unga, varje bidrag räknat efter verksamhetens andel",
        "52\u00a0% (52\u00a0000\u00a0kr)",
        "Barn och unga, bara verksamheter som helt är för dem",
        "20\u00a0% (20\u00a0000\u00a0kr)",
        "Nämndens mål för barn och unga",
        "minst 20\u00a0%",
    ]


def test_a_table_without_a_frame_says_nothing_of_it(matter: Matter) -> None:
    Frame.objects.all().delete()
    said = main_lines(table(matter).html)
    assert after(said, "Ram och mål") == "Förvaltningens förslag"
    assert "Kvar av ramen" not in said


def test_a_decided_table_has_all_stages_and_does_not_count_itself_twice(matter: Matter) -> None:
    decided(matter, chair=gives_less)
    said = main_lines(table(matter).html)
    start = said.index("Ankaret")
    assert said[said.index("Föregående år") + 1 : said.index("År")] == [
        "Förvaltningens förslag",
        "Ordförandens förslag",
        "Beslut",
    ]
    changed = "60\u00a0000 (ändrat −20\u00a0000)"
    assert said[start + 4 : start + 7] == ["80\u00a0000", changed, "60\u00a0000"]
    assert after(said, "Bundet av andra beslut") == "0\u00a0kr"
    assert after(said, "Kvar av ramen") == "9\u00a0320\u00a0000\u00a0kr"


def test_amounts_that_differ_stand_year_by_year(matter: Matter) -> None:
    row = Application.objects.get(association__name="Ankaret")
    set_terms(row, TermsStage.CHAIR, {2027: 60_000, 2028: 40_000})
    said = main_lines(table(matter).html)
    assert said[said.index("Ankaret") + 5] == "2027: 60\u00a0000 2028: 40\u00a0000 (ändrat −20\u00a0000)"


# --- Letters ----------------------------------------------------------------------------------------


def test_a_yes(call: Call, person: User) -> None:
    texts = dict.fromkeys(TEXTS, "Kort. " + "Lång. " * 80)
    row = application(call, person, "Ankaret", conditions="att ledare finns", texts=texts)
    Judgement.objects.filter(assessment__application=row).update(reason="")
    decision = decided(propose_round(call, [row], person))
    source = letter(row, decision)
    said = main_lines(source.html)
    number = row.received_case.registry_number
    assert (source.kind, source.numbered) == ("beslutsbrev", True)
    assert source.title == f"Beslut om er ansökan om verksamhetsbidrag, {number}"
    assert said[:7] == [
        "Ankaret",
        "Storgatan 1",
        "252 20 Helsingborg",
        "Beslut om er ansökan om verksamhetsbidrag",
        f"Dnr {number}",
        "Tack för er ansökan till socialnämnden, och för det ni gör.",
        "Socialnämnden har beslutat att ni får verksamhetsbidrag med 80\u00a0000\u00a0kronor för 2027.",
    ]
    with translation.override("sv"):
        day = decision.agenda_item.meeting.date
    assert said[7].startswith(f"Beslutet fattades den {day.day} ")
    assert f"§ {decision.paragraph}, i ärende {decision.matter.case.registry_number}" in said[7]
    assert after(said, "Skälen för beslutet") == "Verksamheten når många."
    judged = after(said, "Så bedömde vi ansökan, punkt för punkt")
    assert judged.startswith("Effekt: Kort. Lång. Lång.")
    assert judged.endswith("Lång.")
    assert len(judged) < 280
    assert after(said, "Ni får bidraget på villkor") == "att ledare finns"
    assert "För 2027 ska redovisningen finnas hos oss senast den 31 mars 2028." in said
    assert "Återbetalning" in said
    assert after(said, "Hur beslutet kan överklagas") == APPEAL
    assert "Föreningen som sådan kan normalt inte överklaga." in after(said, APPEAL)
    assert after(said, "Socialförvaltningen") == f"Bilaga: protokollsutdrag § {decision.paragraph}"
    assert said[-3] == "Hur beslutet kan överklagas"
    assert "Vad ett nej betyder" not in said


def test_a_no_helps(call: Call, person: User) -> None:
    row = application(call, person, "Seniorträffen", amounts={})
    said = main_lines(letter(row, decided(propose_round(call, [row], person))).html)
    assert "Socialnämnden har beslutat att avslå er ansökan. Det betyder att ni inte får bidrag." in said
    assert "Vad ett nej betyder" in said
    assert "Redovisning" not in said
    assert after(said, "Hur beslutet kan överklagas") == APPEAL


def test_a_letter_gives_the_reason_as_it_was_written_for_the_association(call: Call, person: User) -> None:
    row = application(call, person)
    Judgement.objects.filter(assessment__application=row).update(reason="")
    Judgement.objects.filter(assessment__application=row, criterion="effekt").update(reason="Ni når dit.")
    said = main_lines(letter(row, decided(propose_round(call, [row], person))).html)
    start = said.index("Så bedömde vi ansökan, punkt för punkt")
    assert said[start + 1 : start + 3] == ["Effekt: Ni når dit.", "Värde: Bedömning av varde."]


def test_a_letter_tells_what_could_be_changed_and_whom_to_talk_to(call: Call, person: User) -> None:
    row = application(call, person, amounts={})
    Assessment.objects.update(could_change="Räkna besöken.\n\nSök ett år.", talk_to="föreningssamordnaren.")
    said = main_lines(letter(row, decided(propose_round(call, [row], person))).html)
    start = said.index("Vad ni kan ändra till nästa gång")
    assert said[start + 1 : start + 3] == ["Räkna besöken.", "Sök ett år."]
    number = row.received_case.registry_number
    assert after(said, "Har ni frågor?") == f"Kontakta föreningssamordnaren. Ange diarienummer {number}."
    assert any(line.startswith("Prata gärna med föreningssamordnaren. Då") for line in said)


@pytest.mark.parametrize(
    ("referral", "to", "words"),
    [
        (Referral.COMMITTEE, "kulturnämnden", "kulturnämnden"),
        (Referral.IOP, "", "idéburet offentligt partnerskap (IOP)"),
    ],
)
def test_a_referral_says_where_to_turn(call: Call, person: User, referral: str, to: str, words: str) -> None:
    row = application(call, person, amounts={})
    decision = decided(propose_round(call, [row], person))
    assert "Vart ni kan vända er i stället" not in main_lines(letter(row, decision).html)
    row.terms.filter(stage=TermsStage.DECIDED).update(referral=referral, referred_to=to)
    said = main_lines(letter(row, decision).html)
    assert after(said, "Vart ni kan vända er i stället").startswith(f"Vi hänvisar er till {words}. ")


def test_a_letter_has_the_report_days_that_were_decided(call: Call, person: User) -> None:
    row = application(call, person)
    decision = decided(propose_round(call, [row], person))
    terms = set_terms(row, TermsStage.DECIDED, {2027: 60_000, 2028: 40_000})
    terms.reports.all().delete()
    terms.reports.create(year=2027, due_on=date(2028, 2, 15))
    said = main_lines(letter(row, decision).html)
    assert "För 2027 ska redovisningen finnas hos oss senast den 15 februari 2028." in said
    assert "För 2028 ska redovisningen finnas hos oss senast den 31\u00a0mars 2029." in said


def test_another_type_is_explained(call: Call, person: User) -> None:
    row = application(call, person, grant_type=GrantType.UTVECKLINGSBIDRAG)
    said = main_lines(letter(row, decided(propose_round(call, [row], person))).html)
    assert "Ni sökte verksamhetsbidrag. Nämnden avslog det och ger er i stället utvecklingsbidrag." in said


def test_a_changed_amount_is_explained(call: Call, person: User) -> None:
    row = application(call, person)
    said = main_lines(letter(row, decided(propose_round(call, [row], person), chair=gives_less)).html)
    start = said.index("Förvaltningens förslag")
    assert said[start + 1 : start + 8] == [
        *("verksamhetsbidrag", "80\u00a0000", "80\u00a0000"),
        *("Beslut", "verksamhetsbidrag", "60\u00a0000", "60\u00a0000"),
    ]
    start = said.index("Skälen för beslutet")
    assert said[start + 1 : start + 5] == [
        "Nämnden beslutade ett annat belopp än förvaltningen föreslog. Ordföranden skrev i sitt förslag:",
        "Ramen räcker inte.",
        "Förvaltningens skäl gällde dess förslag:",
        "Verksamheten når många.",
    ]


def test_a_letter_has_the_payment_plan_and_what_comes_before_it(call: Call, person: User) -> None:
    PaymentRule.objects.create(authority=call.authority, from_amount=50_001, months=[2, 8])
    row = application(call, person)
    decision = decided(propose_round(call, [row], person))
    set_terms(row, TermsStage.DECIDED, {2040: 80_001, 2041: 50_000})
    Terms.objects.filter(application=row).update(conditions="att lokalen är klar")
    said = main_lines(letter(row, decision).html)
    start = said.index("Så betalar vi bidraget, kronor")
    assert said[start + 5 : start + 19] == [
        *("2040", "1 av 2", "senast i februari 2040", "40\u00a0001"),
        *("2040", "2 av 2", "senast i augusti 2040", "40\u00a0000"),
        *("2041", "1 av 1", "senast i februari 2041", "50\u00a0000"),
        *("Totalt", "130\u00a0001"),
    ]
    before = said[said.index("Innan vi betalar ska det här vara klart:") + 1 : said.index("Redovisning")]
    assert before[0] == "Beslutet har vunnit laga kraft."
    assert before[1].endswith("Det saknas än. Ni anmäler det i Samspel.")
    assert before[2] == "Det som de särskilda villkoren kräver före utbetalning är gjort."
    assert before[3].startswith("Inför 2041: er redovisning för året innan är godkänd")


def test_a_call_with_payment_rules_of_its_own_is_paid_by_them(call: Call, person: User) -> None:
    PaymentRule.objects.create(authority=call.authority, from_amount=0, months=[2, 8])
    PaymentRule.objects.create(authority=call.authority, call=call, from_amount=0, months=[9])
    row = application(call, person)
    decision = decided(propose_round(call, [row], person))
    set_terms(row, TermsStage.DECIDED, {2040: 80_001})
    said = main_lines(letter(row, decision).html)
    start = said.index("Så betalar vi bidraget, kronor")
    assert said[start + 5 : start + 9] == ["2040", "1 av 1", "senast i september 2040", "80\u00a0001"]


def test_the_account_is_masked(call: Call, person: User) -> None:
    row = application(call, person)
    enter_verified(row.association, "5050-1055")
    said = main_lines(letter(row, decided(propose_round(call, [row], person))).html)
    assert "Vi betalar till ert bankgiro som slutar på 055." in " ".join(said)
    assert "5050" not in " ".join(said)


@pytest.mark.parametrize(
    ("outcome", "lead"),
    [(Outcome.TABLED, "har bordlagt ärendet"), (Outcome.REFERRED_BACK, "har återremitterat ärendet")],
)
def test_a_notice_says_that_nothing_is_decided(call: Call, person: User, outcome: str, lead: str) -> None:
    row = application(call, person)
    matter = propose_round(call, [row], person)
    secretary = staff(Role.SECRETARY)
    item = put_on_agenda(matter, MeetingFactory.create(committee=matter.committee), secretary)
    decision = minutes.record_decision(item, outcome, secretary, instruction="mer underlag")
    source = letter(row, decision)
    said = main_lines(source.html)
    assert any(lead in line for line in said)
    assert any("varken beviljad eller avslagen" in line for line in said)
    assert APPEAL not in said
    assert not [line for line in said if line.startswith("Bilaga")]
    assert "Utbetalning" not in said
    assert_archival_and_accessible(render_pdf(source.html, title=source.title))


def test_a_protected_address_is_not_printed(call: Call, person: User) -> None:
    row = application(call, person, "Kvinnojouren")
    Association.objects.filter(pk=row.association_id).update(protected_address=True)
    said = main_lines(letter(row, decided(propose_round(call, [row], person))).html)
    assert said[:2] == ["Kvinnojouren", "Beslut om er ansökan om verksamhetsbidrag"]
    assert "Storgatan 1" not in said


def test_a_letter_needs_a_decision(call: Call, person: User) -> None:
    row = application(call, person)
    decision = decided(propose_round(call, [row], person))
    letter(row, decision)
    Terms.objects.filter(application=row, stage=TermsStage.DECIDED).update(stage="x")
    assert facts_of(letters_of(decision)) == {}


# --- Receipts ---------------------------------------------------------------------------------------


def test_a_receipt_says_what_came_in_and_what_happens() -> None:
    row = sent_application()
    said = main_lines(Document.objects.get(kind="kvittens").html)
    assert after(said, "Diarienummer") == row.received_case.registry_number
    assert after(said, "Filer som följde med") == "stadgar.pdf"
    assert after(said, "Sökt belopp") == "2027: 100\u00a0000\u00a0kr"
    assert "Besked kan väntas december." in after(said, "Vad händer nu?")
    assert "Personuppgifter" in said


# --- All of them ------------------------------------------------------------------------------------


def all_sources(decision: Decision) -> list[Source]:
    tables = distribution_tables(list(Distribution.objects.values_list("pk", flat=True))).values()
    return [
        *assessment_sheets(list(Assessment.objects.values_list("pk", flat=True))).values(),
        *(piece for pieces in tables for piece in pieces),
        *letters(decision).values(),
    ]


def queries_of(decision: Decision) -> int:
    decision = Decision.objects.get(pk=decision.pk)
    with CaptureQueriesContext(connection) as asked:
        all_sources(decision)
    return len(asked)


def test_the_number_of_queries_does_not_grow(call: Call, person: User) -> None:
    first = decided(propose_round(call, [application(call, person)], person))
    few = queries_of(first)
    for size in (2, 3):
        decided(propose_round(call, [application(call, person) for _number in range(size)], person))
    assert (queries_of(first), Assessment.objects.count(), Distribution.objects.count()) == (few, 6, 3)


def test_swedish_whoever_asks(call: Call, person: User) -> None:
    row = application(call, person)
    decision = decided(propose_round(call, [row], person))
    swedish = all_sources(decision)
    with translation.override("en"):
        assert all_sources(decision) == swedish


def test_hard_texts_keep_the_standards_and_are_never_markup(call: Call, person: User) -> None:
    nasty = f"<b>fet</b> & {'ordsammansättning' * 25} \u202eomvänd \U0001f600 Ω"
    row = application(
        call,
        person,
        f"<i>{'Förening' * 15}",
        reason=f"{nasty}\n\n" * 3 + "ord " * 3000,
        short_reason=("x" * 60 + "<u>å"),
        texts=dict.fromkeys(TEXTS, nasty),
        conditions=nasty,
    )
    sources = all_sources(decided(propose_round(call, [row], person)))
    for source in [*sources, as_source(Document.objects.get(kind="kvittens"))]:
        assert not {"<b>", "<i>", "<u>"} & {source.html[at : at + 3] for at in range(len(source.html))}
        assert_archival_and_accessible(render_pdf(source.html, title=source.title, numbered=source.numbered))


def as_source(document: Document) -> Source:
    return Source(document.kind, document.title, document.html)
