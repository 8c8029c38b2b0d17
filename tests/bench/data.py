"""Many applications in few queries, with the demo's texts: what associations sent over four rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from assessments.assessing import TEXTS
from assessments.models import Assessment, CheckOutcome, Criterion, Fact, FormalCheck, Judgement
from grants.models import (
    Answer,
    Application,
    Association,
    Attachment,
    BudgetHeading,
    BudgetLine,
    Call,
    CompletionRequest,
    Frame,
    GrantType,
    Lateness,
    Membership,
    Paper,
    Terms,
    TermsStage,
    YearAmount,
)
from grants.received import searching
from grants.states import OPEN_STATES, State
from portal.committee.models import Committee
from portal.demo.texts import Story, round_stories
from portal.documents.models import StoredFile
from portal.people.models import Role, User
from portal.registry.models import Case, ConflictOfInterest, Event, NumberSeries, Record, RecordFile
from tests.factories import PDF, CallFactory, CommitteeFactory, organisation_number, paper_type, staff

#: Years, and calls open in each of them: every association applies once a year, to one of the calls.
ROUNDS = 4
CALLS_A_YEAR = 5
#: Rows written at a time, so that memory stays small.
BATCH = 1000
#: One declaration in so many is of a conflict of interest, so that hiding has something to hide.
CONFLICT_EVERY = 50
#: One application in so many came late, and one under assessment in so many waits for a completion.
LATE_EVERY = 40
COMPLETION_EVERY = 5
#: So many points of the formal check are done in what is open.
CHECKED_POINTS = 5
#: Whole kronor a year: no round of the benchmark is stopped by its frame.
FRAME = 2_000_000_000

_NEWEST_STATES = (State.SUBMITTED, State.IN_ASSESSMENT, State.ASSESSED)
_WITH_ASSESSMENT = frozenset({State.IN_ASSESSMENT, State.ASSESSED, State.DECIDED})


@dataclass
class City:
    """A committee with two officers, a chair, a secretary and calls of four years, the last one newest."""

    committee: Committee
    officers: tuple[User, User]
    chair: User
    secretary: User
    calls: list[Call]
    stories: list[Story]
    attachment: StoredFile
    associations: list[Association] = field(default_factory=list)
    received: int = 0


@dataclass(frozen=True)
class Sent:
    """One application to be written; `number` runs through all of them."""

    number: int
    association: Association
    person: User
    call: Call
    state: State
    story: Story

    @property
    def sum_sought(self) -> int:
        return int(self.story.facts["sought_per_year"])

    @property
    def sum_granted(self) -> int:
        return int(self.story.facts["granted_per_year"])


def found() -> City:
    """The city's own rows, with no association yet."""
    committee = CommitteeFactory.create()
    last_year = timezone.localdate().year + 1
    calls = [
        CallFactory.create(
            authority=committee.authority,
            title=f"Bidrag {year}, omgång {place}",
            grant_type=GrantType.UTVECKLINGSBIDRAG if place == 2 else GrantType.VERKSAMHETSBIDRAG,
            first_year=year,
            opens_at=timezone.now() - timedelta(days=200 + 365 * (last_year - year)),
            closes_at=timezone.now() - timedelta(days=140 + 365 * (last_year - year)),
        )
        for year in range(last_year - ROUNDS + 1, last_year + 1)
        for place in range(1, CALLS_A_YEAR + 1)
    ]
    Frame.objects.update(amount=FRAME)
    return City(
        committee=committee,
        officers=(staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)),
        chair=staff(Role.CHAIR),
        secretary=staff(Role.SECRETARY),
        calls=calls,
        stories=round_stories(),
        attachment=StoredFile.objects.keep(PDF, "application/pdf"),
    )


