"""What the grants room holds about a person, for their extract (GDPR article 15)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from grants.models import (
    Application,
    Association,
    AssociationEvent,
    Attachment,
    CalendarAddress,
    CallEvent,
    CallWatch,
    CompletionReply,
    CompletionRequest,
    ContactNote,
    ContactOfficer,
    CopiedAnswer,
    Eligibility,
    FactsConfirmation,
    FieldVersion,
    Guarantee,
    Invitation,
    Membership,
    Message,
    OfficeHolder,
    Paper,
    PaymentAccount,
    PromisedPaper,
    Reminder,
    ReplyPaper,
    Signature,
    StatementConfirmation,
    UnwantedReminder,
)
from portal.people.models import User
from portal.registry.personal import Held, Told, register_contributor
from portal.registry.personal import register as hold

#: What belongs to an application that is not sent: the association's own.
_DRAFT = Q(application__case=None)


def register() -> None:
    association = "association__name"
    of_application = "application__case__registry_number"
    hold(
        Held(
            Membership,
            "Föreningar du företräder, eller har gett någon rätt att företräda",
            (association, "role", "valid_from", "valid_until", "on_behalf_of", "created_at", "ended_at"),
        ),
        Held(Invitation, "Inbjudningar", (association, "email", "created_at", "accepted_at", "withdrawn_at")),
        Held(
            Application,
            "Ansökningar du har påbörjat, skickat eller handlagt",
            (association, "title", "created_at", "submitted_at", "case__registry_number"),
            own=Q(case=None),
        ),
        Held(FieldVersion, "Text du har skrivit i ansökningar", ("saved_at", "name", "value"), own=_DRAFT),
        Held(CopiedAnswer, "Kopierade svar du har läst", ("read_at", "key"), own=_DRAFT),
        Held(
            Signature, "Underskrifter av ansökningar", ("signed_at", "voided_at", of_application), own=_DRAFT
        ),
        Held(
            Message,
            "Meddelanden du har skrivit eller läst",
            ("saved_at", "sent_at", "read_at", "text"),
            own=Q(sent_at=None),
        ),
        Held(CompletionRequest, "Begäranden om komplettering", ("asked_at", "last_day", of_application)),
        Held(
            CompletionReply, "Svar på begäran om komplettering", ("saved_at",), own=Q(request__state="open")
        ),
        Held(
            ReplyPaper,
            "Filer i svar på begäran om komplettering",
            ("added_at", "filename"),
            own=Q(reply__request__state="open"),
        ),
        Held(
            Paper,
            "Föreningens papper som du har lagt till eller granskat",
            ("added_at", association, "filename"),
        ),
        Held(Attachment, "Bilagor du har lagt till", ("added_at", of_application), own=_DRAFT),
        Held(PromisedPaper, "Papper du har lovat", ("promised_at", "due_on"), own=_DRAFT),
        Held(
            PaymentAccount,
            "Konton du har angett eller kontrollerat",
            ("entered_at", association, "holder", "verified_at", "confirmed_at"),
        ),
        Held(
            Guarantee,
            "Garantier du har bett om eller svarat på",
            ("asked_at", "accepted_at", "declined_at"),
            own=_DRAFT,
        ),
        Held(FactsConfirmation, "Uppgifter du har bekräftat", ("confirmed_at", association)),
        Held(StatementConfirmation, "Villkor du har bekräftat", ("confirmed_at", association, "explanation")),
        Held(Association, "Organisationsnummer du har kontrollerat", ("name", "number_verified_at")),
        Held(AssociationEvent, "Vad du har gjort med föreningar", ("at", association, "detail")),
        Held(Eligibility, "Beslut om bidragsrätt", ("decided_at", association, "reason")),
        Held(ContactOfficer, "Föreningar du är kontakt för", (association, "since", "until")),
        Held(ContactNote, "Anteckningar du har gjort", ("held_on", association, "text")),
        Held(CallEvent, "Vad du har gjort med ansökningsomgångar", ("at", "call__title", "detail")),
        Held(Reminder, "Påminnelser till dig", ("due_at", "sent_at", "kind"), own=Q(key__startswith="draft")),
        Held(UnwantedReminder, "Påminnelser du har stängt av", ("kind",)),
        Held(CallWatch, "Bidrag du bevakar", ("grant_type",)),
        Held(CalendarAddress, "Din kalenderadress", ("made_at",)),
    )
    register_contributor(_invitations)
    register_contributor(_offices)


def _invitations(person: User) -> Iterable[Told]:
    """Invitations to the person's address, whoever sent them."""
    rows = Invitation.objects.filter(email__iexact=person.email).select_related("association")
    yield Told(
        "Inbjudningar till din e-postadress",
        [
            [("Förening", row.association.name), ("Skapad", f"{row.created_at:%Y-%m-%d}")]
            for row in rows.order_by("pk")
        ],
    )


def _offices(person: User) -> Iterable[Told]:
    """Offices in associations that were written with the person's address."""
    rows = OfficeHolder.objects.filter(email__iexact=person.email).select_related("association")
    yield Told(
        "Uppdrag i föreningar",
        [
            [
                ("Förening", row.association.name),
                ("Uppdrag", row.get_office_display()),
                ("Namn", row.name),
                ("E-postadress", row.email),
            ]
            for row in rows.order_by("pk")
        ],
    )
