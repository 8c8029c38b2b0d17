"""Assessments on the five criteria, second readings, statements, and the distribution of a round."""

from assessments.models.assessment import Assessment, AssessmentVersion, Fact, Judgement
from assessments.models.checks import CheckOutcome, FormalCheck
from assessments.models.criteria import Criterion, CriterionQuestion, Level, LevelAnchor
from assessments.models.distribution import (
    AmountChange,
    Distribution,
    Scenario,
    ScenarioAmount,
    ScenarioChoice,
)
from assessments.models.readings import ReadersJudgement, ReadingCause, ReadingRule, SecondReading
from assessments.models.statements import Statement

__all__ = [
    "AmountChange",
    "Assessment",
    "AssessmentVersion",
    "CheckOutcome",
    "Criterion",
    "CriterionQuestion",
    "Distribution",
    "Fact",
    "FormalCheck",
    "Judgement",
    "Level",
    "LevelAnchor",
    "ReadersJudgement",
    "ReadingCause",
    "ReadingRule",
    "Scenario",
    "ScenarioAmount",
    "ScenarioChoice",
    "SecondReading",
    "Statement",
]
