"""What the floors up to the registry hold about a person, for their extract."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from post_office.models import Email

from portal.people.models import AuditEvent, PersonalNumber, RoleAssignment, UnitContact, User
from portal.registry.models import (
    ArchivePackage,
    Case,
    ConflictOfInterest,
    Destruction,
    DisclosedRecord,
    DisclosureRequest,
    EarlierTitle,
    Event,
    LegalHold,
    MaskedCopy,
    ObstacleReport,
    Record,
    RegisterEntry,
    SecrecyMark,
    SubjectExport,
)
from portal.registry.personal import Held, Told, excuse, register_contributor
from portal.registry.personal import register as hold


def register() -> None:
    number = "case__registry_number"
    hold(
        Held(RoleAssignment, "Roller i staden", ("role", "valid_from", "valid_until", "created_at")),
        Held(EmailAddress, "E-postadresser till ditt konto", ("email", "verified", "primary")),
        Held(Authenticator, "Din andra faktor för inloggning", ("type", "created_at", "last_used_at")),
        Held(SocialAccount, "E-legitimation eller katalog du loggar in med", ("provider", "last_login")),
        Held(UserSession, "Dina inloggningar", ("created_at", "last_seen_at", "ip", "user_agent")),
        # The number itself is never shown: the person knows it, and the row says that it is stored.
        Held(PersonalNumber, "Personnummer från din e-legitimation, lagrat krypterat", ("confirmed_at",)),
        Held(AuditEvent, "Åtkomstloggen: vad du har gjort, och roller du har fått", ("at", "kind", "route")),
        Held(UnitContact, "Enheter du svarar för", ("unit__name",)),
        Held(Event, "Vad du har gjort i ärenden", ("at", "kind", number, "detail")),
        Held(Record, "Handlingar du har registrerat", ("created_at", "kind", "title", number)),
        Held(
            ConflictOfInterest,
            "Jäv du har anmält eller sagt att du inte har",
            ("declared_at", number, "has_conflict", "note"),
        ),
        Held(EarlierTitle, "Titlar du har ändrat", ("changed_at", number)),
        Held(Case, "Ärenden du har avslutat", ("closed_at", "registry_number")),
        Held(RegisterEntry, "Diarieuppgifter du har ändrat", ("changed_at", "brief")),
        Held(SecrecyMark, "Sekretessmarkeringar", ("set_at", number, "paragraph", "reason")),
        Held(
            DisclosureRequest,
            "Begäranden om handlingar du har tagit emot eller besvarat",
            ("received_at", "closed_at"),
        ),
        Held(
            DisclosedRecord,
            "Prövningar av utlämnande du har gjort",
            ("decided_at", "outcome", "paragraph"),
        ),
        Held(MaskedCopy, "Maskerade kopior du har gjort", ("made_at", number)),
        Held(LegalHold, "Undantag från gallring", ("set_at", number, "reason")),
        Held(Destruction, "Gallring du har beställt", ("ordered_at", number)),
        Held(ArchivePackage, "Arkivpaket du har beställt", ("ordered_at", number)),
        Held(SubjectExport, "Registerutdrag", ("ordered_at",)),
        Held(ObstacleReport, "Hinder du har besvarat", ("answered_at", "answer")),
    )
    excuse(LogEntry, "The log of changes is told of by what was changed: see `_changes`.")
    register_contributor(_account)
    register_contributor(_mail)
    register_contributor(_changes)


def _account(person: User) -> Iterable[Told]:
    yield Told(
        "Ditt konto",
        [
            [
                ("Namn", person.display_name),
                ("E-postadress", person.email),
                ("Skapat", f"{person.created_at:%Y-%m-%d}"),
                ("Senast inloggad", f"{person.last_login:%Y-%m-%d %H:%M}" if person.last_login else ""),
                ("Kan logga in", "Ja" if person.is_active else "Nej"),
            ]
        ],
    )


def _mail(person: User) -> Iterable[Told]:
    """Mail to the person's address, while the queue keeps it."""
    rows = Email.objects.filter(to__icontains=person.email).order_by("pk")
    yield Told(
        "E-post till dig",
        [
            [("Skickat", f"{mail.created:%Y-%m-%d %H:%M}"), ("Ämne", mail.subject)]
            for mail in rows
            if person.email in mail.to
        ],
    )


def _changes(person: User) -> Iterable[Told]:
    """What the log of changes has noted of the person's hand."""
    rows = LogEntry.objects.filter(actor=person).select_related("content_type").order_by("pk")
    yield Told(
        "Ändringar du har gjort",
        [
            [("När", f"{row.timestamp:%Y-%m-%d %H:%M}"), ("Vad", f"{row.content_type}: {row.object_repr}")]
            for row in rows
        ],
    )
