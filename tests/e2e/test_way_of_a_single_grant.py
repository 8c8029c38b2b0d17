"""The way of a single development grant, which becomes a matter of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grants.models import GrantType
from portal.people.models import Role
from tests.e2e import applying, deciding
from tests.e2e.applying import NAME, TITLE
from tests.e2e.mailbox import Mailbox
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import CallFactory

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

MakePerson = Callable[..., Person]


def test_development_grant_becomes_a_matter_of_its_own(
    city: MakePerson, person: MakePerson, post: Mailbox, tmp_path: Path
) -> None:
    """Utvecklingsbidrag in a call that is always open; the chair adopts.

    The pages are those of the other story, so they are not looked at again.
    """
    call = CallFactory.create(
        grant_type=GrantType.UTVECKLINGSBIDRAG, title="Utvecklingsbidrag", max_years=1, closes_at=None
    )
    association = person(checked=False)
    applying.sign_up(association, call)
    applying.write(association, call, tmp_path, [80_000])
    number = applying.send(association)

    officer = city(Role.CASE_OFFICER, checked=False)
    officer.follow(say("Applications"))
    officer.follow(NAME)
    deciding.open_without_conflict(officer, TITLE)
    deciding.assess(officer, GrantType.UTVECKLINGSBIDRAG, {2027: 80_000})
    officer.checked = True
    officer.follow(NAME)
    officer.press(say("Hand to the committee"))

    chair = city(Role.CHAIR, checked=False)
    chair.follow(say("Chair's proposals"))
    chair.follow_first_row()
    matter = chair.page.locator("h1").inner_text()
    chair.press(say("Adopt the officers' proposal"))
    chair.sees(say("You adopt the officers' proposal"))

    secretary = city(Role.SECRETARY, checked=False)
    deciding.make_meeting(secretary, matter)
    deciding.make_pack(secretary)
    member = city(Role.MEMBER, checked=False)
    assert TITLE in deciding.read_pack(member, matter, ["Tjänsteskrivelse", "Ordförandeförslag"])
    deciding.record(secretary, "Ledamot 1 vill att verksamheten följs upp efter ett år.")
    deciding.approve(secretary, chair, member)
    letter = deciding.tell(secretary, association, TITLE)
    assert "80 000 kr" in letter
    assert number in letter
