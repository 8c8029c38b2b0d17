"""The steps of a partnership's people at their own windows, from an idea to what they learned together.

The pages are looked at in the rooms' own tests, so they are walked here and not looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from grants.models import Frame
from iop import lists_file
from iop.models import Agreement, Area, FollowUp, Idea, Party, TargetGroup
from portal.committee.models import AgendaItem, Matter, Outcome
from portal.documents import work
from portal.documents.models import Document, DocumentState
from portal.people.models import Role
from portal.registry.models import Record
from tests.committee.building import published_pack
from tests.documents.reading import page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.e2e import deciding
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import AssociationFactory, CommitteeFactory, person_of, staff
from tests.iop.agreeing import ANSWERS
from tests.iop.building import unit_with_contact

MakePerson = Callable[..., Person]


@dataclass(frozen=True)
class Desk:
    """The city's people around a partnership, each at a window of their own."""

    officer: Person
    chair: Person
    secretary: Person


@dataclass(frozen=True)
class Partner:
    """An association or a unit, and the person who acts and signs for it."""

    name: str
    key: int
    person: Person
    #: The field by which it is invited.
    kind: str

    def party(self, agreement: Agreement) -> Party:
        return next(party for party in agreement.parties.all() if party.name == self.name)


# --- Who there is ---------------------------------------------------------------------------------
def city(make: MakePerson, frames: Mapping[int, int]) -> Desk:
    """A committee with its lists and frames, and its people signed in."""
    committee = CommitteeFactory.create()
    lists_file.install_shipped()
    for year, amount in frames.items():
        Frame.objects.create(authority=committee.authority, year=year, amount=amount)
    roles = (Role.CASE_OFFICER, Role.CHAIR, Role.SECRETARY)
    return Desk(*(signed_in(make, staff(role).email) for role in roles))


def association(make: MakePerson, name: str) -> Partner:
    row = AssociationFactory.create(name=name)
    return Partner(name, row.pk, signed_in(make, person_of(row).email), "association")


def unit(make: MakePerson, name: str) -> Partner:
    row, contact = unit_with_contact(name)
    return Partner(name, row.pk, signed_in(make, contact.email), "unit")


def signed_in(make: MakePerson, email: str) -> Person:
    person = make(checked=False)
    person.sign_in(email)
    return person


def enter(person: Person, name: str, agreement: Agreement, *more: int) -> None:
    """Open a page of the partnership; the city's people declare the first time (kommunallagen 7:4)."""
    path = reverse(f"iop:{name}", args=[agreement.pk, *more])
    person.open(path)
    if person.page.url.endswith("/jav/"):
        person.fill(answer="no")
        person.press(say("Declare and go on"))
        person.open(path)


# --- From an idea to a text -----------------------------------------------------------------------
def leave_idea(by: Partner, title: str, text: str) -> Idea:
    person = by.person
    person.open(reverse("iop:home"))
    person.follow(say("Leave an idea"))
    group = TargetGroup.objects.get(code="barn_unga")
    person.fill(title=title, text=text, area=str(Area.objects.get(code="ifo").pk), target_groups=[group.pk])
    person.press(say("Leave the idea"))
    return Idea.objects.get(title=title)


def answer_with_partnership(officer: Person, idea: Idea, with_unit: Partner) -> Agreement:
    """The evaluation's answer to the idea: let us write an agreement together."""
    officer.open(reverse("iop:idea", args=[idea.pk]))
    officer.follow(say("Answer the idea"))
    officer.fill(declared=True, outcome=Idea.Outcome.IOP, answer="Det här gör vi tillsammans.")
    officer.fill(unit=str(with_unit.key), area=str(idea.area_id))
    officer.press(say("Send the answer"))
    return Agreement.objects.get(idea=idea)


def invite(officer: Person, agreement: Agreement, partner: Partner) -> None:
    enter(officer, "parties", agreement)
    officer.fill(**{partner.kind: str(partner.key)})
    officer.press(say("Invite"))
    officer.sees(say("They are invited, and have been told by e-mail."))


def choose_days(by: Partner, agreement: Agreement, first: date, last: date, summary: str) -> None:
    enter(by.person, "agreement-facts", agreement)
    by.person.fill(summary=summary, starts_on=first.isoformat(), ends_on=last.isoformat())
    by.person.press(say("Save"))
    agreement.refresh_from_db()


