"""Who can sign in to the demo: one person per role, by role, never by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password

from grants.models import Membership
from portal.people.models import Role, RoleAssignment, User

PASSWORD = "samspel-demo-2027"  # noqa: S105 - the demo tells it to everyone
DOMAIN = "samspel.example.org"
SITE = f"https://{DOMAIN}"


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
    DemoPerson("ersattare", "Ersättare 1", Role.MEMBER),
    DemoPerson("medbedomare", "Controller", Role.SECOND_READER),
    DemoPerson("verksamhet", "Verksamhetskontakt", Role.UNIT_CONTACT),
    DemoPerson("chef", "Enhetschef", Role.HEAD),
    DemoPerson("ekonom", "Ekonom", Role.FINANCE),
    DemoPerson("registrator", "Registrator", Role.REGISTRAR),
    DemoPerson("dataskydd", "Dataskyddsombud", Role.DATA_PROTECTION_OFFICER),
    DemoPerson("revisor", "Revisor", Role.AUDITOR),
    DemoPerson("systemadmin", "Systemadministratör", Role.ADMINISTRATOR),
)


@dataclass(frozen=True)
class DemoMember:
    """Somebody of an association, or from outside with a mandate: `on_behalf_of` says from where."""

    account: str
    display_name: str
    roles: frozenset[str]
    on_behalf_of: str = ""


_WRITER, _MANAGER = Membership.Role.WRITER, Membership.Role.MANAGER
_SIGNATORY = Membership.Role.SIGNATORY

CHAIR = DemoMember("ordforande", "Föreningens ordförande", frozenset({_MANAGER, _SIGNATORY}))
TREASURER = DemoMember("kassor", "Föreningens kassör", frozenset({_SIGNATORY}))
ACCOUNTANT = DemoMember(
    "redovisning", "Redovisningskonsult", frozenset({_WRITER}), on_behalf_of="Kustens redovisning"
)
UMBRELLA = DemoMember(
    "ombud", "Rådgivare för föreningar", frozenset({_WRITER}), on_behalf_of="Samlade Krafter"
)
DIRECTOR = DemoMember("verksamhetsledare", "Verksamhetsledare", frozenset({_MANAGER, _WRITER}))
WRITER = DemoMember("skribent", "Den som skriver ansökan", frozenset({_WRITER}))

#: The association's number → who acts for it beside its chair.
PEOPLE: dict[int, tuple[DemoMember, ...]] = {
    1: (DIRECTOR, WRITER, ACCOUNTANT),
    2: (TREASURER, WRITER, ACCOUNTANT),
    6: (DIRECTOR, TREASURER),
    8: (WRITER,),
    9: (DIRECTOR,),
    13: (WRITER, TREASURER),
    20: (UMBRELLA,),
    21: (TREASURER, UMBRELLA),
}

#: What the sign-ins say of people outside the administration.
ASSOCIATION_SIGN_INS = (
    ("Association", "ordforande@kvinnojouren-sundet.example.org"),
    ("Manager", "verksamhetsledare@kvinnojouren-sundet.example.org"),
    ("Writer", "skribent@kvinnojouren-sundet.example.org"),
    ("Signs jointly", "ordforande@klubbhuset-hamnen.example.org"),
    ("Signs jointly, too", "kassor@klubbhuset-hamnen.example.org"),
    ("Accountant (mandate)", f"{ACCOUNTANT.account}@{DOMAIN}"),
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
