"""A meeting with 23 matters and 40 decisions: minutes, 22 letters and a notice, read field by field.

How the decisions are counted: 23 matters give 23 §§. One of them collects a round, where 22 applications are
each granted, granted in part or rejected. Of the other 22 matters, 18 are decided and four put off: two are
tabled, two referred back. 22 + 18 = 40 decisions in substance. Who gets an answer gets a letter: 22. The
two single grants of the meeting are among what was put off, and have a notice of that instead.

The walk is made once, in `meeting_held`. Each test reads one thing that kommunallagen (KL) asks for, as
domain.md 7.1 lists it, from what the walk left.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from portal.committee.appeal_dates import last_day_of_appeal, may_come_down
from portal.committee.models import FINAL_OUTCOMES, Outcome
from portal.documents.templatetags.swedish_text import number, swedish_date, swedish_time
from portal.registry.models import Record
from tests.conftest import NO_BROKER, broker_at
from tests.e2e import meeting_walk as walk
from tests.e2e import meeting_world as world
from tests.e2e.conftest import mail_server, windows
from tests.e2e.meeting_held import READER, Held, Paragraph, hold
from tests.processes import environment, running_worker

# Marked so that there is a test database; no test below reads it, so none needs one of its own.
pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db]

BY_CHAIRS_PROPOSAL = (
    "Ordföranden konstaterar att det bara finns ett förslag till beslut och finner att socialnämnden "
    "beslutar i enlighet med ordförandens förslag."
)


@pytest.fixture(scope="module")
def held(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    browser: Browser,
    broker_url: str,
    var_dir: Path,
) -> Held:
    """The meeting, held once for all tests of this module; the database is emptied as soon as it is over."""
    with django_db_blocker.unblock(), mail_server() as (box, mail_address):
        assert "test" in str(connection.settings_dict["NAME"]), "Only a test's database may be emptied."
        server = LiveServer("localhost")
        env = environment(var_dir, broker_url) | {"EMAIL_URL": mail_address}
        try:
            # What was ordered before the meeting need not be made: nobody hears the bell.
            with broker_at(NO_BROKER):
                before = world.build(timezone.localdate())
            with (
                broker_at(broker_url),
                running_worker(env, concurrency=2),
                windows(browser, server.url) as people,
            ):
                over = hold(people, box, before)
        finally:
            server.stop()
            call_command("flush", interactive=False, verbosity=0)
    return over


def day(held: Held, days: int = 0) -> str:
    return plain(swedish_date(held.day + timedelta(days=days)))


def plain(text: str) -> str:
    """With ordinary spaces, as the documents are read."""
    return text.replace("\u00a0", " ")


def all_of(held: Held) -> list[Paragraph]:
    return [*held.minutes.paragraphs.values(), *held.at_once.paragraphs.values()]


def put_off(held: Held, outcome: str) -> str:
    """The title of the single grant that was put off so."""
    return next(
        title for title, _dnr, left in held.decisions.values() if left == outcome and title not in world.OWN
    )


def decided(paragraph: Paragraph) -> str:
    """The decision points of a § as printed."""
    return paragraph.text.split(" Socialnämnden beslutar ", 1)[1].split(". ", 1)[0]


# --- The minutes: KL 5:65–67 and 6:35 --------------------------------------------------------------
def test_the_day_and_the_place(held: Held) -> None:
    for minutes in (held.minutes, held.at_once):
        assert minutes.cell("Sammanträdesdatum", "Plats och tid") == day(held)
        times = f"{swedish_time(held.opened_at)}–{swedish_time(held.closed_at)}"
        assert minutes.cell("Plats och tid", "Beslutande") == f"{world.PLACE}, klockan {times}"


def test_which_members_and_substitutes_served(held: Held) -> None:
    served = [
        "Ordförande (A), ordförande",
        "Ledamot 3 (B), förste vice ordförande",
        "Ledamot 4 (C), andre vice ordförande",
        "Ledamot 1 (A)",
        "Ledamot 2 (B)",
        "Ledamot 5 (C)",
        "Ersättare 1 (B), tjänstgör för Ledamot 6 (A)",
    ]
    for minutes in (held.minutes, held.at_once):
        assert minutes.cell("Beslutande", "Övriga deltagande") == " ".join(served)


def test_who_chaired(held: Held) -> None:
    assert " Ordförande Godkänt med egen inloggning " in held.minutes.first_pages
    assert held.minutes.cell("Beslutande", "Övriga deltagande").startswith("Ordförande (A), ordförande ")


def test_more_than_half_were_there(held: Held) -> None:
    """KL 6:27: seven of seven members' seats were served."""
    served = held.minutes.cell("Beslutande", "Övriga deltagande")
    assert served.replace(", tjänstgör för Ledamot 6 (A)", "").count(" (") == 7


