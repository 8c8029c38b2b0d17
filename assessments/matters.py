"""From assessed applications to matters for the committee: one for a round, or one for a single grant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from assessments import readings
from assessments.board import above_cap, hindrance
from assessments.figures import figures
from assessments.frame_use import frame_uses, hold_frames
from assessments.freezing import freeze_handed_over
from assessments.matter_words import RoundWords, SingleWords
from assessments.models import Assessment, Distribution
from assessments.sentences import points_for_round, points_for_single
from grants.models import Application, Call, Frame, TermsStage
from grants.states import State, move
from portal.committee.models import (
    Committee,
    DecisionPoint,
    LineAmount,
    Matter,
    MatterAppendix,
    MatterLine,
    MatterSection,
    ReportReview,
    Stage,
)
from portal.documents.templatetags.swedish_text import number
from portal.registry.models import Case, Event


class CannotPropose(Exception):
    """The matter cannot be made; the message tells the officer why."""


def propose_round(call: Call, applications: Sequence[Application], by: Any) -> Matter:
    """Gather assessed applications of a round into one collecting matter with a case of its own.

    Raises CannotPropose when none is given, one is not assessed, a year's frame does not suffice, an amount
    passes the call's cap, or the officer has a conflict of interest in a case of the round.
    """
    if text := hindrance(call, by):
        raise CannotPropose(text)
    with transaction.atomic():
        assessed = _assessed(call, applications)
        _refuse_over_limits(call, assessed)
        words = RoundWords(call, figures(assessed, TermsStage.PROPOSED), _child_goal(call))
        case = call.authority.open_case(public_title=words.title, by=by)
        matter = _write_matter(case, words, points_for_round(assessed, TermsStage.PROPOSED), assessed, by)
        distribution = Distribution.objects.create(call=call, matter=matter, year=call.first_year)
        table = MatterAppendix(
            matter=matter,
            position=1,
            title="Fördelningstabell",
            source="distribution_table",
            key=distribution.pk,
        )
        MatterAppendix.objects.bulk_create([table, *_sheets(matter, assessed, first_position=2)])
        _hand_over(assessed, case, by)
    return matter


def propose_single(application: Application, by: Any) -> Matter:
    """Make one assessed application a matter of its own, on its own case.

    Raises CannotPropose when it is not assessed, a year's frame does not suffice, or the cap is passed.
    """
    with transaction.atomic():
        assessed = _assessed(application.call, [application])
        _refuse_over_limits(application.call, assessed)
        [only] = assessed
        points = points_for_single(only, TermsStage.PROPOSED)
        matter = _write_matter(only.received_case, SingleWords(only), points, assessed, by)
        MatterAppendix.objects.bulk_create(_sheets(matter, assessed, first_position=1))
        _hand_over(assessed, only.received_case, by)
    return matter


def _assessed(call: Call, applications: Sequence[Application]) -> list[Application]:
    """The applications, locked and with what the documents need, in order of registry number.

    Frames and assessments are locked first, in the order that all acts keep who change a proposal.
    """
    ids = [application.pk for application in applications]
    hold_frames(call.authority_id)
    list(Assessment.objects.select_for_update().filter(application__in=ids).order_by("pk").values("pk"))
    rows = list(
        Application.objects.filter(pk__in=ids)
        .select_for_update(of=("self",))
        .select_related("case", "association", "call__authority", "assessment")
        .prefetch_related("terms__year_amounts", "terms__reports")
        .order_by("case__year", "case__number")
    )
    if not rows:
        raise CannotPropose(_("No application is assessed yet, so there is nothing to hand over."))
    for application in rows:
        if application.state != State.ASSESSED:
            raise CannotPropose(
                _("%(association)s is not assessed yet. Mark the assessment ready first.")
                % {"association": application.association}
            )
    try:
        readings.refuse_unless_finished(rows)
    except readings.Unfinished as unfinished:
        raise CannotPropose(str(unfinished)) from None
    return rows


def _refuse_over_limits(call: Call, applications: Sequence[Application]) -> None:
    """Stop what passes the call's cap, or a year's frame less the reserve, what is bound and what waits."""
    proposals = {application: application.proposed.amounts for application in applications}
    for application, amounts in proposals.items():
        for text in above_cap(call, application, amounts).values():
            raise CannotPropose(text)
    years = {year for amounts in proposals.values() for year in amounts}
    for year, use in sorted(frame_uses(call.authority_id, years).items()):
        over = sum(amounts.get(year, 0) for amounts in proposals.values()) - (use.left or 0)
        if use.left is not None and over > 0:
            raise CannotPropose(
                _("For %(year)s the proposal is %(over)s kronor more than what is left of the frame.")
                % {"year": year, "over": number(over)}
            )


def _child_goal(call: Call) -> int | None:
    """Percent, of the round's first year; None where no frame is decided."""
    frame = Frame.objects.filter(authority_id=call.authority_id, year=call.first_year).first()
    return frame.child_goal_percent if frame else None


def _write_matter(
    case: Case,
    words: RoundWords | SingleWords,
    points: Sequence[str],
    applications: Sequence[Application],
    by: Any,
) -> Matter:
    matter = Matter.objects.create(
        committee=Committee.objects.get(authority_id=case.authority_id),
        case=case,
        title=words.title,
        summary=words.summary,
        preparation=words.preparation,
        send_to="\n".join(words.recipients),
        created_by=by,
    )
    MatterSection.objects.bulk_create(
        MatterSection(matter=matter, position=position, heading=heading, body=body)
        for position, (heading, body) in enumerate(words.sections, start=1)
    )
    DecisionPoint.objects.write(matter, Stage.OFFICERS, points)
    _write_lines(matter, applications)
    return matter


def _write_lines(matter: Matter, applications: Sequence[Application]) -> None:
    lines = MatterLine.objects.bulk_create(
        MatterLine(
            matter=matter, case=application.case, position=position, title=application.association.name
        )
        for position, application in enumerate(applications, start=1)
    )
    LineAmount.objects.bulk_create(
        LineAmount(line=line, stage=Stage.OFFICERS, year=year, amount=amount)
        for line, application in zip(lines, applications, strict=True)
        if (terms := application.terms_at(TermsStage.PROPOSED))
        for year, amount in terms.amounts.items()
    )


def _sheets(matter: Matter, applications: Sequence[Application], first_position: int) -> list[MatterAppendix]:
    ids = dict(Assessment.objects.filter(application__in=applications).values_list("application_id", "pk"))
    return [
        MatterAppendix(
            matter=matter,
            position=position,
            title=f"Bedömning: {application.association.name}",
            source="assessment_sheet",
            key=ids[application.pk],
            case=application.case,
        )
        for position, application in enumerate(applications, start=first_position)
    ]


def _hand_over(applications: Sequence[Application], case: Case, by: Any) -> None:
    for application in applications:
        move(application, State.BEFORE_COMMITTEE)
        application.received_case.log(Event.Kind.TO_COMMITTEE, by=by, detail=case.registry_number)
    freeze_handed_over(applications, by)


def matters_about(application: Application, user: Any) -> list[Matter]:
    """The matters in which the committee decides on the application, newest first, for who may see them."""
    about = Matter.objects.wholly_visible_to(user).filter(lines__case=application.case_id)
    reviews = Prefetch("report_reviews", ReportReview.objects.told())
    return list(about.select_related("case").prefetch_related(reviews).order_by("-pk"))