def write_clauses(by: Partner, agreement: Agreement, texts: Mapping[str, str]) -> None:
    """Write the clauses that the city's standard leaves to the parties, by their key."""
    for key, text in texts.items():
        enter(by.person, "clause", agreement, agreement.clauses.get(key=key).number)
        by.person.fill(text=text)
        by.person.press(say("Save the wording"))


def promise(partner: Partner, agreement: Agreement, kind: str, amount: int, words: str) -> None:
    """The partner writes the same of a kind for each year: whole kronor or hours."""
    enter(partner.person, "party-contributions", agreement, partner.party(agreement).pk)
    partner.person.fill(**{f"{kind}_{year}": str(amount) for year in agreement.years})
    partner.person.fill(**{f"{kind}_text": words})
    partner.person.press(say("Save"))
    partner.person.sees(say("Saved. The parties are asked to say yes to clause 8 anew."))


def write_budget(by: Partner, agreement: Agreement, cost: str, amount: int) -> None:
    enter(by.person, "budget", agreement)
    by.person.fill(kostnad_0_text=cost)
    by.person.fill(**{f"kostnad_0_{year}": str(amount) for year in agreement.years})
    by.person.press(say("Save"))
    by.person.sees(say("Saved."))


def add_goal(by: Partner, agreement: Agreement, level: str, goal: str, **indicator: str) -> None:
    """A goal with one indicator: its `text`, `unit`, `baseline` and `target`."""
    enter(by.person, "goals", agreement)
    by.person.fill(level=level, goal=goal)
    by.person.press(say("Add"))
    by.person.open(reverse("iop:goal", args=[agreement.pk, agreement.goals.get(text=goal).pk]))
    by.person.fill(**indicator)
    by.person.press(say("Add"))
    by.person.sees(indicator["text"])


def add_seat(by: Partner, agreement: Agreement, group: str, role: str) -> None:
    enter(by.person, "groups", agreement)
    by.person.fill(group=group, party=str(by.party(agreement).pk), role=role)
    by.person.press(say("Add"))
    by.person.sees(role)


# --- To the committee and back --------------------------------------------------------------------
def assess_market(officer: Person, agreement: Agreement) -> None:
    enter(officer, "market", agreement)
    texts = {name: text for name, text in ANSWERS.items() if isinstance(text, str)}
    officer.fill(**texts, supports_economic_activity="no")
    officer.press(say("Save"))
    officer.press(say("Sign the assessment"))
    officer.sees(say("The assessment is signed and registered."))


def say_yes(partners: Sequence[Partner], agreement: Agreement) -> None:
    for partner in partners:
        enter(partner.person, "clauses-yes", agreement)
        partner.person.press(say("Yes to all of it from %(name)s", name=partner.name))


def send_to_committee(officer: Person, agreement: Agreement) -> Matter:
    enter(officer, "to-committee", agreement)
    officer.press(say("Send to the committee"))
    return agreement.proposals.latest("pk").matter


def decide(desk: Desk, matter: Matter) -> list[str]:
    """The committee decides as proposed; gives the texts of report, appendix and extract, each validated."""
    desk.chair.open(reverse("committee:chair-matter", args=[matter.pk]))
    desk.chair.press(say("Adopt the officers' proposal"))
    deciding.make_meeting(desk.secretary, matter.title)
    item = AgendaItem.objects.select_related("meeting").get(matter=matter)
    # The pages around the pack are walked in test_way_through. It is really made, by the workers' acts in
    # this process: a worker of its own would not live in the test's years.
    pack = published_pack(item.meeting)
    assert pack.file is not None
    whole = pack.file.read()
    assert_archival_and_accessible(whole)
    assert matter.title in " ".join(page_texts(whole))
    in_meeting = reverse("committee:matter", args=[item.meeting_id, matter.pk])
    desk.secretary.open(in_meeting)
    papers = [read(desk.secretary, name) for name in ("Tjänsteskrivelse", matter.appendices.get().title)]
    desk.secretary.open(reverse("committee:record", args=[item.pk]))
    desk.secretary.fill(outcome=Outcome.GRANTED, confirmed=True)
    desk.secretary.press(say("Record decision"))
    make_documents()
    desk.secretary.open(in_meeting)
    paragraph = matter.decisions.get().paragraph
    extract = say("Extract of the minutes, § %(paragraph)s", paragraph=paragraph)
    return [*papers, read(desk.secretary, extract)]