def test_who_else_took_part(held: Held) -> None:
    assert held.minutes.cell("Övriga deltagande", "Utses att justera") == (
        f"Ersättare 2 (C), tjänstgör inte Ersättare 3 (A), tjänstgör inte {' '.join(walk.OTHERS)}"
    )


def test_which_matters_were_dealt_with(held: Held) -> None:
    """Each of the 23 once, with number, title and registry number, in one of the two minutes."""
    printed = held.minutes.paragraphs | held.at_once.paragraphs
    assert len(held.minutes.paragraphs) == 22
    assert [row.title for row in held.at_once.paragraphs.values()] == [world.IMMEDIATE]
    assert sorted(printed) == list(range(1, 24))
    assert {number: (row.title, row.registry_number) for number, row in printed.items()} == {
        number: recorded[:2] for number, recorded in held.decisions.items()
    }
    standing = "Upprop Val av justerare Anmälan av jäv Fastställande av dagordning"
    assert f" Inledning {standing} " in held.minutes.first_pages


def test_what_was_proposed(held: Held) -> None:
    for title, point in world.OWN.items():
        paragraph = (held.at_once if title == world.IMMEDIATE else held.minutes).titled(title)
        assert f" Ordförandens förslag till socialnämnden är {point}. " in paragraph.text


def test_what_was_moved_and_not_withdrawn(held: Held) -> None:
    moved = {
        row.title: row.said("Yrkanden", "Behandling av förslag")
        for row in held.minutes.paragraphs.values()
        if " Yrkanden " in row.text
    }
    changes = "; samt ".join(f"att {words}" for words, _amount in walk.CHANGED.values())
    assert moved == {
        held.minutes.paragraphs[1].title: (f"Ledamot 4 (C) yrkar att nämnden i stället beslutar {changes}."),
        world.TABLED: "Ledamot 5 (C) yrkar att ärendet bordläggs.",
        world.REFERRED_BACK: (
            f"Ledamot 4 (C) yrkar att ärendet återremitteras till förvaltningen för {walk.TASK}."
        ),
        world.VOTED: (
            "Ordförande (A) yrkar bifall till ordförandens förslag. "
            "Ledamot 1 (A) yrkar avslag. Ledamot 3 (B) instämmer i yrkandet."
        ),
        world.REJECTED: "Ledamot 3 (B) yrkar avslag.",
    }
    assert walk.WITHDRAWN not in held.minutes.titled(world.VOTED).text


def test_in_which_order_the_proposals_were_put(held: Held) -> None:
    put = {row.title: row.said("Behandling av förslag", "Socialnämnden beslutar") for row in all_of(held)}
    others = {
        held.minutes.paragraphs[1].title: (
            "Ordföranden ställer de framlagda förslagen mot varandra och finner att nämnden beslutar enligt "
            "yrkandet från Ledamot 4 (C)."
        ),
        **dict.fromkeys(
            (world.TABLED, put_off(held, Outcome.TABLED)),
            "Ordföranden ställer frågan om ärendet ska avgöras i dag eller bordläggas och finner att "
            "socialnämnden beslutar att bordlägga ärendet.",
        ),
        **dict.fromkeys(
            (world.REFERRED_BACK, put_off(held, Outcome.REFERRED_BACK)),
            "Ordföranden ställer frågan om ärendet ska avgöras i dag eller återremitteras och finner att "
            "socialnämnden beslutar att återremittera ärendet.",
        ),
        world.REJECTED: (
            "Ordföranden ställer bifall till ordförandens förslag mot avslag och finner att socialnämnden "
            "beslutar att avslå."
        ),
    }
    voted = put.pop(world.VOTED)
    assert voted.startswith(
        "Ordföranden ställer bifall till ordförandens förslag mot avslag. Votering begärs."
    )
    assert put == {title: others.get(title, BY_CHAIRS_PROPOSAL) for title in put}


