"""The committee's nouns; it knows no grant and no agreement."""

from portal.committee.models.decisions import FINAL_OUTCOMES, Decision, MinutesNote, Outcome
from portal.committee.models.matters import (
    CLOSED_STATES,
    ChairsProposal,
    DecisionPoint,
    LineAmount,
    Matter,
    MatterAppendix,
    MatterLine,
    MatterSection,
    MatterState,
    Stage,
)
from portal.committee.models.meetings import AgendaItem, Committee, Meeting
from portal.committee.models.packs import PACK_WAITING_STATES, Pack, PackPart, PackState

__all__ = [
    "CLOSED_STATES",
    "FINAL_OUTCOMES",
    "PACK_WAITING_STATES",
    "AgendaItem",
    "ChairsProposal",
    "Committee",
    "Decision",
    "DecisionPoint",
    "LineAmount",
    "Matter",
    "MatterAppendix",
    "MatterLine",
    "MatterSection",
    "MatterState",
    "Meeting",
    "MinutesNote",
    "Outcome",
    "Pack",
    "PackPart",
    "PackState",
    "Stage",
]
