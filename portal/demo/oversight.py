"""What officers have seen to for the demo's associations: numbers, accounts, eligibility and contacts.

What happened last spring is written with its day; what is new is done through the acts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from grants.associations import accounts
from grants.associations.account_states import AccountState
from grants.models import (
    Association,
    AssociationEvent,
    ContactNote,
    ContactOfficer,
    Eligibility,
    Paper,
    PaymentAccount,
)
from portal.demo.papers import ACCOUNT_EVIDENCE
from portal.demo.register import Registered, annual_meeting
from portal.demo.texts import DATA, Story
from portal.documents.models import StoredFile
from portal.people.models import User

#: Has just entered another account than the one in use.
CHANGES_ACCOUNT = 1
NEW_ACCOUNT = ("bankgiro", "99905010")
#: The account is checked once and waits for the second officer.
CHECKED_ONCE = 19
#: The account was a person's own, and was refused.
REFUSED = 20
#: Has entered its account; nobody has looked yet.
NOT_CHECKED = 21
WITHOUT_ACCOUNT = 22
#: Eligible for a few weeks more; and no longer.
ENDS_SOON, HAS_ENDED, NEVER_DECIDED = 14, 19, 22
NUMBER_NOT_VERIFIED = (20, 22)
#: Whose papers wait to be looked at, and whose auditor's report was not good enough.
NOT_REVIEWED, NOT_APPROVED = (19, 20, 22), 21
#: Days after the annual meeting.
ADDED_AFTER_DAYS, CHECKED_AFTER_DAYS = 23, 40
CHECKED = "Årsmöte, stadgar och styrelse är kontrollerade."


def oversee(
    story: Story,
    registered: Registered,
    staff: Mapping[str, User],
    papers: Mapping[str, StoredFile],
    today: date,
) -> None:
    """One association as the administration knows it."""
    number, association = story.facts["number"], registered.association
    officer, colleague = staff["handlaggare"], staff["handlaggare2"]
    checked_at = _at(annual_meeting(today) + timedelta(days=CHECKED_AFTER_DAYS))
    events = []
    if number not in NUMBER_NOT_VERIFIED:
        association.number_verified_at, association.number_verified_by = checked_at, officer
        association.save(update_fields=["number_verified_at", "number_verified_by"])
        events.append(
            (checked_at, AssociationEvent.Kind.NUMBER_VERIFIED, association.organisation_number or "")
        )
    if number != NEVER_DECIDED:
        decided = _decide(association, number, officer, today)
        period = f"{decided.valid_from} – {decided.valid_until}: {CHECKED}"
        events.append((decided.decided_at, AssociationEvent.Kind.ELIGIBILITY_DECIDED, period))
    contact = officer if number % 2 else colleague
    ContactOfficer.objects.create(
        association=association, officer=contact, since=checked_at, given_by=officer
    )
    events.append((checked_at, AssociationEvent.Kind.CONTACT_OFFICER, f"– → {contact}"))
    AssociationEvent.objects.bulk_create(
        AssociationEvent(association=association, kind=kind, actor=officer, at=at, detail=detail)
        for at, kind, detail in events
    )
    _account(story, registered, (officer, colleague), papers[ACCOUNT_EVIDENCE], today)
    _review(association, number, officer, annual_meeting(today))


def _decide(association: Association, number: int, officer: User, today: date) -> Eligibility:
    """Eligible for a year from the day it was decided."""
    last = _last_eligible_day(number, today)
    first = last - timedelta(days=364)
    return Eligibility.objects.create(
        association=association,
        valid_from=first,
        valid_until=last,
        reason=CHECKED,
        decided_by=officer,
        decided_at=_at(first),
    )


def _review(association: Association, number: int, officer: User, meeting: date) -> None:
    """The papers are approved, but for one, and for those that nobody has looked at yet."""
    at = _at(meeting + timedelta(days=CHECKED_AFTER_DAYS))
    papers = Paper.objects.filter(association=association)
    papers.update(added_at=_at(meeting + timedelta(days=ADDED_AFTER_DAYS)))
    if number not in NOT_REVIEWED:
        papers.update(review=Paper.Review.APPROVED, reviewed_by=officer, reviewed_at=at)
    if number == NOT_APPROVED:
        papers.filter(type__code="revisionsberattelse").update(
            review=Paper.Review.NOT_APPROVED,
            reviewed_by=officer,
            reviewed_at=at,
            review_note="Revisorns underskrift saknas. Lägg till en ny version som är underskriven.",
        )


def write_contacts(registered: Mapping[int, Registered], staff: Mapping[str, User], today: date) -> None:
    """The officers' notes of talks with associations, some to follow up, two too late."""
    notes = json.loads((DATA / "contacts.json").read_text(encoding="utf-8"))["notes"]
    ContactNote.objects.bulk_create(
        ContactNote(
            association=registered[note["association"]].association,
            held_on=today - timedelta(days=note["days_ago"]),
            channel=note["channel"],
            mark=note["mark"],
            text=note["text"],
            follow_up_on=today + timedelta(days=note["follow_up_in"]) if "follow_up_in" in note else None,
            written_by=staff[note["officer"]],
            written_at=_at(today - timedelta(days=note["days_ago"])),
        )
        for note in notes
    )


def _last_eligible_day(number: int, today: date) -> date:
    if number == ENDS_SOON:
        return today + timedelta(days=18)
    if number == HAS_ENDED:
        return today - timedelta(days=12)
    last = annual_meeting(today) + timedelta(days=45)
    return last.replace(year=last.year + 1)


def _account(
    story: Story,
    registered: Registered,
    officers: tuple[User, User],
    evidence: StoredFile,
    today: date,
) -> None:
    number, association, by = story.facts["number"], registered.association, registered.chair
    told = story.facts["register"]["account"]
    if number == WITHOUT_ACCOUNT:
        return
    if number in (CHECKED_ONCE, REFUSED, NOT_CHECKED):
        account = _enter(association, (told["kind"], told["number"]), evidence, by)
        if number == CHECKED_ONCE:
            accounts.verify(account.pk, officers[0])
        if number == REFUSED:
            reason = "Kontot står på en privatperson. Öppna ett konto i föreningens namn och skriv in det."
            accounts.refuse(account.pk, reason, officers[1])
        return
    _in_use(association, told, evidence, by, officers, annual_meeting(today))
    if number == CHANGES_ACCOUNT:
        _enter(association, NEW_ACCOUNT, evidence, by)


def _enter(association: Association, giro: tuple[str, str], evidence: StoredFile, by: User) -> PaymentAccount:
    kind, digits = giro
    new = accounts.NewAccount(kind, digits, association.name, evidence, "kontobevis.pdf")
    return accounts.enter(association, new, by)


def _in_use(
    association: Association,
    giro: Mapping[str, str],
    evidence: StoredFile,
    by: User,
    officers: tuple[User, User],
    meeting: date,
) -> None:
    """An account that was entered after the annual meeting and checked by both officers."""
    PaymentAccount.objects.create(
        association=association,
        kind=giro["kind"],
        number=giro["number"],
        holder=association.name,
        evidence=evidence,
        evidence_name="kontobevis.pdf",
        state=AccountState.EFFECTIVE,
        entered_by=by,
        entered_at=_at(meeting + timedelta(days=ADDED_AFTER_DAYS)),
        verified_by=officers[0],
        verified_at=_at(meeting + timedelta(days=CHECKED_AFTER_DAYS)),
        confirmed_by=officers[1],
        confirmed_at=_at(meeting + timedelta(days=CHECKED_AFTER_DAYS + 1)),
    )


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10, 15)))
