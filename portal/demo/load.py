"""Loads the demo through the same acts that people use: register, send, assess, propose, summon.

Dates follow the day it is loaded: the round is the latest whose window (1 April–31 May) has closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.assigning import assign
from assessments.guidelines import install_wording
from assessments.matters import propose_round, propose_single
from grants.applying import signatures
from grants.applying.asked_papers import wanted_papers
from grants.applying.submission import freeze, submit
from grants.associations.conditions import confirm, install_conditions, statement_for
from grants.associations.library import pick_valid
from grants.calls.call_copying import copy_call
from grants.calls.call_editing import publish
from grants.calls.programmes import install_programmes
from grants.models import (
    Answer,
    Application,
    BudgetLine,
    Call,
    Frame,
    PaymentRule,
    PromisedPaper,
    Terms,
    TermsStage,
    is_answer,
)
from portal.committee import minutes, pack, proposals
from portal.committee.agenda import MeetingFacts, plan_meeting, put_on_agenda
from portal.committee.models import (
    Committee,
    DecisionPoint,
    Matter,
    MatterSection,
    Meeting,
    MinutesNote,
    Outcome,
    Stage,
)
from portal.committee.report_review import approve
from portal.demo import agreements, sitting, special
from portal.demo.calls import make_development_call, make_round, write_whom_to_talk_to
from portal.demo.class_codes import number_classes
from portal.demo.delegation import write_delegation_order
from portal.demo.dialogue import begin_dialogue
from portal.demo.group import begin_as_a_group
from portal.demo.judging import assess, begin_to_assess
from portal.demo.oversight import oversee, write_contacts
from portal.demo.papers import SCAN, fill_library, stored_papers
from portal.demo.partnerships import talk
from portal.demo.people import create_staff
from portal.demo.register import Registered, register
from portal.demo.second_views import install_units, rule_for_large_sums, wait_for_others
from portal.demo.sharing import share
from portal.demo.texts import Story, development_stories, round_stories
from portal.documents.models import StoredFile
from portal.people.models import User
from portal.registry.models import Authority, declare
from portal.registry.shipped_rules import install_rules

FRAME = 9_500_000
#: Grants of so much a year are paid in two parts.
LARGE_GRANT = 500_000
#: The chair moves this much, each year, from one association to another.
CHAIR_MOVES = 20_000
CHAIR_TAKES_FROM = "Öppna Dörren"
CHAIR_GIVES_TO = "Dagcentralen Ankaret"
MEMBER_CONFLICT = "Barnens Besök"
#: Its number: begins another application with what it sent in the round.
COPIES = 14
#: Is asked to stand behind a temporary group.
GUARANTOR = 4


@dataclass
class Demo:
    """What the steps of loading hand on to each other."""

    staff: dict[str, User]
    committee: Committee
    papers: dict[str, StoredFile]
    round_call: Call
    development_call: Call


def is_loaded() -> bool:
    return User.objects.filter(email__endswith="@samspel.example.org").exists()


def meeting_of_the_round() -> Meeting:
    """The demo meeting whose pack is made: the next one."""
    return Meeting.objects.filter(starts_at__gt=timezone.now() - timedelta(days=1)).earliest("starts_at")


@transaction.atomic
def load(today: date) -> None:
    """Load the whole demo, or nothing of it."""
    demo = found(today)
    by_number: dict[int, Registered] = {}
    for days_left, story in numbered_stories():
        registered, sent = receive(demo, story, days_left, today)
        by_number[story.facts["number"]] = registered
        assess(story, sent, demo.staff)
        oversee(story, registered, demo.staff, demo.papers, today)
    write_contacts(by_number, demo.staff, today)
    in_round = Application.objects.filter(call=demo.round_call)
    assign(in_round.values_list("pk", flat=True), demo.staff["handlaggare"], demo.staff["handlaggare"])
    share(demo.round_call, demo.staff["handlaggare"])
    collected = propose_round(demo.round_call, list(in_round), demo.staff["handlaggare"])
    talk(by_number, demo.staff, today)
    _hold_past_meeting(demo, by_number, today)
    agreements.begin_partnership(by_number, demo.staff, today)
    singles = _development(demo, by_number)
    begin_as_a_group(demo.development_call, by_number[GUARANTOR].association)
    _special(demo, by_number, today)
    _next_meeting(demo, today, collected, singles)
    conflicted = in_round.get(association__name=MEMBER_CONFLICT).received_case
    declare(conflicted, demo.staff["ledamot2"], has_conflict=True, note="Sitter i föreningens styrelse")


def numbered_stories() -> list[tuple[int, Story]]:
    """The round's applications, each with how many days before closing it was sent."""
    stories = round_stories()
    return list(zip(range(len(stories), 0, -1), stories, strict=True))


