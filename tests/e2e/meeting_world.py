"""What stands before the meeting: a round with 22 applications, 22 other matters, and who sits there.

Made by the acts that people use, in the database: the pages before the meeting have walks of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from assessments.matters import propose_round, propose_single
from grants.models import Application
from portal.committee import delegation, proposals, report_review
from portal.committee.agenda import ItemFacts, MeetingFacts, describe, item_mark, plan_meeting, put_on_agenda
from portal.committee.models import (
    AgendaItem,
    Committee,
    DecisionPoint,
    DelegationRule,
    Matter,
    Meeting,
    Presidium,
    SeatKind,
    Stage,
)
from portal.committee.seats import SeatFacts, give_seat
from portal.demo import judging, load, sharing
from portal.demo.register import Registered
from portal.demo.texts import Story, development_stories, round_stories
from portal.people.models import User
from portal.registry.models import declare
from tests.factories import PASSWORD

PLACE = "Rådhuset, sal 2"
#: The round's title on the agenda begins so.
ROUND = "Fördelning av"
#: Who sits in the committee beside the demo's chair, two members and substitute.
SEATS = {
    "Ledamot 3": SeatFacts(SeatKind.MEMBER, "B", Presidium.FIRST_VICE),
    "Ledamot 4": SeatFacts(SeatKind.MEMBER, "C", Presidium.SECOND_VICE),
    "Ledamot 5": SeatFacts(SeatKind.MEMBER, "C", order=5),
    "Ledamot 6": SeatFacts(SeatKind.MEMBER, "A", order=6),
    "Ersättare 2": SeatFacts(SeatKind.SUBSTITUTE, "C", order=2),
    "Ersättare 3": SeatFacts(SeatKind.SUBSTITUTE, "A", order=3),
}
TABLED, REFERRED_BACK = "Hyra av lokal för öppen verksamhet", "Riktlinjer för kontaktpersoner"
VOTED, REJECTED = "Nya avgifter för tillfälligt boende", "Försök med förlängda öppettider"
IMMEDIATE, SECRET = "Avtal om jourlägenheter", "Anmälan enligt lex Sarah"
#: Matters of the committee's own, by title: what is proposed.
OWN = {
    "Ekonomisk uppföljning efter oktober": "att godkänna uppföljningen",
    "Budget och verksamhetsplan": "att anta budget och verksamhetsplan",
    "Internkontrollplan": "att anta internkontrollplanen",
    "Uppföljning av internkontroll": "att godkänna uppföljningen av internkontrollen",
    "Sammanträdesdagar": "att fastställa sammanträdesdagarna",
    "Svar på remiss om trygghet i bostadsområden": "att lämna yttrandet till kommunstyrelsen",
    "Svar på granskning av placeringar": "att lämna svaret till revisionen",
    "Plan för samverkan mot våld i nära relationer": "att anta planen",
    "Rapport om ej verkställda beslut": "att lägga rapporten till handlingarna",
    "Patientsäkerhetsberättelse": "att godkänna berättelsen",
    "Uppdrag om förebyggande arbete": "att ge förvaltningen uppdraget",
    "Ändrad delegationsordning": "att anta delegationsordningen",
    "Informationshanteringsplan": "att anta informationshanteringsplanen",
    "Val av ledamot i samverkansrådet": "att välja Ledamot 5 (C)",
    TABLED: "att hyra lokalen",
    REFERRED_BACK: "att anta riktlinjerna",
    VOTED: "att anta avgifterna",
    REJECTED: "att inleda försöket",
    IMMEDIATE: "att ingå avtalet",
    SECRET: "att lägga anmälan till handlingarna",
}
#: Which associations also seek a development grant, and how many kronor are proposed: one is tabled, one
#: referred back.
SINGLES = {8: 60_000, 19: 30_000}
#: What was decided by delegation and is reported to the meeting.
DELEGATED = "Ansökan tas upp trots att den kom två dagar för sent."


@dataclass
class World:
    """The committee's meeting of today, with its people by account."""

    staff: dict[str, User]
    meeting: Meeting
    collected: Matter
    singles: list[Matter]

    def item(self, title: str) -> AgendaItem:
        """The item whose matter's title begins so."""
        return self.meeting.agenda.select_related("matter").get(matter__title__startswith=title)


