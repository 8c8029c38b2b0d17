"""The way through: an association applies, an officer assesses, the committee decides, they read it.

In a real browser, against the web server, a worker, PostgreSQL, Redis and a mail server; every page on the
way is checked for accessibility, light and dark, and for sideways scrolling.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from grants.models import Application, Call, GrantType, Section
from portal.people.models import Role
from tests.documents.reading import page_texts
from tests.e2e import applying, deciding
from tests.e2e.applying import ANSWER, NAME, TITLE
from tests.e2e.conftest import Mailbox
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import PASSWORD, CallFactory, CommitteeFactory, staff

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

EMAIL = "ordforande@fyren.example.org"
MakePerson = Callable[..., Person]


@pytest.fixture
def city(transactional_db: None) -> None:
    """The city's own people, and a committee that decides."""
    CommitteeFactory()
    for role in (Role.CASE_OFFICER, Role.CHAIR, Role.SECRETARY, Role.MEMBER):
        staff(role, email=f"{role}@example.org")


def staff_member(person: MakePerson, role: str, *, checked: bool = True) -> Person:
    signed_in = person(checked=checked)
    signed_in.sign_in(f"{role}@example.org")
    return signed_in


def test_operating_grant_from_sign_up_to_decision(
    city: None, person: MakePerson, post: Mailbox, tmp_path: Path
) -> None:
    """Verksamhetsbidrag for two years in a round; the chair changes a sum."""
    call = CallFactory.create()
    association, officer = person(), staff_member(person, Role.CASE_OFFICER)

    sign_up(association, call)
    write(association, call, tmp_path, [120_000, 130_000])
    officer.follow(say("Applications"))
    officer.sees(say("Nothing has come in yet"))
    number = send(association)
    receipt = association_gets_receipt(association, number)
    assert NAME in receipt
    assert TITLE in receipt

    officer.follow(say("Applications"))
    officer.follow(NAME)
    deciding.open_without_conflict(officer, TITLE)
    deciding.assess(officer, GrantType.VERKSAMHETSBIDRAG, {2027: 100_000, 2028: 100_000})
    Call.objects.update(closes_at=timezone.now())  # the window closes
    officer.follow(say("Rounds"))
    officer.follow(call.title)
    officer.press(say("Hand the round to the committee"))

    chair = staff_member(person, Role.CHAIR)
    chair.follow(say("Chair's proposals"))
    chair.page.get_by_role("rowheader").get_by_role("link").click()
    matter = chair.page.locator("h1").inner_text()
    first = chair.page.locator("input[name$='_2027']").get_attribute("name") or ""
    chair.fill(**{first: "110 000"})
    chair.press(say("Propose these amounts"))
    chair.sees(say("Write why you propose other amounts."))
    chair.fill(comment="Behovet är större än förvaltningen har räknat med.")
    chair.press(say("Propose these amounts"))
    chair.sees(say("You propose other amounts"))

    secretary = staff_member(person, Role.SECRETARY)
    deciding.make_meeting(secretary, matter)
    deciding.make_pack(secretary)
    member = staff_member(person, Role.MEMBER)
    pack = deciding.read_pack(member, matter, ["Tjänsteskrivelse", "Ordförandeförslag", "Fördelningstabell"])
    for shown in (deciding.JUDGEMENT, "120 000", "100 000", "110 000"):
        assert shown in pack

    deciding.record(secretary, "Ledamot 1 vill att verksamheten följs upp efter ett år.")
    tell(secretary, association, number)
    decision = deciding.letter_of(association, "Beslut")
    assert "110 000 kr" in decision
    assert_mails_say_only_where_to_look(post, number)