def receive(demo: Demo, story: Story, days_left: int, today: date) -> tuple[Registered, Application]:
    """Register the association with its papers, and send what it applies for in the round."""
    registered = register(story, today)
    fill_library(registered.association, story.facts["number"], registered.chair, demo.papers, today)
    draft = write_draft(story, demo.round_call, registered)
    return registered, send_in(draft, registered, _evening_before_close(demo.round_call, days_left))


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _a_tuesday(day: date) -> date:
    """The day itself or the next Tuesday: committees meet on weekdays."""
    return day + timedelta(days=(1 - day.weekday()) % 7)


def found(today: date) -> Demo:
    """The city's own: people, committee, frames and calls."""
    staff = create_staff()
    authority = Authority.objects.create(name="Socialnämnden")
    committee = Committee.objects.create(
        authority=authority, administration_name="Socialförvaltningen", director_title="Socialdirektör"
    )
    write_delegation_order(committee)
    sitting.give_seats(committee, staff, date(today.year - 1, 1, 1))
    window = today.year if today >= date(today.year, 6, 1) else today.year - 1
    install_wording(date(2020, 1, 1))
    install_programmes(authority)
    write_whom_to_talk_to(authority)
    PaymentRule.objects.create(authority=authority, from_amount=0, months=[2])
    PaymentRule.objects.create(authority=authority, from_amount=LARGE_GRANT, months=[2, 8])
    install_conditions(authority, date(2020, 1, 1))
    install_rules(date(2020, 1, 1))
    number_classes()
    for year in range(window, window + 5):
        Frame.objects.create(authority=authority, year=year, amount=FRAME)
    this_round = make_round(authority, window)
    development = make_development_call(authority, window)
    rule_for_large_sums(this_round, development)
    install_units(staff["verksamhet"])
    # Next year's is made as an officer makes it: copied, read through and published.
    publish(copy_call(this_round, staff["handlaggare"]).pk, staff["handlaggare"])
    return Demo(staff, committee, stored_papers(), this_round, development)


def _evening_before_close(call: Call, days_left: int) -> datetime:
    """When volunteers write: in the evening, some days before the call closes."""
    last_day = date(call.first_year - 1, 5, 31)
    return _at(last_day - timedelta(days=days_left), 19, days_left)


def write_draft(story: Story, call: Call, registered: Registered) -> Application:
    facts, association, writer = story.facts, registered.association, registered.chair
    draft = Application.objects.create(
        call=call,
        association=association,
        title=facts["application"]["title"],
        child_share=facts["child_share"],
        created_by=writer,
    )
    if (statement := statement_for(call)) is not None:
        confirm(association, statement, writer, "")
    terms = Terms.objects.create(application=draft, stage=TermsStage.APPLIED, grant_type=call.grant_type)
    terms.set_amounts(story.amounts(call.first_year, "sought_per_year"))
    # A grant pays nothing backwards: loaded in spring, the projects begin some weeks later.
    starts_on = max(date(call.first_year, 1, 1), timezone.localdate() + timedelta(days=21))
    answers = story.answers(call.first_year) | {
        "starts_on": starts_on.isoformat(),
        "ends_on": f"{call.first_year}-12-31",
    }
    asked = set(call.questions.values_list("key", flat=True))
    Answer.objects.bulk_create(
        Answer(application=draft, key=key, value=value)
        for key, value in answers.items()
        if key in asked and is_answer(value)
    )
    amounts_by_key = {key: amount for side in facts["budget"].values() for key, amount in side.items()}
    BudgetLine.objects.bulk_create(
        BudgetLine(application=draft, heading=heading, year=year, amount=amounts_by_key[heading.key])
        for heading in call.budget_headings.all()
        for year in terms.years
        if heading.key in amounts_by_key
    )
    pick_valid(draft, writer)
    _promise_the_rest(draft, writer)
    return draft