def build(today: date) -> World:
    """The demo's round handed over, 22 more matters on today's agenda, and a committee of seven."""
    demo = load.found(today)
    officer, secretary = demo.staff["handlaggare"], demo.staff["sekreterare"]
    _fill_seats(demo.committee, secretary, date(today.year - 1, 1, 1))
    collected, singles = _grants(demo, today)
    own = [_own_matter(demo.committee, title, point, officer) for title, point in OWN.items()]
    starts_at = timezone.make_aware(datetime.combine(today, time(13)))
    meeting = plan_meeting(demo.committee, MeetingFacts(starts_at, PLACE))
    for matter in [collected, *singles, *own]:
        report_review.approve(matter, demo.staff["chef"])
        put_on_agenda(matter, meeting, secretary)
        proposals.adopt(matter, demo.staff["ordforande"])
    world = World(demo.staff, meeting, collected, singles)
    secret = world.item(SECRET)
    describe(secret, ItemFacts(is_secret=True), seen=item_mark(secret))
    rule = DelegationRule.objects.get(committee=demo.committee, point="4.1")
    delegation.decide(rule, singles[0].case, officer, decision=DELEGATED, reason="Felet var stadens.")
    User.objects.update(password=make_password(PASSWORD))
    return world


def _fill_seats(committee: Committee, secretary: User, since: date) -> None:
    for place, (name, facts) in enumerate(SEATS.items(), start=1):
        give_seat(committee, f"fortroendevald{place}@samspel.example.org", name, facts, since, by=secretary)


def _grants(demo: load.Demo, today: date) -> tuple[Matter, list[Matter]]:
    """The round's collecting matter, and two development grants that are matters of their own."""
    officer = demo.staff["handlaggare"]
    registered: dict[int, Registered] = {}
    for days_left, story in load.numbered_stories():
        number = story.facts["number"]
        registered[number], sent = load.receive(demo, story, days_left, today)
        judging.assess(story, sent, demo.staff)
    sharing.share(demo.round_call, officer)
    in_round = list(Application.objects.filter(call=demo.round_call))
    collected = propose_round(demo.round_call, in_round, officer)
    conflicted = next(row for row in in_round if row.association.name == load.MEMBER_CONFLICT)
    declare(conflicted.received_case, demo.staff["ledamot2"], has_conflict=True, note="Sitter i styrelsen")
    return collected, [_single(demo, registered, number) for number in SINGLES]


def _single(demo: load.Demo, registered: dict[int, Registered], number: int) -> Matter:
    """A development grant as a matter of its own, small enough for what the round leaves of the frame.

    Where the demo has no judgement of it yet, the association's own in the round serves.
    """
    [sought] = [row for row in development_stories() if row.facts["association_number"] == number]
    [in_round] = [row for row in round_stories() if row.facts["number"] == number]
    said = {key: value for key, value in sought.facts.items() if value}
    story = Story(in_round.facts | said | {"granted_per_year": SINGLES[number]})
    sent = load.send_in(
        load.write_draft(story, demo.development_call, registered[number]), registered[number]
    )
    judging.assess(story, sent, demo.staff)
    return propose_single(sent, demo.staff["handlaggare"])


def _own_matter(committee: Committee, title: str, point: str, officer: User) -> Matter:
    matter = Matter.objects.create(
        committee=committee,
        case=committee.authority.open_case(public_title=title, by=officer),
        title=title,
        summary=f"Förvaltningen har berett ärendet {title.lower()}.",
        preparation="Ärendet är berett av handläggare på socialförvaltningen.",
        send_to="Akt",
        created_by=officer,
    )
    DecisionPoint.objects.write(matter, Stage.OFFICERS, [point])
    return matter
