"""The nouns of grants: associations, calls, applications and the money that decisions bind."""

from grants.models.applications import (
    COST_ITEMS,
    INCOME_ITEMS,
    Answer,
    Application,
    Attachment,
    AttachmentKind,
    BudgetItem,
    BudgetLine,
    BudgetSide,
    Terms,
    TermsStage,
    YearAmount,
)
from grants.models.associations import Association, LegalForm, Membership, may_sign
from grants.models.calls import Call, GrantType, Question, Section
from grants.models.commitments import Commitment, Frame

__all__ = [
    "COST_ITEMS",
    "INCOME_ITEMS",
    "Answer",
    "Application",
    "Association",
    "Attachment",
    "AttachmentKind",
    "BudgetItem",
    "BudgetLine",
    "BudgetSide",
    "Call",
    "Commitment",
    "Frame",
    "GrantType",
    "LegalForm",
    "Membership",
    "Question",
    "Section",
    "Terms",
    "TermsStage",
    "YearAmount",
    "may_sign",
]
