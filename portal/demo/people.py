"""Who can sign in to the demo: one person per role, by role, never by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password

from portal.people.models import Role, RoleAssignment, User

PASSWORD = "samspel-demo-2027"  # noqa: S105 - the demo tells it to everyone
DOMAIN = "samspel.example.org"


@dataclass(frozen=True)
class DemoPerson:
    """`account` is the part of the address before the @."""

    account: str
    display_name: str
    role: str

    @property
    def email(self) -> str:
        return f"{self.account}@{DOMAIN}"


STAFF = (
    DemoPerson("handlaggare", "Handläggare 1", Role.CASE_OFFICER),
    DemoPerson("handlaggare2", "Handläggare 2", Role.CASE_OFFICER),
    DemoPerson("sekreterare", "Nämndsekreterare", Role.SECRETARY),
    DemoPerson("ordforande", "Ordförande", Role.CHAIR),
    DemoPerson("ledamot", "Ledamot 1", Role.MEMBER),
    DemoPerson("ledamot2", "Ledamot 2", Role.MEMBER),
)


@cache
def password_hash() -> str:
    """Hashed once for all: hashing is slow by design, and the password is no secret."""
    return make_password(PASSWORD)


def create_person(email: str, display_name: str) -> User:
    """Someone who signs in with the demo's password."""
    return User.objects.create(email=email, display_name=display_name, password=password_hash())


def create_staff() -> dict[str, User]:
    """Create the staff; returns them by account."""
    people = {}
    for person in STAFF:
        user = create_person(person.email, person.display_name)
        RoleAssignment.objects.create(user=user, role=person.role)
        people[person.account] = user
    return people
