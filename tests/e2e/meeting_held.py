"""Holding the meeting once, and reading what it left: minutes, notices and letters as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from grants.models import Application
from portal.committee.models import Decision, Dissent, LetterOutcome, Minutes
from portal.documents.models import Document, DocumentState
from portal.people.models import User
from portal.registry.models import Record
from tests.documents.reading import page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.e2e import meeting_walk as walk
from tests.e2e.mailbox import Mailbox
from tests.e2e.meeting_world import World
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.processes import wait_until

#: What stands on every page of the minutes around their text.
_HEAD = re.compile(r"(?:• )*ProtokollSocialnämnden \d+ \w+ \d{4} ?")
_FOOT = re.compile(r" ?Justerares signatur Utdragsbestyrkande \d+ \(\d+\)")
_PARAGRAPH = re.compile(r"§ (\d+) ([^§]+?) Dnr (\d{5}/\d{4}) (?=Sammanfattning )")
#: Reads its own letter in its own window.
READER = "Leva Vidare"


@dataclass(frozen=True)
class Paragraph:
    """One § as printed."""

    number: int
    title: str
    registry_number: str
    text: str

    def said(self, heading: str, until: str) -> str:
        """What stands between one heading and the next."""
        return between(self.text, f"{heading} ", f" {until}")


@dataclass(frozen=True)
class Printed:
    """Minutes as text: what stands before the first §, and each § by its number."""

    first_pages: str
    paragraphs: dict[int, Paragraph]
    #: What stands after the last §.
    reported: str

    def cell(self, label: str, following: str) -> str:
        """What page one says beside a label."""
        return between(self.first_pages, f" {label} ", f" {following} ")

    def titled(self, title: str) -> Paragraph:
        """The § whose title begins so."""
        [found] = [row for row in self.paragraphs.values() if row.title.startswith(title)]
        return found


def between(text: str, start: str, end: str) -> str:
    """The text from after the first `start` to the next `end`, which both have to be there."""
    assert start in text, f"{start!r} is not in: {text}"
    rest = text.split(start, 1)[1]
    assert end in rest, f"{end!r} is not in: {rest}"
    return rest.split(end, 1)[0]


def read_minutes(pdf: bytes) -> Printed:
    """Minutes from their PDF, which has to be archival and accessible; heads and feet of pages left out."""
    assert_archival_and_accessible(pdf)
    pages = [_FOOT.sub("", _HEAD.sub("", page)).strip() for page in page_texts(pdf)]
    text, _mark, reported = " ".join(pages).partition("Anmälan av delegationsbeslut Följande")
    first, *rest = _PARAGRAPH.split(text)
    rows = zip(rest[::4], rest[1::4], rest[2::4], rest[3::4], strict=True)
    found = [Paragraph(int(number), title, dnr, said) for number, title, dnr, said in rows]
    return Printed(f" {first}", {row.number: row for row in found}, reported)


@dataclass(frozen=True)
class Held:
    """What the meeting left: its documents as text, and what to hold them against."""

    day: date
    opened_at: datetime
    closed_at: datetime
    #: The minutes of the meeting, those of what was approved at once, and the notices of both.
    minutes: Printed
    at_once: Printed
    notice: str
    notice_at_once: str
    #: Association → the text of its letter.
    letters: dict[str, str]
    #: Association → kronor by year; none for a no.
    granted: dict[str, dict[int, int]]
    #: Association → how many mails told it that there is a decision.
    mails: dict[str, int]
    #: Association → kinds of what its case holds.
    registered: dict[str, list[str]]
    #: Who was told by a notice that their single grant was put off, and the text of it.
    put_off: dict[str, str]
    #: § → title, registry number and outcome, as recorded.
    decisions: dict[int, tuple[str, str, str]]
    #: When each dissent was announced.
    dissents: list[datetime]
    #: Whether the approved text is still the one that was sent for approval.
    is_unchanged: bool
    #: What one association read in its own window.
    read_by_association: str


def hold(people: Callable[..., Person], box: Mailbox, world: World) -> Held:
    """The whole meeting, from the summons to the letters."""

    def sign_in(person: User) -> Person:
        window = people(checked=False)
        window.sign_in(person.email)
        return window

    made_before = list(Document.objects.values_list("pk", flat=True))
    secretary = sign_in(world.staff["sekreterare"])
    walk.summon(secretary, world)
    walk.call_roll(secretary, world)
    walk.decide_on_the_round(secretary, world)
    walk.put_off(secretary, world)
    walk.vote(secretary, world)
    walk.decide_the_rest(secretary, world)
    walk.close(secretary, world)

    signers = [secretary, sign_in(world.staff["ordforande"]), sign_in(world.staff["ledamot"])]
    at_once = walk.write_minutes(secretary, world, "Begin minutes of what was approved at once")
    walk.approve(signers, at_once)
    whole = walk.write_minutes(secretary, world, "Begin the minutes")
    sent = Minutes.objects.get(is_immediate=False).content_sha256
    walk.approve(signers, whole)
    kept = Minutes.objects.get(is_immediate=False)
    walk.try_to_change(secretary, kept)
    notice_at_once, notice = walk.announce(secretary, at_once), walk.announce(secretary, whole)

    answered = list(Application.objects.filter(case__matter_lines__matter=world.collected))
    [reader] = [application for application in answered if application.association.name == READER]
    association = sign_in(reader.association.memberships.earliest("pk").user)
    association.follow(say("Our applications"))
    association.follow(reader.title)
    walk.make_letters(secretary, world)
    walk.edit_letter(secretary, world, READER)
    walk.open_letters(secretary, world, LetterOutcome.REJECT)
    walk.release_shown(secretary, count=2)
    association.look_again()
    association.does_not_see(say("The decision"))
    walk.open_letters(secretary, world)
    walk.release_shown(secretary, count=22)
    read = walk.read_letter(association)

    wait_until(lambda: not _waiting(made_before), "the meeting's documents are made")
    names = {application.association.email: application.association.name for application in answered}
    wait_until(lambda: sum(_told(box, email) for email in names) >= len(names), "all are told by mail")
    world.meeting.refresh_from_db()
    assert world.meeting.opened_at is not None
    assert world.meeting.closed_at is not None
    return Held(
        day=world.meeting.date,
        opened_at=timezone.localtime(world.meeting.opened_at),
        closed_at=timezone.localtime(world.meeting.closed_at),
        minutes=read_minutes(walk.read_minutes(secretary, whole)),
        at_once=read_minutes(walk.read_minutes(secretary, at_once)),
        notice=notice,
        notice_at_once=notice_at_once,
        letters={application.association.name: _letter(application) for application in answered},
        granted={application.association.name: _amounts(application) for application in answered},
        mails={name: _told(box, email) for email, name in names.items()},
        registered={
            application.association.name: list(
                application.received_case.records.order_by("pk").values_list("kind", flat=True)
            )
            for application in answered
        },
        put_off={
            matter.lines.get().title: _read(matter.case.records.get(kind=Record.Kind.NOTICE))
            for matter in world.singles
        },
        decisions={
            decision.paragraph: (
                decision.matter.title,
                decision.matter.case.registry_number,
                decision.outcome,
            )
            for decision in Decision.objects.select_related("matter__case")
        },
        dissents=list(Dissent.objects.values_list("announced_at", flat=True)),
        is_unchanged=kept.content_sha256 == sent,
        read_by_association=" ".join(page_texts(read)),
    )


def _waiting(made_before: list[int]) -> bool:
    """Whether something that the meeting ordered is still to be made; a document that failed is told."""
    ordered = Document.objects.exclude(pk__in=made_before)
    assert not ordered.filter(state=DocumentState.FAILED).exists()
    return ordered.exclude(state=DocumentState.READY).exists()


def _told(box: Mailbox, email: str) -> int:
    return sum(text.startswith("Beslut finns i ärende") for text in box.to(email))


def _letter(application: Application) -> str:
    """The text of the one letter on an association's case; there has to be exactly one."""
    records = application.received_case.records.select_related("document__file")
    return _read(records.get(kind=Record.Kind.DECISION_LETTER))


def _read(record: Record) -> str:
    assert record.document is not None
    assert record.document.file is not None
    return " ".join(page_texts(record.document.file.read()))


def _amounts(application: Application) -> dict[int, int]:
    application.refresh_from_db()
    assert application.decided is not None
    return dict(application.decided.amounts)
