"""The meeting itself: what the secretary writes in the room, and how its minutes are approved.

What is noted or recorded for the first time is clicked; the same again is sent as the page's form sends it.
"""

from __future__ import annotations

from django.urls import reverse

from portal.committee.models import (
    AgendaItem,
    BallotChoice,
    DecisionPoint,
    Letter,
    LetterState,
    Minutes,
    MinutesNote,
    MotionKind,
    Outcome,
    Seat,
    Stage,
)
from portal.registry.models import Record
from tests.e2e import meeting_world as told
from tests.e2e.meeting_world import World
from tests.e2e.person import Person
from tests.e2e.words import say, say_many
from tests.processes import wait_until

#: What the committee decides otherwise than proposed, line by line: in words, and kronor a year.
CHANGED = {
    "Samlade Krafter": ("bevilja Samlade Krafter verksamhetsbidrag med 290 000 kronor per år", 290_000),
    "Likabyrån": ("avslå ansökan från Likabyrån", 0),
    "Tjejjouren Stjärnan": (
        "bevilja Tjejjouren Stjärnan verksamhetsbidrag med 160 000 kronor per år",
        160_000,
    ),
}
TASK = "att höra de boende och de anhöriga"
DISSENT = "Avgifterna drabbar dem som har minst."
STATEMENT = "Ledamot 5 (C) vill att nämnden får en ny uppföljning i mars."
WITHDRAWN = "Frågan behöver läsas en gång till."
EXTRA = "Kom gärna på vår träff för föreningar i februari."
OTHERS = ("Socialdirektör", "Nämndsekreterare")
KEPT_AT = "Socialförvaltningens arkiv, Rådhuset"
BALLOTS = {
    BallotChoice.YES: ["Ordförande", "Ledamot 2", "Ledamot 4"],
    BallotChoice.NO: ["Ledamot 1", "Ledamot 3", "Ledamot 5"],
    BallotChoice.ABSTAIN: ["Ersättare 1"],
}
#: Recorded as proposed with a click; the others are sent as forms.
FIRST = "Ekonomisk uppföljning efter oktober"


def seat(world: World, name: str) -> str:
    """The key of a person's seat."""
    seats = Seat.objects.filter(committee=world.meeting.committee_id)
    return str(seats.get(user__display_name=name).pk)


def summon(secretary: Person, world: World) -> None:
    """The agenda is locked, and what was decided by delegation is reported on it."""
    secretary.open(reverse("committee:desk", args=[world.meeting.pk]))
    secretary.press(say("Send the summons"))
    secretary.sees(say("The agenda is locked. What you put on it now comes as a numbered supplement."))


def call_roll(secretary: Person, world: World) -> None:
    """All members but one are there; a substitute serves for the one, the other two listen."""
    secretary.follow(say("In the meeting"))
    secretary.follow(say("Call the roll"))
    secretary.fill(**{f"state_{seat(world, 'Ledamot 6')}": "absent"})
    secretary.fill(**{f"state_{seat(world, f'Ersättare {turn}')}": "listens" for turn in (1, 2, 3)})
    secretary.press(say("Save the attendance"))
    secretary.press(say("Let %(substitute)s serve", substitute="Ersättare 1 (B)"))
    secretary.sees(say("%(serving)s of %(members)s serve.", serving=7, members=7))
    secretary.press(say("Open the meeting"))


# --- One matter after the other -------------------------------------------------------------------
def go_to(secretary: Person, item: AgendaItem) -> None:
    secretary.open(reverse("committee:item", args=[item.pk]))


def unfold(person: Person, text: str) -> None:
    """Open a part of the page that is folded."""
    person.page.get_by_text(text, exact=True).click()


def move(secretary: Person, world: World, item: AgendaItem, kind: str, mover: str, **fields: str) -> None:
    """Note another motion, as its form sends it."""
    send(
        secretary, "committee:item", item.pk, what="motion", kind=kind, moved_by=seat(world, mover), **fields
    )


def record(secretary: Person, outcome: str, **fields: object) -> None:
    """Record the decision on the item whose page is open."""
    secretary.follow(say("Record decision"))
    secretary.fill(outcome=outcome, **fields, confirmed=True)
    secretary.press(say("Record decision"))
    secretary.sees(say("The decision is recorded. The extract of the minutes is being made."))


