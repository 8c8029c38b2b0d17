"""What the committee's proposals and decisions mean for the applications behind a matter's lines.

Signals of `portal.committee.signals` end here, inside the transaction of the committee's act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F

from assessments.models import Assessment
from assessments.sentences import points_for_round, points_for_single
from grants.models import Application, Commitment, CommitmentSource, Terms, TermsReport, TermsStage
from grants.received import searching
from grants.states import State, move
from portal.committee.models import Decision, DecisionPoint, Matter, MatterLine, Stage
from portal.registry.models import Event


def applications_of(matter: Matter) -> list[Application]:
    """The applications behind a matter's lines, in the lines' order, with terms and case."""
    return list(
        Application.objects.filter(case__matter_lines__matter=matter)
        .select_related("case", "association", "call__authority", "assessment")
        .prefetch_related("terms__year_amounts", "terms__reports")
        .order_by("case__matter_lines__position")
    )


def take_chairs_proposal(matter: Matter, **kwargs: Any) -> None:
    """The chair spoke: write the chair's terms, and decision points that say the chair's amounts."""
    if not _is_ours(matter):
        return
    _write_terms(matter, Stage.CHAIR, TermsStage.CHAIR)
    DecisionPoint.objects.write(matter, Stage.CHAIR, _points(matter, TermsStage.CHAIR))


def take_decision(matter: Matter, decision: Decision, **kwargs: Any) -> None:
    """The committee decided: write what each application got, and bind the money."""
    if not _is_ours(matter):
        return
    _write_terms(matter, Stage.DECIDED, TermsStage.DECIDED)
    applications = applications_of(matter)
    Commitment.objects.bulk_create(
        Commitment(case=application.case, year=year, amount=amount, source=CommitmentSource.GRANT)
        for application in applications
        if application.decided
        for year, amount in application.decided.amounts.items()
    )
    for application in applications:
        move(application, State.DECIDED)
        application.received_case.log(
            Event.Kind.DECIDED, by=decision.recorded_by, detail=f"§ {decision.paragraph}"
        )
        searching.note_decision(application, _in_words(application))


def _in_words(application: Application) -> str:
    """What the officers' search finds a decision by: its outcome, type, conditions and reason."""
    decided = application.decided
    if decided is None:
        return ""
    outcome = f"beviljad {decided.grant_type}" if decided.is_grant else "avslag avslagen"
    if decided.referral:
        outcome += f" hänvisad {decided.referred_to or 'idéburet offentligt partnerskap iop'}"
    assessment = getattr(application, "assessment", None)
    return "\n".join([outcome, decided.conditions, assessment.reason if assessment else ""])


def points_of_decided_amounts(matter: Matter) -> list[str]:
    """The points that say the lines' decided amounts; writes the terms that they are read from."""
    if not _is_ours(matter):
        return []
    _write_terms(matter, Stage.DECIDED, TermsStage.DECIDED)
    return list(_points(matter, TermsStage.DECIDED))


def take_back(matter: Matter, **kwargs: Any) -> None:
    """The committee referred back, or a head sent back the report: the assessments are open again."""
    if not _is_ours(matter):
        return
    for application in applications_of(matter):
        move(application, State.IN_ASSESSMENT)
    Assessment.objects.filter(application__case__matter_lines__matter=matter).update(
        ready_at=None, version=F("version") + 1
    )


def _is_ours(matter: Matter) -> bool:
    return Application.objects.filter(case__matter_lines__matter=matter).exists()


def _points(matter: Matter, stage: TermsStage) -> Sequence[str]:
    applications = applications_of(matter)
    if hasattr(matter, "distribution"):
        return points_for_round(applications, stage)
    return points_for_single(applications[0], stage)


def _write_terms(matter: Matter, line_stage: Stage, terms_stage: TermsStage) -> None:
    """Copy the lines' amounts of a stage to the applications; all else follows the officers' proposal.

    A referral is for who gets nothing, and a report for a year with money: what the amounts took away of
    either is not carried over.
    """
    amounts = {
        line.case_id: line.amounts_of(line_stage)
        for line in MatterLine.objects.filter(matter=matter).prefetch_related("amounts")
    }
    for application in applications_of(matter):
        proposed = application.proposed
        own = amounts[application.received_case.pk]
        gets_money = any(own.values())
        terms, _created = Terms.objects.update_or_create(
            application=application,
            stage=terms_stage,
            defaults={
                "grant_type": proposed.grant_type,
                "conditions": proposed.conditions,
                "referral": "" if gets_money else proposed.referral,
                "referred_to": "" if gets_money else proposed.referred_to,
            },
        )
        terms.set_amounts(own)
        _write_reports(
            terms, {report.year: report.due_on for report in proposed.reports.all() if own.get(report.year)}
        )


def _write_reports(terms: Terms, days: Mapping[int, date]) -> None:
    """Replace the days to report: grant year → last day."""
    terms.reports.all().delete()
    TermsReport.objects.bulk_create(
        TermsReport(terms=terms, year=year, due_on=day) for year, day in days.items()
    )
