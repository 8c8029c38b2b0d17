"""A committee with a meeting in every stage, for the tests that look at its pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta

from django.urls import reverse
from django.utils import timezone

from portal.committee import agenda, notice, pack, private_notes, proposals, whole_minutes
from portal.committee.agenda import ItemFacts, describe, item_mark, summon
from portal.committee.approval import approve, correct
from portal.committee.attached import attach
from portal.committee.deliberating import announce_dissent, move, step_aside, vote
from portal.committee.minutes import record_decision
from portal.committee.models import (
    AgendaItem,
    Attendance,
    BallotChoice,
    Committee,
    DelegationDecision,
    DelegationRule,
    Meeting,
    Minutes,
    MotionKind,
    Outcome,
    Presidium,
    Seat,
    SeatKind,
)
from portal.committee.phrases import proposal_name, vote_choices
from portal.committee.said import attendance_of, said_on
from portal.committee.sitting import close_meeting
from portal.documents.models import StoredFile
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.committee.building import make_matter, on_agenda
from tests.committee.letters import made_letters
from tests.committee.sitting import call_roll, seat_for
from tests.factories import PDF, CommitteeFactory, MeetingFactory, staff
from tests.world import stand_in_for_worker

#: A title that has to break: nothing may stick out at 320 pixels.
LONG = "Fördelning av verksamhetsbidrag och utvecklingsbidrag till idéburna föreningar för åren 2027–2029"


@dataclass
class CommitteeWorld:
    """The people who look, and by role the pages that each of them is to see."""

    secretary: User = field(default_factory=lambda: staff(Role.SECRETARY))
    officer: User = field(default_factory=lambda: staff(Role.CASE_OFFICER))

    def __post_init__(self) -> None:
        self.committee: Committee = CommitteeFactory.create()
        posts = [*Presidium.values, "", ""]
        self.members = [
            seat_for(self.committee, number, presidium=post, by=self.secretary)
            for number, post in enumerate(posts, start=1)
        ]
        self.substitutes = [
            seat_for(self.committee, number, SeatKind.SUBSTITUTE, by=self.secretary) for number in (1, 2)
        ]
        self.planned = self._planned()
        self.sitting, self.open_item, self.decided_item = self._in_session()
        self.draft = self._held(40, Outcome.GRANTED)
        self.waiting = self._held(45, Outcome.GRANTED, chair_aside=True)
        self.approved = self._held(60, Outcome.GRANTED)
        self._send(self.waiting, approved=False)
        self._send(self.approved, approved=True)
        self.appeal = self._appealed()
        self.rule, self.delegated = self._delegated()
        [self.letter] = made_letters("Fyren")
        stand_in_for_worker()

    @property
    def chair(self) -> Seat:
        return self.members[0]

    @property
    def reader(self) -> Seat:
        """A member who has a conflict of interest in one matter, reads the rest and has written a note."""
        return self.members[3]

    def _meeting(self, days: int, place: str = "Rådhuset, sal 2") -> Meeting:
        at = timezone.now() + timedelta(days=days)
        return MeetingFactory.create(committee=self.committee, starts_at=at, place=place)

    def _planned(self) -> Meeting:
        """Summoned with a published pack: a long matter, one with a conflict, a secret one, a late one."""
        meeting = self._meeting(14)
        first = on_agenda(
            meeting, "Föreningen Fyren", "Hamnens idéburna barn- och ungdomsverksamhet", title=LONG
        )
        second = on_agenda(meeting, "Ankaret", title="Bidrag till Ankaret")
        secret = on_agenda(meeting, "Seglet", title="Skyddat boende på hemlig ort")
        for item, facts in (
            (first, ItemFacts("Handläggare", time(13, 15))),
            (secret, ItemFacts("Socialdirektör", is_secret=True)),
        ):
            item.refresh_from_db()
            describe(item, facts, seen=item_mark(item))
        self.matter, self.conflicted = first.matter, second.matter
        stored = StoredFile.objects.keep(PDF, "application/pdf")
        attach(self.matter, stored, title="Samtal med verksamheten", filename="samtal.pdf", by=self.officer)
        proposals.adopt(second.matter, self.chair.user)
        summon(meeting, self.secretary)
        made = pack.request_pack(meeting, self.secretary)
        pack.advance(made.pk)
        stand_in_for_worker(made)
        made.refresh_from_db()
        pack.publish(made)
        declare(self.conflicted.case, self.reader.user, has_conflict=True)
        private_notes.save(self.matter, self.reader.user, "Fråga om hyran.", 0)
        agenda.put_on_agenda(
            make_matter("Sena vågen", title="Sent ärende", committee=self.committee), meeting, self.secretary
        )
        self.free = make_matter("Fri", title="Fritt ärende", committee=self.committee)
        return meeting

    def _in_session(self) -> tuple[Meeting, AgendaItem, AgendaItem]:
        """Open, with everything noted on the first matter, and the second decided."""
        meeting = self._meeting(0)
        first = on_agenda(meeting, "Kompassen", title="Bidrag till Kompassen")
        second = on_agenda(meeting, "Lotsen", title="Bidrag till Lotsen")
        call_roll(meeting, self.members, self.substitutes)
        Attendance.objects.filter(seat=self.members[2]).update(arrived_at=time(13, 20), is_remote=True)
        step_aside(first, self.members[4], self.substitutes[0], self.secretary)
        move(first, MotionKind.REJECT, self.members[1], [self.members[2]])
        said = said_on([first])[first.pk]
        choices = vote_choices(first.matter, said)
        ballots = dict.fromkeys(said.serving(attendance_of(meeting)), BallotChoice.YES.value)
        vote(first, proposal_name(first.matter), choices[-1], ballots)
        announce_dissent(first, [self.members[1]], "Föreningen når inte målgruppen.")
        record_decision(second, Outcome.GRANTED, self.secretary)
        return meeting, first, second

    def _held(self, days_ago: int, outcome: str, *, chair_aside: bool = False) -> Meeting:
        """Closed with two paragraphs; the draft of its minutes is begun."""
        meeting = self._meeting(-days_ago)
        items = [on_agenda(meeting, name, title=f"Bidrag till {name}") for name in ("Masten", "Rodret")]
        Meeting.objects.filter(pk=meeting.pk).update(summoned_at=meeting.starts_at)
        call_roll(meeting, self.members)
        if chair_aside:
            step_aside(items[1], self.chair, None, self.secretary)
        for item in items:
            record_decision(item, outcome, self.secretary)
        close_meeting(meeting)
        meeting.refresh_from_db()
        minutes = whole_minutes.begin(meeting)
        minutes.approvers.set([self.reader])
        return meeting

    def _send(self, meeting: Meeting, *, approved: bool) -> None:
        minutes = meeting.minutes.get()
        whole_minutes.send_for_approval(minutes, self.secretary)
        if approved:
            for person in (self.secretary, self.chair.user, self.reader.user):
                approve(minutes, person, minutes.content_sha256)
            notice.put_up(minutes, timezone.localdate(), self.secretary)
            correct(minutes, "I § 1 ska det stå 2027.", self.secretary)

    def _appealed(self) -> int:
        decision = self._minutes(self.approved).paragraphs.earliest("pk").decision
        self.appealed = decision
        return notice.register_appeal(decision, timezone.localdate(), "Kom med posten", self.secretary).pk

    def _delegated(self) -> tuple[DelegationRule, DelegationDecision]:
        rule = DelegationRule.objects.create(
            committee=self.committee, point="4.2", text="Bidrag till läger", role=Role.CASE_OFFICER
        )
        made = DelegationDecision.objects.create(
            committee=self.committee,
            year=timezone.localdate().year,
            number=7,
            rule=rule,
            case=self.committee.authority.open_case(public_title="Läger", by=self.officer),
            decided_by=self.officer,
            decision="Bidrag beviljas.",
            reason="Allt stämmer.",
            reported_to=self.planned,
        )
        return rule, made

    def _minutes(self, meeting: Meeting) -> Minutes:
        return meeting.minutes.get()

    def pages(self) -> list[tuple[User, str, list[int]]]:
        """Who looks at which page, by the name of its address; every page of the committee is among them."""
        draft, waiting, approved = map(self._minutes, (self.draft, self.waiting, self.approved))
        planned = self.planned.pk
        matter = [planned, self.matter.pk]
        secretary: list[tuple[str, list[int]]] = [
            *(
                (name, [])
                for name in ("matters", "seats", "new-seat", "new-meeting", "documents", "meetings")
            ),
            ("seat", [self.members[4].pk]),
            ("end-seat", [self.members[4].pk]),
            *(("desk", [meeting.pk]) for meeting in (self.planned, self.approved)),
            ("change-meeting", [planned]),
            ("change-item", [self.planned.agenda.earliest("pk").pk]),
            *(("room", [meeting.pk]) for meeting in (self.planned, self.sitting)),
            ("attendance", [self.sitting.pk]),
            *(("item", [item.pk]) for item in (self.open_item, self.decided_item)),
            ("record", [self.open_item.pk]),
            ("meeting-minutes", [self.draft.pk]),
            *(("minutes", [minutes.pk]) for minutes in (draft, waiting, approved)),
            ("minutes-front", [draft.pk]),
            ("minutes-paragraph", [draft.paragraphs.earliest("pk").pk]),
            ("minutes-correct", [approved.pk]),
            ("minutes-notice", [approved.pk]),
            ("appeals", [self.appealed.pk]),
            ("appeal-settle", [self.appeal]),
            *((name, []) for name in ("delegation", "delegation-order", "delegation-new-rule")),
            ("delegation-rule", [self.rule.pk]),
            *((name, []) for name in ("letters", "letters-release")),
            *((name, [self.letter.pk]) for name in ("letter", "letter-edit", "letter-anew")),
        ]
        chair: list[tuple[str, list[int]]] = [
            ("chair", []),
            ("chair-matter", [self.free.pk]),
            ("meeting", [planned]),
            ("minutes", [waiting.pk]),
        ]
        reader: list[tuple[str, list[int]]] = [
            ("meetings", []),
            ("meeting", [planned]),
            ("matter", matter),
            ("conflict", matter),
            ("search", [planned]),
            ("calendar", []),
            ("meeting-minutes", [self.approved.pk]),
            *(("minutes", [minutes.pk]) for minutes in (waiting, approved)),
            ("delegation", []),
        ]
        officer: list[tuple[str, list[int]]] = [
            ("appendices", [self.matter.pk]),
            ("delegation-decide", []),
            ("minutes", [approved.pk]),
        ]
        auditor: list[tuple[str, list[int]]] = [("approved-minutes", []), ("minutes", [approved.pk])]
        # A head appears last: before, nobody had to approve what the world is made of.
        head: list[tuple[str, list[int]]] = [
            ("reports", []),
            ("report", [self.free.pk]),
            ("report-conflict", [self.free.pk]),
        ]
        return [
            (person, name, args)
            for person, seen in (
                (self.secretary, secretary),
                (self.chair.user, chair),
                (self.reader.user, reader),
                (self.officer, officer),
                (staff(Role.AUDITOR), auditor),
                (staff(Role.HEAD), head),
            )
            for name, args in seen
        ]


def address(name: str, args: list[int]) -> str:
    """The path of a page; searching looks for something."""
    path = reverse(f"committee:{name}", args=args)
    return f"{path}?q=bidrag" if name == "search" else path
