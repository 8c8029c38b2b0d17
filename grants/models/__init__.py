"""The nouns of grants: associations, calls, applications and the money that decisions bind."""

from grants.models.accounts import PaymentAccount
from grants.models.applications import (
    UNDO_DISCARD,
    Answer,
    Application,
    ArrivedBy,
    Lateness,
    Outcome,
    Referral,
    Route,
    Terms,
    TermsReport,
    TermsStage,
    YearAmount,
)
from grants.models.associations import Association, Independence, LegalForm, Membership, SigningRule, may_sign
from grants.models.budgets import BudgetHeading, BudgetLine, BudgetSide, budget_lines_of
from grants.models.call_rows import CallCondition, CallEvent, ReportDate
from grants.models.calls import Call, GrantType, LateRule
from grants.models.commitments import Commitment, CommitmentSource, Frame
from grants.models.completions import CompletionItem, CompletionReply, CompletionRequest, ReplyPaper
from grants.models.contact_register import AssociationEvent, ContactNote, ContactOfficer, note_event
from grants.models.contacts import Contact
from grants.models.eligibility import Eligibility
from grants.models.facts import (
    AGE_FIELDS,
    BOARD_FIELDS,
    GENDER_FIELDS,
    FactsConfirmation,
    OfficeHolder,
    YearlyFigures,
)
from grants.models.messages import Message, MessageFile
from grants.models.papers import AskedPaper, Attachment, Paper, PaperType, PromisedPaper
from grants.models.payment_rules import PaymentRule
from grants.models.people import Guarantee, Invitation, Signature
from grants.models.prints import Print
from grants.models.programmes import GrantProgramme
from grants.models.questions import Column, Question, QuestionKind, Section, is_answer
from grants.models.reminders import CalendarAddress, CallWatch, Reminder, UnwantedReminder
from grants.models.search import SearchText, TargetGroup
from grants.models.statements import ConditionsStatement, StatementConfirmation
from grants.models.versions import CopiedAnswer, FieldVersion

__all__ = [
    "AGE_FIELDS",
    "BOARD_FIELDS",
    "GENDER_FIELDS",
    "UNDO_DISCARD",
    "Answer",
    "Application",
    "ArrivedBy",
    "AskedPaper",
    "Association",
    "AssociationEvent",
    "Attachment",
    "BudgetHeading",
    "BudgetLine",
    "BudgetSide",
    "CalendarAddress",
    "Call",
    "CallCondition",
    "CallEvent",
    "CallWatch",
    "Column",
    "Commitment",
    "CommitmentSource",
    "CompletionItem",
    "CompletionReply",
    "CompletionRequest",
    "ConditionsStatement",
    "Contact",
    "ContactNote",
    "ContactOfficer",
    "CopiedAnswer",
    "Eligibility",
    "FactsConfirmation",
    "FieldVersion",
    "Frame",
    "GrantProgramme",
    "GrantType",
    "Guarantee",
    "Independence",
    "Invitation",
    "LateRule",
    "Lateness",
    "LegalForm",
    "Membership",
    "Message",
    "MessageFile",
    "OfficeHolder",
    "Outcome",
    "Paper",
    "PaperType",
    "PaymentAccount",
    "PaymentRule",
    "Print",
    "PromisedPaper",
    "Question",
    "QuestionKind",
    "Referral",
    "Reminder",
    "ReplyPaper",
    "ReportDate",
    "Route",
    "SearchText",
    "Section",
    "Signature",
    "SigningRule",
    "StatementConfirmation",
    "TargetGroup",
    "Terms",
    "TermsReport",
    "TermsStage",
    "UnwantedReminder",
    "YearAmount",
    "YearlyFigures",
    "budget_lines_of",
    "is_answer",
    "may_sign",
    "note_event",
]
