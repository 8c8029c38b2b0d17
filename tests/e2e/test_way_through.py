"""The way through: an association applies, an officer assesses, the committee decides, they read it.

In a real browser, against the web server, a worker, PostgreSQL, Redis and a mail server; every page on the
way is checked for accessibility, light and dark, and for sideways scrolling.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from grants.models import Call, GrantType
from portal.people.models import Role
from tests.e2e import applying, deciding
from tests.e2e.applying import ANSWER, EMAIL, NAME, TITLE
from tests.e2e.mailbox import Mailbox
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import CallFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

MakePerson = Callable[..., Person]


def test_operating_grant_from_sign_up_to_decision(
    city: MakePerson, person: MakePerson, post: Mailbox, tmp_path: Path
) -> None:
    """Verksamhetsbidrag for two years in a round; the chair changes a sum."""
    call = CallFactory.create()
    association, officer = person(), city(Role.CASE_OFFICER)

    applying.sign_up(association, call)
    applying.write(association, call, tmp_path, [120_000, 130_000])
    officer.follow(say("Applications"))
    officer.sees(say("Nothing has come in yet"))
    number = applying.send(association)
    receipt = applying.receipt_of(association, number)
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

    chair = city(Role.CHAIR)
    chair.follow(say("Chair's proposals"))
    chair.follow_first_row()
    matter = chair.page.locator("h1").inner_text()
    first = chair.page.locator("input[name$='_2027']").get_attribute("name") or ""
    chair.fill(**{first: "110 000"})
    chair.press(say("Propose this"))
    chair.sees(say("Write why you propose something else."))
    chair.fill(comment="Behovet är större än förvaltningen har räknat med.")
    chair.press(say("Propose this"))
    chair.sees(say("You have made a proposal of your own"))

    secretary = city(Role.SECRETARY)
    deciding.make_meeting(secretary, matter)
    deciding.make_pack(secretary)
    member = city(Role.MEMBER)
    pack = deciding.read_pack(member, matter, ["Tjänsteskrivelse", "Ordförandeförslag", "Fördelningstabell"])
    for shown in (deciding.JUDGEMENT, "120 000", "100 000", "110 000"):
        assert shown in pack

    deciding.record(secretary, "Ledamot 1 vill att verksamheten följs upp efter ett år.")
    deciding.approve(secretary, chair, member)
    assert "110 000 kr" in deciding.tell(secretary, association, TITLE)
    assert_mails_say_only_where_to_look(post, number)


def assert_mails_say_only_where_to_look(post: Mailbox, number: str) -> None:
    mails = post.to(EMAIL)
    about = [mail for mail in mails if number in mail]
    assert len(about) == 2, mails
    for mail in mails:
        for secret in (ANSWER, TITLE, "110 000", "stadgar.pdf"):
            assert secret not in mail