def receive(city: City, count: int) -> None:
    """`count` more applications: each association sends one in every round, the newest still open."""
    for first in range(city.received, city.received + count, BATCH):
        numbers = range(first, min(first + BATCH, city.received + count))
        _associations(city, 1 + numbers[-1] // ROUNDS)
        newest = [_NEWEST_STATES[number // ROUNDS % len(_NEWEST_STATES)] for number in numbers]
        _write(
            city,
            [
                _sent(
                    city,
                    number,
                    city.associations[number // ROUNDS],
                    _call(city, number),
                    state if number % ROUNDS == ROUNDS - 1 else State.DECIDED,
                )
                for number, state in zip(numbers, newest, strict=True)
            ],
        )
    city.received += count
    _settle()


def _call(city: City, number: int) -> Call:
    """One of the calls of the year, in turn."""
    return city.calls[number % ROUNDS * CALLS_A_YEAR + number // ROUNDS % CALLS_A_YEAR]


def receive_round(city: City, count: int) -> list[Application]:
    """`count` assessed applications in the newest round, each from an association of its own."""
    _associations(city, count)
    written = _write(
        city,
        [
            _sent(city, number, association, city.calls[-1], State.ASSESSED)
            for number, association in enumerate(city.associations[:count])
        ],
    )
    city.received += count
    _settle()
    return written


def _sent(city: City, number: int, association: Association, call: Call, state: State) -> Sent:
    person = association.memberships.all()[0].user
    return Sent(number, association, person, call, state, city.stories[number % len(city.stories)])


def _associations(city: City, count: int) -> None:
    """Register associations until there are `count`, each with a person who signs."""
    numbers = range(len(city.associations), count)
    facts = [city.stories[number % len(city.stories)].facts for number in numbers]
    people = User.objects.bulk_create(
        User(email=f"ordforande{number}@example.org", password="!", display_name="Ordförande")
        for number in numbers
    )
    new = Association.objects.bulk_create(
        Association(
            name=f"{known['name']} {number}",
            organisation_number=organisation_number(number),
            legal_form=known["legal_form"],
            about=known["about"],
            email=f"kontakt{number}@example.org",
            street=known["postal_address"]["street"],
            postcode=known["postal_address"]["postcode"],
            city=known["postal_address"]["city"],
        )
        for number, known in zip(numbers, facts, strict=True)
    )
    Membership.objects.bulk_create(
        Membership(association=association, user=person, role=Membership.Role.SIGNATORY)
        for association, person in zip(new, people, strict=True)
    )
    statutes = paper_type("stadgar")
    Paper.objects.bulk_create(
        Paper(
            association=association,
            type=statutes,
            filename="Stadgar.pdf",
            stored_file=city.attachment,
            added_by=person,
        )
        for association, person in zip(new, people, strict=True)
    )
    city.associations += (
        Association.objects.filter(pk__in=[one.pk for one in new])
        .prefetch_related("memberships__user")
        .order_by("pk")
    )


@transaction.atomic
def _write(city: City, batch: Sequence[Sent]) -> list[Application]:
    cases = _cases(city, batch)
    began = timezone.now() - timedelta(days=600)
    applications = Application.objects.bulk_create(
        Application(
            call=sent.call,
            association=sent.association,
            title=sent.story.facts["application"]["title"],
            state=sent.state,
            child_share=sent.story.facts["child_share"],
            case=case,
            created_by=sent.person,
            submitted_at=began + timedelta(minutes=sent.number),
            submitted_by=sent.person,
            released_at=timezone.now() if sent.state == State.DECIDED else None,
            officer=city.officers[sent.number % 2] if sent.number % 3 else None,
            lateness=Lateness.ADMITTED if sent.number % LATE_EVERY == 0 else Lateness.IN_TIME,
        )
        for sent, case in zip(batch, cases, strict=True)
    )
    rows = list(zip(batch, cases, applications, strict=True))
    _write_contents(city, rows)
    _write_register(city, rows)
    _write_terms(rows)
    _write_assessments(city, rows)
    _write_officers_work(city, rows)
    searching.index(application.pk for application in applications)
    return applications


Row = tuple[Sent, Case, Application]


def _cases(city: City, batch: Sequence[Sent]) -> list[Case]:
    cases = Case.objects.bulk_create(
        Case(
            authority=city.committee.authority,
            year=(year := sent.call.first_year - 1),
            number=sent.number + 1,
            registry_number=f"{sent.number + 1:05d}/{year}",
            public_title=f"Ansökan om {sent.call.grant_type}, {sent.association.name}",
        )
        for sent in batch
    )
    for call in city.calls:
        NumberSeries.objects.update_or_create(
            authority=city.committee.authority,
            year=call.first_year - 1,
            defaults={"last_number": batch[-1].number + 1},
        )
    return cases


def _write_contents(city: City, rows: Sequence[Row]) -> None:
    Answer.objects.bulk_create(
        Answer(application=application, key=key, value=value)
        for sent, _case, application in rows
        for key, value in sent.story.answers(application.call.first_year).items()
        if value not in (None, "", [])
    )
    headings = {
        (heading.call_id, heading.key): heading
        for heading in BudgetHeading.objects.filter(call__in=city.calls)
    }
    BudgetLine.objects.bulk_create(
        BudgetLine(
            application=application,
            heading=headings[application.call_id, key],
            year=application.call.first_year,
            amount=amount,
        )
        for sent, _case, application in rows
        for side in sent.story.facts["budget"].values()
        for key, amount in side.items()
    )
    owners = {sent.association.pk for sent, _case, _application in rows}
    statutes = {paper.association_id: paper for paper in Paper.objects.filter(association__in=owners)}
    Attachment.objects.bulk_create(
        Attachment(application=application, paper=statutes[sent.association.pk], added_by=sent.person)
        for sent, _case, application in rows
    )


def _write_register(city: City, rows: Sequence[Row]) -> None:
    records = Record.objects.bulk_create(
        Record(
            case=case,
            kind=Record.Kind.APPLICATION,
            title="Ansökan",
            created_by=sent.person,
            content={
                "answers": sent.story.answers(application.call.first_year),
                "budget": sent.story.facts["budget"],
            },
        )
        for sent, case, application in rows
    )
    RecordFile.objects.bulk_create(
        RecordFile(record=record, stored_file=city.attachment, filename="Stadgar.pdf") for record in records
    )
    Event.objects.bulk_create(
        Event(case=case, kind=kind, actor=actor)
        for sent, case, _application in rows
        for kind, actor in (
            (Event.Kind.OPENED, sent.person),
            (Event.Kind.SUBMITTED, sent.person),
            (Event.Kind.NO_CONFLICT, city.officers[0]),
        )
    )
    ConflictOfInterest.objects.bulk_create(
        ConflictOfInterest(case=case, user=officer, has_conflict=sent.number % CONFLICT_EVERY == place)
        for sent, case, _application in rows
        for place, officer in enumerate(city.officers)
    )


def _write_terms(rows: Sequence[Row]) -> None:
    planned = []
    for sent, _case, application in rows:
        stages = {TermsStage.APPLIED: sent.sum_sought}
        if sent.state in _WITH_ASSESSMENT:
            stages[TermsStage.PROPOSED] = sent.sum_granted
        if sent.state == State.DECIDED:
            stages[TermsStage.DECIDED] = sent.sum_granted
        planned += [
            (sent, Terms(application=application, stage=stage, grant_type=sent.call.grant_type), amount)
            for stage, amount in stages.items()
        ]
    Terms.objects.bulk_create(terms for _sent, terms, _amount in planned)
    YearAmount.objects.bulk_create(
        YearAmount(terms=terms, year=sent.call.first_year + year, amount=amount)
        for sent, terms, amount in planned
        if amount
        for year in range(sent.story.facts["years"])
    )


def _write_assessments(city: City, rows: Sequence[Row]) -> None:
    assessed = [(sent, application) for sent, _case, application in rows if sent.state in _WITH_ASSESSMENT]
    assessments = Assessment.objects.bulk_create(
        Assessment(
            application=application,
            officer=city.officers[0],
            previous_amount=sent.story.facts["previous_year_amount"],
            **{name: sent.story.facts[name] for name in TEXTS},
            ready_at=None if sent.state == State.IN_ASSESSMENT else timezone.now(),
        )
        for sent, application in assessed
    )
    judged = [
        (assessment, criterion, sent.story.facts["judgements"][criterion])
        for (sent, _application), assessment in zip(assessed, assessments, strict=True)
        for criterion in Criterion.values
    ]
    Judgement.objects.bulk_create(
        Judgement(
            assessment=assessment,
            criterion=criterion,
            **{name: facts[name] for name in ("level", "text", "reason")},
        )
        for assessment, criterion, facts in judged
    )
    Fact.objects.bulk_create(
        Fact(
            assessment=assessment,
            criterion=criterion,
            text=fact["text"],
            question_key=fact["source"].removeprefix("question:"),
            written_by=city.officers[0],
        )
        for assessment, criterion, facts in judged
        for fact in facts["facts"]
        if not fact["source"].startswith("paper:")
    )


def _write_officers_work(city: City, rows: Sequence[Row]) -> None:
    """Formal checks begun in what is open, and requests for completion, half of them overdue."""
    points: dict[int, list[FormalCheck]] = defaultdict(list)
    for point in FormalCheck.objects.filter(position__lte=CHECKED_POINTS):
        points[point.call_id].append(point)
    opened = [(sent, case, application) for sent, case, application in rows if sent.state in OPEN_STATES]
    CheckOutcome.objects.bulk_create(
        CheckOutcome(application=application, check_point=point, outcome="ok", officer=city.officers[0])
        for sent, _case, application in opened
        for point in points[sent.call.pk]
    )
    waiting = [
        row
        for place, row in enumerate(each for each in opened if each[0].state == State.IN_ASSESSMENT)
        if place % COMPLETION_EVERY == 0
    ]
    records = dict(
        Record.objects.filter(case__in=[case for _sent, case, _application in waiting]).values_list(
            "case", "pk"
        )
    )
    CompletionRequest.objects.bulk_create(
        CompletionRequest(
            application=application,
            last_day=timezone.localdate() + timedelta(days=10 if place % 2 else -10),
            consequence="Nämnden beslutar på det som finns.",
            asked_by=city.officers[0],
            asked_id=records[case.pk],
            before_id=records[case.pk],
        )
        for place, (_sent, case, application) in enumerate(waiting)
    )


def _settle() -> None:
    """What PostgreSQL's autovacuum does in the background soon after so many new rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
