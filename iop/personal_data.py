"""What the partnerships' room holds about a person, for their extract (GDPR article 15)."""

from __future__ import annotations

from iop.models import (
    Addendum,
    Agreement,
    AgreementText,
    CheckIn,
    ClauseComment,
    ClauseConsent,
    ClauseVersion,
    CooperationEntry,
    Delivery,
    DeMinimisAid,
    Idea,
    IdeaNote,
    MarketAssessment,
    Need,
    NeedAnswer,
    Party,
    PartyView,
    Signature,
    SuitabilityAnswer,
    SurveyAnswer,
    SurveyPrint,
    Turn,
    UnitSignatory,
)
from portal.registry.personal import Held
from portal.registry.personal import register as hold


def register() -> None:
    agreement = "agreement__title"
    hold(
        Held(Idea, "Idéer du har lämnat eller tagit hand om", ("left_at", "title", "text")),
        Held(IdeaNote, "Anteckningar om idéer", ("written_at", "text")),
        Held(Need, "Behov du har beskrivit", ("created_at", "title", "text")),
        Held(NeedAnswer, "Svar på behov", ("answered_at", "text", "replied_at", "reply")),
        Held(Agreement, "Överenskommelser du har påbörjat eller samordnar", ("created_at", "title")),
        Held(Party, "Överenskommelser där du är processledare", (agreement,)),
        Held(UnitSignatory, "Rätt att underteckna för en enhet", ("unit__name", "valid_from", "valid_until")),
        Held(ClauseVersion, "Text du har skrivit i överenskommelser", ("written_at", "text")),
        Held(ClauseComment, "Kommentarer till överenskommelser", ("written_at", "text", "suggestion")),
        Held(ClauseConsent, "Ja till text i överenskommelser", ("given_at",)),
        Held(AgreementText, "Texter du har fryst för underskrift", ("frozen_at", agreement)),
        Held(Signature, "Underskrifter av överenskommelser", ("signed_at", agreement, "capacity")),
        Held(Addendum, "Tillägg du har påbörjat", ("begun_at", "title")),
        Held(CheckIn, "Avstämningar du har planerat eller antecknat", ("planned_on", "held_on", "notes")),
        Held(Delivery, "Insatser du har antecknat", ("written_at", "on", "text")),
        Held(PartyView, "Din parts syn i uppföljningar", ("worked", "hindered", "agreed_at")),
        Held(Turn, "Vändpunkter du har antecknat", ("written_at", "reason")),
        Held(SuitabilityAnswer, "Svar i lämplighetsprövning", ("answered_at", "text")),
        Held(MarketAssessment, "Marknadsprövningar du har undertecknat", ("signed_at", agreement)),
        Held(DeMinimisAid, "Stöd av mindre betydelse du har antecknat", ("decided_on", "giver")),
        Held(CooperationEntry, "Samverkan du har antecknat", ("written_at", "text")),
        Held(SurveyAnswer, "Svar i samverkansenkäten", ("answered_at", "year", "comment")),
        Held(SurveyPrint, "Utskrifter av samverkansenkäten", ("ordered_at", "year")),
    )