def _promise_the_rest(draft: Application, by: User) -> None:
    """What the library lacks and may come later is promised: for a closed call, its day has passed."""
    for wanted in wanted_papers(draft):
        if not wanted.is_settled and wanted.asked.may_come_later:
            last = draft.call.last_day or timezone.localdate()
            PromisedPaper.objects.create(
                application=draft,
                type=wanted.asked.type,
                year=wanted.asked.year,
                due_on=last + timedelta(days=21),
                promised_by=by,
            )


def send_in(draft: Application, registered: Registered, arrived_at: datetime | None = None) -> Application:
    """Sign, jointly where two sign together, and send."""
    chair, *others = registered.signatories
    for other in others[: registered.association.signatures_needed - 1]:
        signatures.record(draft, other, signatures.fingerprint(freeze(draft)))
    return submit(draft.pk, chair, arrived_at=arrived_at)


def _development(demo: Demo, by_number: dict[int, Registered]) -> list[Matter]:
    """One development grant ready for the committee, one to be completed, one draft, one signed once."""
    for story in special.special_stories("signed_once"):
        registered = by_number[story.facts["number"]]
        special.sign_once(write_draft(story, demo.development_call, registered), registered)
    matters = []
    for story in development_stories():
        registered = by_number[story.facts["number"]]
        draft = write_draft(story, demo.development_call, registered)
        if story.facts["state"] == "draft":
            continue
        sent = send_in(draft, registered)
        if story.facts["state"] == "ready":
            assess(story, sent, demo.staff)
            matters.append(propose_single(sent, demo.staff["handlaggare"]))
        else:
            begin_dialogue(sent, registered.chair, demo.staff["handlaggare2"])
            wait_for_others(sent, demo.staff, demo.staff["handlaggare2"])
            begin_to_assess(story, sent, demo.staff["handlaggare2"])
            special.write_back(sent, registered)
    return matters


def _special(demo: Demo, by_number: dict[int, Registered], today: date) -> None:
    """A closed call with what came late on paper and what has been completed; a copied draft."""
    call = special.closed_call(demo.committee.authority, demo.round_call.first_year, today)
    for story in special.special_stories("completed"):
        registered = by_number[story.facts["number"]]
        draft = write_draft(story, call, registered)
        sent = send_in(draft, registered, special.evening_before_close(call))
        special.complete(sent, story, registered, demo.staff["handlaggare2"])
    special.copy_from_the_round(demo.development_call, by_number[COPIES])
    special.come_late_on_paper(call, demo.staff["handlaggare2"], demo.papers[SCAN])


