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
    Lateness,
    Terms,
    TermsStage,
    YearAmount,
)
from grants.models.associations import Association, LegalForm, Membership, may_sign
from grants.models.calls import Call, GrantType, LateRule, Question, Section
from grants.models.commitments import Commitment, Frame
from grants.models.completions import CompletionItem, CompletionReply, CompletionRequest, ReplyPaper
from grants.models.messages import Message, MessageFile
from grants.models.prints import Print
from grants.models.reminders import CalendarAddress, CallWatch, Reminder, UnwantedReminder

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
    "CalendarAddress",
    "Call",
    "CallWatch",
    "Commitment",
    "CompletionItem",
    "CompletionReply",
    "CompletionRequest",
    "Frame",
    "GrantType",
    "LateRule",
    "Lateness",
    "LegalForm",
    "Membership",
    "Message",
    "MessageFile",
    "Print",
    "Question",
    "Reminder",
    "ReplyPaper",
    "Section",
    "Terms",
    "TermsStage",
    "UnwantedReminder",
    "YearAmount",
    "may_sign",
]
