"""Registers the demo's associations: facts, office holders and figures by number, people by role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from grants.associations.invitations import invite
from grants.associations.members import Role, Standing, end_access, give
from grants.models import Association, FactsConfirmation, OfficeHolder, SigningRule, YearlyFigures
from portal.demo.people import CHAIR, DOMAIN, PEOPLE, SITE, TREASURER, DemoMember, create_person
from portal.demo.texts import Story, slug
from portal.people.models import User

#: Signs two jointly: the chair and the treasurer.
JOINTLY = 2
#: Has not said for more than a year that its facts are right, and whose chair was chosen until last March.
FORGETFUL = 19
#: Has invited a treasurer who has not answered.
INVITES = 19
#: Somebody who wrote for it has left.
LEFT = 21

_OFFICES = {
    OfficeHolder.Office.CHAIR: "Ordförande",
    OfficeHolder.Office.TREASURER: "Kassör",
    OfficeHolder.Office.SECRETARY: "Sekreterare",
    OfficeHolder.Office.AUDITOR: "Revisor",
    OfficeHolder.Office.NOMINATIONS: "Valberedningens sammankallande",
}


@dataclass(frozen=True)
class Registered:
    """An association with those who sign for it: two where two sign jointly."""

    association: Association
    signatories: tuple[User, ...]

    @property
    def chair(self) -> User:
        return self.signatories[0]


def register(story: Story, today: date) -> Registered:
    """One association with all that it has said about itself."""
    facts, told = story.facts, story.facts["register"]
    association = Association.objects.create(
        name=facts["name"],
        organisation_number=facts["organisation_number"].replace("-", ""),
        legal_form=facts["legal_form"],
        about=facts["about"],
        email=facts["email"],
        phone=facts["phone"],
        website=facts["website"],
        street=facts["postal_address"]["street"],
        postcode=facts["postal_address"]["postcode"],
        city=facts["postal_address"]["city"],
        protected_address=facts["protected_address"],
        areas=told["areas"],
        founded_year=facts["founded"],
        active_since=told["active_since"],
        registered_year=told["registered_year"],
        parent_organisation=told["parent_organisation"],
        independence=told["independence"],
        open_in_register=not facts["protected_address"],
        signing_rule=SigningRule.JOINTLY if facts["number"] == JOINTLY else SigningRule.ALONE,
    )
    _write_figures(association, told["figures"], today)
    _write_offices(association, story, today)
    return Registered(association, _let_in(association, story, today))


def annual_meeting(today: date) -> date:
    """The day of the latest annual meeting: in March."""
    return date(today.year if today.month >= 4 else today.year - 1, 3, 20)


def _write_figures(association: Association, figures: list[dict[str, int]], today: date) -> None:
    latest = annual_meeting(today).year - 1
    YearlyFigures.objects.bulk_create(
        YearlyFigures(association=association, year=latest - before, **numbers)
        for before, numbers in enumerate(figures)
    )


def _write_offices(association: Association, story: Story, today: date) -> None:
    chosen = annual_meeting(today)
    if story.facts["number"] == FORGETFUL:
        chosen = chosen.replace(year=chosen.year - 1)
    OfficeHolder.objects.bulk_create(
        OfficeHolder(
            association=association,
            office=office,
            name=name,
            email=f"{office}@{slug(story)}.example.org",
            chosen_from=chosen,
            chosen_until=date(chosen.year + 1, 3, 31),
        )
        for office, name in _OFFICES.items()
    )


def _let_in(association: Association, story: Story, today: date) -> tuple[User, ...]:
    """Give everyone of the association their roles; returns its signatories, the chair first."""
    number, place = story.facts["number"], slug(story)
    until = date(annual_meeting(today).year + 1, 6, 30)
    signatories = []
    chair = create_person(f"{CHAIR.account}@{place}.example.org", CHAIR.display_name)
    for member in (CHAIR, *PEOPLE.get(number, ())):
        person = chair if member is CHAIR else _person(member, place)
        give(association, person, _standing(member, until), chair)
        if Role.SIGNATORY in member.roles:
            signatories.append(person)
    if number == INVITES:
        standing = Standing(roles=TREASURER.roles)
        invite(association.pk, f"{TREASURER.account}@{place}.example.org", standing, chair, site=SITE)
    if number == LEFT:
        gone = create_person(f"ungdomsledare@{place}.example.org", "Föreningens ungdomsledare")
        give(association, gone, Standing(roles=frozenset({Role.WRITER})), chair)
        end_access(association.pk, gone.pk, gone)
    _confirm(association, chair, annual_meeting(today), years_ago=1 if number == FORGETFUL else 0)
    return tuple(signatories)


def _person(member: DemoMember, place: str) -> User:
    """Somebody of the association, or one from outside who may act for several."""
    domain = DOMAIN if member.on_behalf_of else f"{place}.example.org"
    email = f"{member.account}@{domain}"
    return User.objects.filter(email=email).first() or create_person(email, member.display_name)


def _standing(member: DemoMember, until: date) -> Standing:
    return Standing(
        roles=member.roles,
        on_behalf_of=member.on_behalf_of,
        until=until if member.on_behalf_of else None,
    )


def _confirm(association: Association, by: User, meeting: date, *, years_ago: int) -> None:
    """The facts are confirmed in the weeks after the annual meeting."""
    day = date(meeting.year - years_ago, 4, 12)
    at = timezone.make_aware(datetime.combine(day, time(19, 30)))
    FactsConfirmation.objects.create(association=association, confirmed_by=by, confirmed_at=at)