def sign(partners: Sequence[Partner], agreement: Agreement) -> str:
    """Each signs in their own window; gives the text of the signed agreement, validated."""
    for partner in partners:
        enter(partner.person, "sign", agreement)
        partner.person.press(say("Sign for %(name)s", name=partner.name))
        partner.person.sees(say("You have signed. Thank you."))
    return registered(partners[0], agreement, Record.Kind.AGREEMENT)


# --- While it runs --------------------------------------------------------------------------------
def deliver(partner: Partner, agreement: Agreement, kind: str, on: date, **what: str) -> None:
    """Note what the partner has contributed: `kronor` or `hours`, and `text`."""
    enter(partner.person, "deliver", agreement)
    partner.person.fill(kind=kind, on=on.isoformat(), **what)
    partner.person.press(say("Note it"))
    partner.person.sees(say("The contribution is noted."))


def write_addendum(by: Partner, agreement: Agreement, title: str, kronor: Mapping[int, int]) -> Matter:
    """The partner promises other sums for some years, and sends the addendum to the committee."""
    person = by.person
    enter(person, "running", agreement)
    person.follow(say("Change the agreement by an addendum"))
    person.fill(title=title, reason="Fler unga kommer än vi räknade med.")
    person.press(say("Save"))
    for year, amount in kronor.items():
        person.follow(say("Change a promise"))
        person.fill(party=str(by.party(agreement).pk), kind="pengar", year=str(year), kronor=str(amount))
        person.press(say("Save"))
    person.press(say("Send it to the committee"))
    return agreement.proposals.latest("pk").matter


def sign_addendum(partners: Sequence[Partner], agreement: Agreement) -> str:
    """Each signs in their own window; gives the text of the signed addendum, validated."""
    number = agreement.addenda.latest("number").number
    for partner in partners:
        enter(partner.person, "addendum", agreement, number)
        partner.person.press(say("Sign for %(party)s", party=partner.name))
        partner.person.sees(say("You have signed the addendum."))
    return registered(partners[0], agreement, Record.Kind.ADDENDUM)


def follow_up(
    partners: Sequence[Partner], row: FollowUp, texts: Mapping[str, str], values: Sequence[str]
) -> str:
    """The first writes the joint text with the indicators' `values`, each its own view, and all say yes.

    Gives the text of the document, validated.
    """
    agreement = row.agreement
    enter(partners[0].person, "write-follow-up", agreement, row.pk)
    partners[0].person.fill(**texts, onward=FollowUp.Onward.CONTINUE)
    indicators = [indicator for goal in agreement.goals.all() for indicator in goal.indicators.all()]
    for indicator, value in zip(indicators, values, strict=True):
        partners[0].person.fill(**{f"value_{indicator.pk}": value})
    partners[0].person.press(say("Save"))
    for partner in partners:
        enter(partner.person, "write-own-view", agreement, row.pk)
        partner.person.fill(worked=f"{partner.name} tycker att vi har lyssnat på varandra.")
        partner.person.press(say("Save"))
    for partner in partners:
        enter(partner.person, "follow-up", agreement, row.pk)
        partner.person.press(say("%(party)s says yes", party=partner.name))
    partners[-1].person.sees(say("All parties have said yes. The document is being made."))
    return registered(partners[0], agreement, Record.Kind.FOLLOW_UP)


def renew(by: Partner, agreement: Agreement) -> Agreement:
    """Begin the agreement that follows, with the days that are suggested."""
    enter(by.person, "running", agreement)
    by.person.follow(say("Renew the partnership"))
    by.person.press(say("Begin the new agreement"))
    return Agreement.objects.get(renews=agreement)


# --- Documents ------------------------------------------------------------------------------------
def make_documents() -> None:
    """What a worker does with the documents that wait."""
    for document_id in Document.objects.filter(state=DocumentState.QUEUED).values_list("pk", flat=True):
        work.render(document_id)


def registered(reader: Partner, agreement: Agreement, kind: str) -> str:
    """The text of the last document of its kind on the partnership's page, validated."""
    make_documents()
    enter(reader.person, "running", agreement)
    return read(reader.person, agreement.case.records.filter(kind=kind).latest("pk").title)


def read(person: Person, link: str) -> str:
    """The text of the PDF behind a link of the page; fails with each broken rule of PDF/A-2a or PDF/UA-1."""
    pdf = person.downloads(link)
    assert_archival_and_accessible(pdf)
    return " ".join(page_texts(pdf))