def test_the_vote_and_how_it_ended(held: Held) -> None:
    """KL 5:54 and 4:27: the votes are equal, so the chair's vote decides."""
    treated = held.minutes.titled(world.VOTED).said("Behandling av förslag", "Socialnämnden beslutar")
    assert " ".join(treated.split(". ")[1:5]) == (
        "Votering begärs Ja-röst för ordförandens förslag, nej-röst för yrkandet om avslag Rösterna är lika "
        "många: 3 ja-röster mot 3 nej-röster och 1 som avstår Med ordförandens utslagsröst beslutar nämnden "
        "enligt ordförandens förslag"
    )


def test_how_each_voted(held: Held) -> None:
    assert held.minutes.titled(world.VOTED).text.count("Ja-röst: ") == 1
    assert (
        "Ja-röst: Ordförande (A), Ledamot 4 (C), Ledamot 2 (B). "
        "Nej-röst: Ledamot 3 (B), Ledamot 1 (A), Ledamot 5 (C). Avstår: Ersättare 1 (B). "
    ) in held.minutes.titled(world.VOTED).text


def test_what_was_decided(held: Held) -> None:
    """Each of the 23 §§ says its decision."""
    task = f"att återremittera ärendet till förvaltningen för {walk.TASK}"
    tabled = "att bordlägga ärendet till nämndens nästa sammanträde"
    expected = world.OWN | {
        world.TABLED: tabled,
        put_off(held, Outcome.TABLED): tabled,
        world.REFERRED_BACK: task,
        put_off(held, Outcome.REFERRED_BACK): task,
        world.REJECTED: "att avslå förslaget",
    }
    said = {row.title: decided(row) for row in all_of(held)}
    first = said.pop(held.minutes.paragraphs[1].title)
    assert first.startswith("att bevilja Kvinnojouren Sundet, 899900-0014, verksamhetsbidrag med ")
    assert said == expected


def test_there_are_forty_decisions(held: Held) -> None:
    """22 applications of the round, each answered, and 18 of the other matters; four were put off."""
    outcomes = [outcome for _title, _dnr, outcome in held.decisions.values()]
    others = [outcome for outcome in outcomes[1:] if outcome in FINAL_OUTCOMES]
    assert len(held.granted) + len(others) == 22 + 18
    assert sorted(set(outcomes) - FINAL_OUTCOMES) == [Outcome.REFERRED_BACK, Outcome.TABLED]
    assert len(outcomes) - 1 - len(others) == 4


@pytest.mark.parametrize("name", walk.CHANGED)
def test_what_was_decided_line_by_line(held: Held, name: str) -> None:
    """The amounts that the meeting changed stand in the minutes, on the case and in the letter."""
    words, amount = walk.CHANGED[name]
    said = held.minutes.paragraphs[1].text.split(" Socialnämnden beslutar ", 1)[1]
    assert f" att {words};" in said
    assert set(held.granted[name].values()) == ({amount} if amount else set())


def test_every_application_of_the_round_stands_in_the_decision(held: Held) -> None:
    said = f" {held.minutes.paragraphs[1].text.split(' Socialnämnden beslutar ', 1)[1]}"
    for name, amounts in held.granted.items():
        verb = "att bevilja" if amounts else "att avslå ansökan från"
        assert f" {verb} {name}" in said.replace("att i stället bevilja", "att bevilja"), name


def test_who_took_part_in_the_decision(held: Held) -> None:
    """KL 6:28–32: who has a conflict of interest is neither there nor deciding, and that is said."""
    aside = {row.title for row in all_of(held) if " Jäv " in row.text}
    assert aside == {held.minutes.paragraphs[1].title}
    assert held.minutes.paragraphs[1].said("Jäv", "Beslutet ska skickas till") == (
        "Ledamot 2 (B) anmäler jäv och deltar inte i handläggningen av ärendet. Ersättare 2 (C) tjänstgör."
    )


def test_which_dissent_was_announced(held: Held) -> None:
    assert {row.title for row in all_of(held) if " Reservation " in row.text} == {world.VOTED}
    assert held.minutes.titled(world.VOTED).said("Reservation", "Beslutet ska skickas till") == (
        "Mot beslutet reserverar sig Ledamot 3 (B) och Ledamot 1 (A) till förmån för eget yrkande. "
        f"{walk.DISSENT}"
    )