def _hold_past_meeting(demo: Demo, by_number: dict[int, Registered], today: date) -> None:
    """Some weeks ago: a matter tabled, with a dissent, which comes back; a partnership that now runs."""
    secretary = demo.staff["sekreterare"]
    day = _a_tuesday(timezone.localdate() - timedelta(days=40))
    meeting = plan_meeting(demo.committee, MeetingFacts(_at(day, 13), "Rådhuset, sal 2"))
    matter = _report_matter(demo)
    approve(matter, demo.staff["chef"])
    item = put_on_agenda(matter, meeting, secretary)
    proposals.adopt(matter, demo.staff["ordforande"])
    partnership, partnership_item = agreements.propose_partnership(by_number, demo.staff, meeting, today)
    sitting.hold(meeting)
    sitting.vote_to_table(item, demo.staff)
    statement = minutes.Note(
        MinutesNote.Kind.STATEMENT,
        "Ledamot 1 vill att förvaltningen till nästa sammanträde visar hur målet räknas på båda sätten.",
    )
    minutes.record_decision(item, Outcome.TABLED, secretary, notes=[statement])
    sitting.dissent(item, demo.staff["ledamot"], "Målet borde redovisas redan i dag.")
    agreements.let_it_run(partnership, partnership_item, demo.staff)
    sitting.approve(meeting, demo.staff)


def _report_matter(demo: Demo) -> Matter:
    """A matter without money: how the goal for children and young people is followed."""
    title = "Redovisning av hur målet för barn och unga följs"
    officer = demo.staff["handlaggare"]
    matter = Matter.objects.create(
        committee=demo.committee,
        case=demo.committee.authority.open_case(public_title=title, by=officer),
        title=title,
        summary=(
            "Nämnden har som mål att minst en femtedel av föreningsbidragen ska gå till verksamhet för barn "
            "och unga. Förvaltningen redovisar hur andelen räknas och hur den har utvecklats."
        ),
        preparation="Ärendet är berett av handläggare på socialförvaltningen.",
        send_to="Handläggare\nAkt",
        created_by=officer,
    )
    MatterSection.objects.create(
        matter=matter,
        position=1,
        heading="Två sätt att räkna",
        body=(
            "Andelen kan räknas på två sätt, och de ger olika svar:\n\n"
            "- Vägd andel: varje bidrag räknas med den del av verksamheten som är för barn och unga.\n"
            "- Hel verksamhet: bara bidrag till verksamheter helt för barn och unga räknas.\n\n"
            "Förvaltningen visar båda i fördelningstabellen."
        ),
    )
    DecisionPoint.objects.write(
        matter,
        Stage.OFFICERS,
        ["att godkänna redovisningen", "att båda sätten att räkna ska visas när bidrag fördelas"],
    )
    return matter


def _next_meeting(demo: Demo, today: date, collected: Matter, singles: list[Matter]) -> None:
    """The meeting that decides the round: agenda, the chair's proposals, and the order for the pack."""
    secretary, chair = demo.staff["sekreterare"], demo.staff["ordforande"]
    day = _a_tuesday(today + timedelta(days=18))
    meeting = plan_meeting(demo.committee, MeetingFacts(_at(day, 13), "Rådhuset, sal 2"))
    tabled = Matter.objects.free().exclude(pk__in=[collected.pk, *(matter.pk for matter in singles)])
    for matter in [collected, *singles]:
        approve(matter, demo.staff["chef"])
    for matter in [*tabled, collected, *singles]:
        put_on_agenda(matter, meeting, secretary)
    proposals.change(
        collected,
        chair,
        _moved(collected),
        "Dagcentralen Ankaret behöver hålla öppet på helgerna i vinter. Jag flyttar därför en mindre del "
        "från Öppna Dörren, som har andra intäkter.",
    )
    for matter in singles:
        proposals.adopt(matter, chair)
    pack.request_pack(meeting, secretary)


def _moved(matter: Matter) -> dict[int, dict[int, int]]:
    """The chair's amounts: the same sum, a little moved, in the years that both have money."""
    moves = {CHAIR_TAKES_FROM: -CHAIR_MOVES, CHAIR_GIVES_TO: CHAIR_MOVES}
    lines = {line.title: line for line in matter.lines.filter(title__in=moves)}
    officers = proposals.officers_amounts(matter)
    common = set.intersection(*(set(officers[line.pk]) for line in lines.values()))
    changed: dict[int, dict[int, int]] = {}
    for title, line in lines.items():
        changed[line.pk] = {year: officers[line.pk][year] + moves[title] for year in sorted(common)}
    return changed