def decide_on_the_round(secretary: Person, world: World) -> None:
    """A member with a conflict of interest leaves; a motion wins that changes amounts line by line."""
    item = world.item(told.ROUND)
    go_to(secretary, item)
    secretary.sees(say("%(seat)s has declared a conflict of interest.", seat="Ledamot 2 (B)"))
    secretary.press(say("Steps aside, %(substitute)s serves", substitute="Ersättare 2 (C)"))
    unfold(secretary, say("A motion"))
    asked = [f"att {points}" for points, _amount in CHANGED.values()]
    secretary.fill(kind=MotionKind.CHANGE, moved_by=seat(world, "Ledamot 4"), text="\n".join(asked))
    secretary.press(say("Note the motion"))
    secretary.checked = True
    secretary.follow(say("Record decision"))
    secretary.checked = False
    secretary.fill(outcome=Outcome.GRANTED, follows=str(item.motions.get().pk))
    unfold(secretary, say("Amounts, line by line"))
    for line in item.matter.lines.filter(title__in=CHANGED):
        _point, amount = CHANGED[line.title]
        if not amount:
            secretary.fill(**{f"rejected_{line.pk}": True})
            continue
        years = line.amounts_of(Stage.CHAIR)
        secretary.fill(**{f"decided_{line.pk}_{year}": str(amount) for year in years})
    proposed = DecisionPoint.objects.filter(matter=item.matter, stage=Stage.CHAIR).order_by("position")
    secretary.fill(points="\n".join(as_decided(point.text) for point in proposed), confirmed=True)
    secretary.press(say("Record decision"))
    secretary.sees(say("The decision is recorded. The extract of the minutes is being made."))


def as_decided(point: str) -> str:
    """A proposed point of the round in the words of the motion that won."""
    return next((f"att {new}" for name, (new, _amount) in CHANGED.items() if name in point), point)


def put_off(secretary: Person, world: World) -> None:
    """One matter tabled after a motion, one referred back with its task; the two single grants likewise."""
    tabled, referred_back = world.item(told.TABLED), world.item(told.REFERRED_BACK)
    move(secretary, world, tabled, MotionKind.TABLE, "Ledamot 5")
    go_to(secretary, tabled)
    record(secretary, Outcome.TABLED)
    move(secretary, world, referred_back, MotionKind.REFER_BACK, "Ledamot 4", text=TASK)
    go_to(secretary, referred_back)
    record(secretary, Outcome.REFERRED_BACK, instruction=TASK)
    one, other = (item.pk for item in world.meeting.agenda.filter(matter__in=world.singles))
    send(secretary, "committee:record", one, outcome=Outcome.TABLED, **EMPTY)
    send(secretary, "committee:record", other, outcome=Outcome.REFERRED_BACK, instruction=TASK, **EMPTY)


def vote(secretary: Person, world: World) -> None:
    """Two proposals stand against each other; the votes are equal, and the chair's decides. Two dissent."""
    item = world.item(told.VOTED)
    move(secretary, world, item, MotionKind.GRANT, "Ordförande")
    move(secretary, world, item, MotionKind.REJECT, "Ledamot 1", supported_by=seat(world, "Ledamot 3"))
    move(secretary, world, item, MotionKind.TABLE, "Ledamot 5", text=WITHDRAWN)
    go_to(secretary, item)
    secretary.press(f"{say('Withdrawn by the mover')} : Ledamot 5 (C) yrkar", exact=False)
    unfold(secretary, say("A vote by name"))
    ballots = {name: choice for choice, names in BALLOTS.items() for name in names}
    secretary.fill(**{f"ballot_{seat(world, name)}": choice for name, choice in ballots.items()})
    secretary.press(say("Note the vote"))
    unfold(secretary, say("A dissent"))
    secretary.fill(seats=[seat(world, "Ledamot 1"), seat(world, "Ledamot 3")], dissent_text=DISSENT)
    secretary.press(say("Note the dissent"))
    record(secretary, Outcome.GRANTED)


def decide_the_rest(secretary: Person, world: World) -> None:
    """One as proposed with a note, one at once, one rejected; all others as proposed, sent as forms."""
    go_to(secretary, world.item(FIRST))
    record(
        secretary, Outcome.GRANTED, **{"notes-0-kind": MinutesNote.Kind.STATEMENT, "notes-0-text": STATEMENT}
    )
    go_to(secretary, world.item(told.IMMEDIATE))
    record(secretary, Outcome.GRANTED, is_immediate=True)
    rejected = world.item(told.REJECTED)
    move(secretary, world, rejected, MotionKind.REJECT, "Ledamot 3")
    send(secretary, "committee:record", rejected.pk, outcome=Outcome.REJECTED, **EMPTY)
    for item in world.meeting.agenda.filter(decision=None):
        send(secretary, "committee:record", item.pk, outcome=Outcome.GRANTED, **EMPTY)


def close(secretary: Person, world: World) -> None:
    """Nothing is left to record, and the chair closes the meeting."""
    secretary.open(reverse("committee:room", args=[world.meeting.pk]))
    secretary.does_not_see(say("Record decision"))
    secretary.press(say("Close the meeting"))
    secretary.sees(say("The meeting is closed."))