def test_dissent_was_announced_before_the_meeting_ended(held: Held) -> None:
    """KL 4:27."""
    assert [held.opened_at < announced < held.closed_at for announced in held.dissents] == [True]


def test_a_note_to_the_minutes(held: Held) -> None:
    paragraph = held.minutes.titled(walk.FIRST)
    assert paragraph.said("Protokollsanteckning", "Beslutet ska skickas till") == walk.STATEMENT


def test_what_was_decided_by_delegation_is_reported(held: Held) -> None:
    """KL 6:40 and 8:10: number, case, day, point and decision of each."""
    assert world.DELEGATED in held.minutes.reported
    assert f"D 1/{held.day.year} " in held.minutes.reported
    assert f" {held.day.isoformat()} 4.1 " in held.minutes.reported
    assert held.at_once.reported == ""


# --- Approval of the minutes: KL 5:69 ---------------------------------------------------------------
def test_who_approves_where(held: Held) -> None:
    for minutes in (held.minutes, held.at_once):
        assert minutes.cell("Utses att justera", "Justeringens plats och tid") == "Ledamot 1 (A)"
        assert minutes.cell("Justeringens plats och tid", "Paragrafer") == "Digitalt i Samspel"


@pytest.mark.parametrize(
    ("role", "name"),
    [("Sekreterare", "Nämndsekreterare"), ("Ordförande", "Ordförande (A)"), ("Justerare", "Ledamot 1 (A)")],
)
def test_each_approved_from_their_own_sign_in_within_fourteen_days(held: Held, role: str, name: str) -> None:
    signed = rf" {role} Godkänt med egen inloggning {day(held)} \d\d\.\d\d {re.escape(name)} "
    for minutes in (held.minutes, held.at_once):
        assert re.search(signed, minutes.first_pages)


def test_the_approved_text_is_frozen(held: Held) -> None:
    assert held.is_unchanged


def test_a_paragraph_approved_at_once_has_minutes_of_its_own(held: Held) -> None:
    [paragraph] = held.at_once.paragraphs.values()
    assert paragraph.said("Omedelbar justering", "Beslutet ska skickas till") == (
        "Paragrafen förklaras omedelbart justerad."
    )
    assert f" § {paragraph.number} är omedelbart justerade och står i ett eget protokoll." in (
        f" {held.minutes.first_pages}"
    )
    assert not any("omedelbart justerad." in row.text for row in held.minutes.paragraphs.values())


# --- The notice: KL 8:9–12 and 13:5 ----------------------------------------------------------------
def fields(notice: str) -> dict[str, str]:
    """Label → what the notice says, in its order."""
    return dict(line.split(": ", 1) for line in plain(notice).splitlines() if ": " in line)


def test_the_notice_has_these_fields_and_no_other(held: Held) -> None:
    for notice in (held.notice, held.notice_at_once):
        assert list(fields(notice)) == [
            "Organ",
            "Sammanträdesdatum",
            "Paragrafer",
            "Protokollet justerat",
            "Anslaget sätts upp",
            "Anslaget tas ned",
            "Förvaringsplats för protokollet",
            "Sista dag att överklaga",
        ]
        assert not any(name in notice for name in held.letters)


def test_the_notice_says_which_minutes(held: Held) -> None:
    assert fields(held.notice)["Organ"] == "Socialnämnden"
    assert fields(held.notice)["Sammanträdesdatum"] == day(held)


def test_the_notice_says_which_paragraphs(held: Held) -> None:
    [at_once] = held.at_once.paragraphs
    assert fields(held.notice)["Paragrafer"] == f"§§ 1–{at_once - 1}, {at_once + 1}–23"
    assert fields(held.notice_at_once)["Paragrafer"] == f"§ {at_once}"


def test_the_notice_says_when_the_minutes_were_approved(held: Held) -> None:
    assert fields(held.notice)["Protokollet justerat"] == day(held)


def test_the_notice_says_when_it_went_up(held: Held) -> None:
    """Within two days after approval: here the same day."""
    assert fields(held.notice)["Anslaget sätts upp"] == day(held)


