"""What the assessments room holds about a person, for their extract (GDPR article 15)."""

from __future__ import annotations

from assessments.models import (
    AmountChange,
    Assessment,
    AssessmentVersion,
    CheckOutcome,
    Fact,
    Scenario,
    ScenarioChoice,
    SecondReading,
    Statement,
)
from portal.registry.personal import Held
from portal.registry.personal import register as hold


def register() -> None:
    number = "application__case__registry_number"
    hold(
        Held(Assessment, "Bedömningar du har gjort", ("created_at", "ready_at", number)),
        Held(Fact, "Fakta du har antecknat i bedömningar", ("written_at", "text")),
        Held(AssessmentVersion, "Versioner av bedömningar", ("made_at", "reason")),
        Held(CheckOutcome, "Formella kontroller du har gjort", ("at", number, "note")),
        Held(Scenario, "Fördelningsförslag du har gjort", ("created_at", "name")),
        Held(ScenarioChoice, "Fördelningsförslag du har valt", ("at", "reason")),
        Held(AmountChange, "Belopp du har ändrat", ("at", number, "year", "before", "after")),
        Held(SecondReading, "Andra läsningar", ("asked_at", "done_at", number, "comment")),
        Held(Statement, "Yttranden", ("asked_at", "answered_at", number)),
    )