def test_development_grant_becomes_a_matter_of_its_own(
    city: None, person: MakePerson, post: Mailbox, tmp_path: Path
) -> None:
    """Utvecklingsbidrag in a call that is always open; the chair adopts.

    The pages are those of the other story, so they are not looked at again.
    """
    call = CallFactory.create(
        grant_type=GrantType.UTVECKLINGSBIDRAG, title="Utvecklingsbidrag", max_years=1, closes_at=None
    )
    association = person(checked=False)
    sign_up(association, call)
    write(association, call, tmp_path, [80_000])
    number = send(association)

    officer = staff_member(person, Role.CASE_OFFICER, checked=False)
    officer.follow(say("Applications"))
    officer.follow(NAME)
    deciding.open_without_conflict(officer, TITLE)
    deciding.assess(officer, GrantType.UTVECKLINGSBIDRAG, {2027: 80_000})
    officer.checked = True
    officer.follow(NAME)
    officer.press(say("Hand to the committee"))

    chair = staff_member(person, Role.CHAIR, checked=False)
    chair.follow(say("Chair's proposals"))
    chair.page.get_by_role("rowheader").get_by_role("link").click()
    matter = chair.page.locator("h1").inner_text()
    chair.press(say("Adopt the officers' proposal"))
    chair.sees(say("You adopt the officers' proposal"))

    secretary = staff_member(person, Role.SECRETARY, checked=False)
    deciding.make_meeting(secretary, matter)
    deciding.make_pack(secretary)
    member = staff_member(person, Role.MEMBER, checked=False)
    assert TITLE in deciding.read_pack(member, matter, ["Tjänsteskrivelse", "Ordförandeförslag"])
    deciding.record(secretary, "Ledamot 1 vill att verksamheten följs upp efter ett år.")
    tell(secretary, association, number)
    assert "80 000 kr" in deciding.letter_of(association, "Beslut")


# --- The association ------------------------------------------------------------------------------
def sign_up(association: Person, call: Call) -> None:
    """From the start page by way of the call to an application of one's own."""
    association.open("/")
    association.follow(call.title)
    association.follow(say("Start an application"))
    association.follow(say("Create an account"))
    association.fill(email=EMAIL, password1=PASSWORD)
    association.press_in_form(say("Create an account"))
    association.sees(say("Register an association"))
    applying.register(association, EMAIL)
    association.sees(say("%(name)s is registered. You manage it and sign for it.", name=NAME))
    association.press(say("Start the application"))
    association.sees(say("Not sent"))


def write(association: Person, call: Call, folder: Path, sums: list[int]) -> None:
    """Fill in all tasks: leaves half way and comes back, and mends a budget that does not come out even."""
    association.follow(str(Section.GRANT.label))
    applying.fill_section(association, call, Section.GRANT, sums)
    association.press(say("Save and continue"))
    association.fill(answer_need=ANSWER)
    association.press(say("Save"))
    association.sign_out()
    association.sign_in(EMAIL)
    association.follow(say("Our applications"))
    association.follow(TITLE)
    association.follow(str(Section.NEED.label))
    assert association.has_written("answer_need") == ANSWER

    for section in list(Section)[1:-1]:
        applying.fill_section(association, call, section, sums)
        if section == Section.ECONOMY:
            association.fill(budget_premises="35 000")
            assert "−15 000 kr" in association.reads(), "the balance is counted while one writes"
            association.press(say("Save"))
            association.sees(
                say(
                    "As saved: the costs are %(sum)s larger than the income. "
                    "Write where the rest comes from, or lower the costs.",
                    sum="15 000 kr",
                )
            )
            association.fill(budget_premises="20 000")
        association.press(say("Save and continue"))
    applying.attach(association, folder)
    association.sees("stadgar.pdf")


def send(association: Person) -> str:
    """Check the answers, sign and send; returns the registry number."""
    association.press(say("Save and continue"))
    association.sees(ANSWER)
    association.press(say("Sign and send"))
    association.sees(say("Tick the box if you sign for the association."))
    association.fill(signed=True)
    association.press(say("Sign and send"))
    association.sees(say("We have received your application"))
    number = association.page.locator(".registry-number").inner_text()
    assert re.fullmatch(r"\d{5}/\d{4}", number)
    return number


def association_gets_receipt(association: Person, number: str) -> str:
    """The receipt's PDF comes by itself to the page that is open; returns its text."""
    text = " ".join(page_texts(association.downloads(say("Receipt"))))
    assert number in text
    return text


def tell(secretary: Person, association: Person, number: str) -> None:
    """The association sees its decision only when it is told."""
    association.follow(say("Our applications"))
    association.follow(TITLE)
    association.does_not_see(say("The decision"))
    secretary.press(say("Tell the associations"), exact=False)
    secretary.sees(say("The associations are told the decision."))
    association.page.reload()
    association.sees(say("The decision"))
    association.looks_again_until_link("PDF")
    assert Application.objects.get().case.registry_number == number  # type: ignore[union-attr]


def assert_mails_say_only_where_to_look(post: Mailbox, number: str) -> None:
    mails = post.to(EMAIL)
    about = [mail for mail in mails if number in mail]
    assert len(about) == 2, mails
    for mail in mails:
        for secret in (ANSWER, TITLE, "110 000", "stadgar.pdf"):
            assert secret not in mail
