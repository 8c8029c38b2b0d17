"""The nouns of partnerships: lists, ideas and needs, co-operation, agreements and their life."""

from iop.models.agreements import Agreement, Party, SteeringSeat, UnitSignatory
from iop.models.clauses import Clause, ClauseComment, ClauseConsent, ClauseVersion, StandardClause
from iop.models.cooperation import (
    Cooperation,
    CooperationEntry,
    Level,
    SurveyAnswer,
    SurveyPrint,
    SurveyQuestion,
)
from iop.models.ideas import FollowUpRule, Idea, IdeaNote
from iop.models.lists import Area, HourlyRate, TargetGroup, UnitProfile, ValuationMethod
from iop.models.needs import CivilRole, Need, NeedAnswer
from iop.models.promises import (
    BudgetRow,
    Contribution,
    ContributionKind,
    Goal,
    GoalLevel,
    Indicator,
    IndicatorKind,
    TakenOver,
)
from iop.models.running import CheckIn, Delivery, FollowUp, PartyView, Reading, RenewalReminder, Turn
from iop.models.suitability import (
    Advice,
    DeMinimisAid,
    MarketAssessment,
    Reply,
    SuitabilityAnswer,
    SuitabilityQuestion,
)
from iop.models.texts import Addendum, AgreementText, ClauseChange, ContributionChange, Proposal, Signature

__all__ = [
    "Addendum",
    "Advice",
    "Agreement",
    "AgreementText",
    "Area",
    "BudgetRow",
    "CheckIn",
    "CivilRole",
    "Clause",
    "ClauseChange",
    "ClauseComment",
    "ClauseConsent",
    "ClauseVersion",
    "Contribution",
    "ContributionChange",
    "ContributionKind",
    "Cooperation",
    "CooperationEntry",
    "DeMinimisAid",
    "Delivery",
    "FollowUp",
    "FollowUpRule",
    "Goal",
    "GoalLevel",
    "HourlyRate",
    "Idea",
    "IdeaNote",
    "Indicator",
    "IndicatorKind",
    "Level",
    "MarketAssessment",
    "Need",
    "NeedAnswer",
    "Party",
    "PartyView",
    "Proposal",
    "Reading",
    "RenewalReminder",
    "Reply",
    "Signature",
    "StandardClause",
    "SteeringSeat",
    "SuitabilityAnswer",
    "SuitabilityQuestion",
    "SurveyAnswer",
    "SurveyPrint",
    "SurveyQuestion",
    "TakenOver",
    "TargetGroup",
    "Turn",
    "UnitProfile",
    "UnitSignatory",
    "ValuationMethod",
]