def test_the_notice_says_when_it_comes_down(held: Held) -> None:
    """Not before the time to appeal is over."""
    down = may_come_down(last_day_of_appeal(held.day))
    assert down > last_day_of_appeal(held.day) >= held.day + timedelta(weeks=3)
    assert fields(held.notice)["Anslaget tas ned"] == plain(swedish_date(down))


def test_the_notice_says_where_the_minutes_are_kept(held: Held) -> None:
    assert fields(held.notice)["Förvaringsplats för protokollet"] == walk.KEPT_AT


def test_the_notice_says_until_when_and_how_to_appeal(held: Held) -> None:
    last = plain(swedish_date(last_day_of_appeal(held.day)))
    assert fields(held.notice)["Sista dag att överklaga"] == last
    assert (
        held.notice.count("Förvaltningsrätten i Malmö inom tre veckor från den dag då det tillkännagavs") == 1
    )


def test_the_minutes_carry_the_same_notice(held: Held) -> None:
    box = held.minutes.first_pages.split(" Anslag/bevis ", 1)[1]
    said = fields(held.notice)
    assert box.startswith(
        "Justeringen har tillkännagetts på kommunens anslagstavla. "
        f"Organ och paragrafer Socialnämnden {said['Paragrafer']} Sammanträdesdatum {day(held)} "
        f"Anslaget sätts upp {day(held)} Anslaget tas ned {said['Anslaget tas ned']} "
        f"Förvaringsplats för protokollet {walk.KEPT_AT} Underskrift "
    )


# --- The letters -----------------------------------------------------------------------------------
def test_there_are_twenty_two_letters(held: Held) -> None:
    """One for each application that got an answer; the two that were put off have none."""
    assert len(held.letters) == 22
    assert {name: kinds.count(Record.Kind.DECISION_LETTER) for name, kinds in held.registered.items()} == (
        dict.fromkeys(held.letters, 1)
    )


def test_who_was_put_off_is_told_that_it_is_no_answer(held: Held) -> None:
    assert len(held.put_off) == 2
    for notice in held.put_off.values():
        assert "Ansökan är varken beviljad eller avslagen" in notice
        assert "Hur beslutet kan överklagas" not in notice


def test_a_letter_says_what_the_secretary_added(held: Held) -> None:
    assert [name for name, letter in held.letters.items() if walk.EXTRA in letter] == [READER]


def test_each_letter_says_what_was_decided(held: Held) -> None:
    for name, amounts in held.granted.items():
        letter = held.letters[name]
        if not amounts:
            assert "Socialnämnden har beslutat att avslå er ansökan." in letter, name
            continue
        assert "Socialnämnden har beslutat att ni får " in letter, name
        kronor = [plain(number(amount)) for amount in [*amounts.values(), sum(amounts.values())]]
        assert re.search(rf" Beslut \w+bidrag {' '.join(kronor)} ", letter), name


def test_each_letter_says_by_which_paragraph(held: Held) -> None:
    title, collected, _outcome = held.decisions[1]
    assert title.startswith(world.ROUND)
    for letter in held.letters.values():
        assert f"Beslutet fattades den {day(held)}, § 1, i ärende {collected}." in letter


def test_each_letter_says_how_to_appeal_and_nothing_of_another_appeal(held: Held) -> None:
    for letter in held.letters.values():
        assert "Det kallas laglighetsprövning." in letter
        assert "fick del av" not in letter
        assert "förvaltningsbesvär" not in letter


def test_money_is_paid_when_the_decision_is_final(held: Held) -> None:
    """KL 13:14 lets a decision be carried out before; the city waits."""
    waits = {name for name, text in held.letters.items() if "Beslutet har vunnit laga kraft." in text}
    assert waits == {name for name, amounts in held.granted.items() if amounts}


def test_each_case_holds_letter_extract_and_minutes(held: Held) -> None:
    kinds = {Record.Kind.DECISION_LETTER, Record.Kind.MINUTES_EXTRACT, Record.Kind.MINUTES}
    assert {name for name, held_kinds in held.registered.items() if kinds <= set(held_kinds)} == set(
        held.letters
    )


def test_each_association_is_told_once_by_mail(held: Held) -> None:
    assert held.mails == dict.fromkeys(held.letters, 1)


def test_an_association_reads_its_letter(held: Held) -> None:
    assert held.read_by_association == held.letters[READER]