#: What a form for a decision carries besides the outcome, when nothing else is written.
EMPTY = {"confirmed": "on", "notes-TOTAL_FORMS": "0", "notes-INITIAL_FORMS": "0"}


def send(person: Person, route: str, key: int, **fields: str) -> None:
    """Send a form as its button would; it has to lead on, not to come back with an error."""
    path = f"{person.address}{reverse(route, args=[key])}"
    cookies = {cookie["name"]: cookie["value"] for cookie in person.page.context.cookies(path)}
    form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": cookies["csrftoken"], **fields}
    answer = person.page.context.request.post(path, form=form, max_redirects=0)
    assert answer.status == 302, f"{path} answered {answer.status}: {answer.text()[:2000]}"


# --- The minutes ----------------------------------------------------------------------------------
def write_minutes(secretary: Person, world: World, button: str) -> str:
    """Begin the minutes, fill in page one and send them for approval; returns their address."""
    secretary.open(reverse("committee:meeting-minutes", args=[world.meeting.pk]))
    secretary.press(say(button))
    address = secretary.page.url.removeprefix(secretary.address)
    secretary.follow(say("Change page one"))
    secretary.fill(approvers=seat(world, "Ledamot 1"), others_present="\n".join(OTHERS), kept_at=KEPT_AT)
    secretary.press(say("Save page one"))
    secretary.press(say("Send for approval"))
    secretary.sees(say("The minutes wait to be approved. Nothing in them changes unless you take them back."))
    return address


def approve(people: list[Person], address: str) -> None:
    """Each reads the minutes at their own sign-in and approves them."""
    for person in people:
        person.open(address)
        person.press(say("Approve the minutes"))
        person.sees(say("You have approved the minutes."))


def try_to_change(secretary: Person, minutes: Minutes) -> None:
    """Approved minutes are frozen: the page for changing a paragraph refuses."""
    secretary.open(reverse("committee:minutes-paragraph", args=[minutes.paragraphs.earliest("pk").pk]))
    secretary.sees(say("The minutes are sent for approval and stand as they are."))
    secretary.does_not_see(say("Change the text"))


def announce(secretary: Person, address: str) -> str:
    """Record that the notice went up; gives the text for the city's board."""
    secretary.open(address)
    secretary.follow(say("Notice"))
    secretary.press(say("Record the notice"))
    secretary.sees(say("It is recorded that the notice went up. The last day to appeal follows from it."))
    return secretary.downloads(say("The notice as a text file")).decode()


def read_minutes(secretary: Person, address: str) -> bytes:
    """The minutes as they are kept: approved, with the days of the notice."""
    secretary.open(address)
    secretary.looks_again_until_link(say("The minutes"))
    return secretary.downloads(say("The minutes"))


# --- The letters ----------------------------------------------------------------------------------
def make_letters(secretary: Person, world: World) -> None:
    """All letters of the meeting are made at once; they wait as drafts."""
    secretary.open(reverse("committee:desk", args=[world.meeting.pk]))
    secretary.press(say("Make all letters of the meeting"))
    wait_until(lambda: not Letter.objects.exclude(state=LetterState.READY).exists(), "letters are drafts")


def edit_letter(secretary: Person, world: World, name: str) -> None:
    """One letter gets a sentence of its own, and is made again with it."""
    open_letters(secretary, world)
    secretary.follow(name)
    secretary.follow(say("Edit"))
    secretary.fill(extra=EXTRA)
    secretary.press(say("Save the letter"))
    wait_until(lambda: Letter.objects.get(line__title=name, parts__extra=EXTRA).is_ready, "it is made again")
    secretary.look_again()
    secretary.sees(EXTRA)


def open_letters(secretary: Person, world: World, outcome: str = "") -> None:
    """The meeting's letters; with `outcome` those that tell of such a one."""
    secretary.open(f"{reverse('committee:letters')}?meeting={world.meeting.pk}")
    if outcome:
        secretary.fill(outcome=outcome)
        secretary.press(say("Show"))


def release_shown(secretary: Person, count: int) -> None:
    """Release the letters of the list, having seen once more which they are."""
    secretary.follow(say("Release what is shown"))
    secretary.press(say_many("Release %(count)s letter", "Release %(count)s letters", count))
    secretary.sees(
        say_many(
            "%(count)s letter is released. The association sees it now.",
            "%(count)s letters are released. The associations see them now.",
            count,
        )
    )


def read_letter(association: Person) -> bytes:
    """The association finds its letter where it saw nothing before."""
    association.look_again()
    association.sees(say("The decision"))
    letter = str(Record.Kind.DECISION_LETTER.label)
    association.looks_again_until_link(letter)
    return association.downloads(letter)
