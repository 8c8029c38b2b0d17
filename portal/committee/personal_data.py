"""What the committee's room holds about a person, for their extract (GDPR article 15)."""

from __future__ import annotations

from django.db.models import Q

from portal.committee.models import (
    Appeal,
    CalendarAddress,
    ChairsProposal,
    Decision,
    DelegationDecision,
    Letter,
    Matter,
    MinutesApproval,
    MinutesCorrection,
    MinutesParagraph,
    Pack,
    PrivateNote,
    Recusal,
    ReportReview,
    Seat,
)
from portal.registry.personal import Held
from portal.registry.personal import register as hold


def register() -> None:
    number = "case__registry_number"
    hold(
        Held(Seat, "Uppdrag i nämnden", ("kind", "party", "presidium", "valid_from", "valid_until")),
        Held(Matter, "Ärenden du har lagt fram", ("created_at", number, "title")),
        Held(ReportReview, "Tjänsteskrivelser du har prövat", ("at", "matter__title", "reason")),
        Held(ChairsProposal, "Ordförandeförslag", ("made_at", "matter__title", "comment")),
        Held(Decision, "Beslut du har skrivit in", ("recorded_at", "year", "paragraph")),
        Held(DelegationDecision, "Delegationsbeslut", ("decided_on", number, "decision", "reason")),
        Held(Letter, "Beslutsbrev du har ändrat eller skickat", ("ordered_at", "edited_at", "released_at")),
        Held(MinutesParagraph, "Paragrafer du har skrivit i", ("saved_at",)),
        Held(MinutesApproval, "Protokoll du har justerat", ("at", "role")),
        Held(MinutesCorrection, "Rättelser av protokoll", ("at", "text")),
        Held(Appeal, "Överklaganden du har registrerat", ("came_on", "note")),
        Held(Recusal, "Jäv du har antecknat i möten", ("recorded_at", "reason")),
        Held(Pack, "Handlingspaket du har beställt", ("requested_at", "version")),
        Held(
            PrivateNote,
            "Egna anteckningar till ärenden",
            ("saved_at", "matter__title", "text"),
            own=Q(pk__isnull=False),
        ),
        Held(CalendarAddress, "Din kalenderadress i nämnden", ("made_at",)),
    )
