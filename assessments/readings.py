"""Second readings: asked for by rule or by hand, read blind, finished, and set beside the officer's view.

Neither the officer nor the reader sees the other's view before both have finished. Then both are opened to
each other, once and for good: what the officer had judged by then is kept beside what the reader judged,
also when the assessment is opened and changed afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import assigning, reading_rules
from assessments.impartiality import reason_to_refuse
from assessments.models import (
    Assessment,
    Criterion,
    Judgement,
    Level,
    ReadersJudgement,
    ReadingCause,
    SecondReading,
)
from grants.models import Application, Membership
from grants.notices import tell
from grants.states import OPEN_STATES
from portal.people.models import User
from portal.registry.models import ConflictOfInterest, Event

#: From so many steps on, a difference between the two levels needs a reason.
STEPS_TO_EXPLAIN = 2
_STEPS = {level.value: step for step, level in enumerate(Level)}


class Refused(Exception):
    """The act is not possible now; the message tells the person why."""


class Conflict(Exception):
    """The reading was saved in another window; `reading` is as it stands, and nothing was written."""

    def __init__(self, reading: SecondReading) -> None:
        super().__init__(f"reading {reading.pk} is at version {reading.version}")
        self.reading = reading


class NotReady(Exception):
    """Something is missing; `missing` maps each field (`text_effekt`, `level_effekt` …) to what to do."""

    def __init__(self, missing: dict[str, str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class Unfinished(Exception):
    """A second reading keeps the application from the committee; the message says which and why."""


@dataclass(frozen=True)
class Written:
    """All that a second reader writes."""

    levels: Mapping[str, str]
    texts: Mapping[str, str]
    comment: str


def written(reading: SecondReading) -> Written:
    """What is saved, in the shape it was written."""
    rows = {row.criterion: row for row in reading.judgements.all()}
    return Written(
        levels={code: rows[code].level if code in rows else "" for code in Criterion.values},
        texts={code: rows[code].text if code in rows else "" for code in Criterion.values},
        comment=reading.comment,
    )


# --- Asking ------------------------------------------------------------------------------------


def ask_by_rule(application: Application) -> SecondReading | None:
    """Ask for a second reading if the call's rule wants one; within the caller's transaction."""
    causes = reading_rules.causes_of(application)
    return _ask(application, causes, by=None) if causes else None


def choose_reader(application: Application, reader: User, by: Any) -> SecondReading:
    """Let a person read the case; ask for the reading first, where no rule has done so.

    Raises Refused for one who may not read it, and when the case is no longer with the officers.
    """
    with transaction.atomic():
        current = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        _refuse_unless_impartial(current, by)
        if current.state not in OPEN_STATES:
            raise Refused(_("The case is no longer with the officers, so nobody can be asked to read it."))
        if reader not in readers(current):
            raise Refused(_("%(person)s cannot read this case. Choose somebody else.") % {"person": reader})
        reading = SecondReading.objects.select_for_update().filter(application=current).first()
        if reading is None:
            reading = _ask(current, [ReadingCause.ASKED], by=by)
        if reading.is_done:
            raise Refused(_("The second reading is finished, so its reader stays."))
        if reading.reader_id != reader.pk:
            _hand_to(reading, reader, by)
    return reading


def readers(application: Application, among: Iterable[User] | None = None) -> list[User]:
    """Who may be asked to read the case a second time, by name, of `among` or of all colleagues.

    Nobody who handles or has assessed it, has a conflict of interest, or acts for the association.
    """
    conflicted = ConflictOfInterest.objects.filter(case=application.case_id, has_conflict=True)
    acting = Membership.objects.filter(association=application.association_id)
    assessed = Assessment.objects.filter(application=application)
    barred = set(
        conflicted.order_by()
        .values_list("user", flat=True)
        .union(
            acting.order_by().values_list("user", flat=True),
            assessed.order_by().values_list("officer", flat=True),
        )
    ) | {application.officer_id}
    people = assigning.colleagues().readers if among is None else among
    return [person for person in people if person.pk not in barred]


def _ask(application: Application, causes: Collection[ReadingCause], by: Any) -> SecondReading:
    """The reading with these causes beside those it has; each new one is told in the case's story."""
    reading, _is_new = SecondReading.objects.get_or_create(
        application=application, defaults={"causes": [], "asked_by": by}
    )
    added = [cause for cause in causes if cause.value not in reading.causes]
    if added:
        reading.causes = [*reading.causes, *(cause.value for cause in added)]
        reading.save(update_fields=["causes"])
        detail = ", ".join(str(cause.label) for cause in added)
        application.received_case.log(Event.Kind.READING_ASKED, by=by, detail=detail)
    return reading


def _hand_to(reading: SecondReading, reader: User, by: Any) -> None:
    """What another had begun to write is not the new reader's, who is to form a view of their own."""
    reading.judgements.all().delete()
    reading.reader = reader
    reading.comment = ""
    reading.saved_at = None
    reading.version += 1
    reading.save(update_fields=["reader", "comment", "saved_at", "version"])
    reading.application.received_case.log(Event.Kind.READER_CHOSEN, by=by, detail=str(reader))
    tell([reader.email], "Det finns ett ärende att läsa i Samspel", "mail/reading_awaited.txt", {})


def give_back_conflicted(
    sender: type[ConflictOfInterest], instance: ConflictOfInterest, **kwargs: Any
) -> None:
    """Signal: who declares a conflict of interest no longer reads the case, and what they began is gone.

    A finished reading stays as it is: both views are kept, and the declaration stands in the case's story.
    """
    if not instance.has_conflict:
        return
    unfinished = SecondReading.objects.open().filter(
        application__case=instance.case_id, reader=instance.user_id
    )
    for reading in unfinished.select_for_update(of=("self",)):
        reading.judgements.all().delete()
        SecondReading.objects.filter(pk=reading.pk).update(
            reader=None, comment="", saved_at=None, version=reading.version + 1
        )


# --- Reading -----------------------------------------------------------------------------------


def save(reading: SecondReading, data: Written, version: int, by: Any) -> SecondReading:
    """Save what the reader wrote, if the reading is still at the version it was read at.

    Raises Conflict when it was saved in another window, and Refused when it is not open to the reader.
    """
    with transaction.atomic():
        current = _locked(reading, by)
        if current.version != version:
            raise Conflict(current)
        current.version += 1
        current.comment = data.comment
        current.saved_at = timezone.now()
        current.save(update_fields=["version", "comment", "saved_at"])
        ReadersJudgement.objects.bulk_create(
            [
                ReadersJudgement(
                    reading=current,
                    criterion=criterion,
                    level=data.levels.get(criterion, ""),
                    text=data.texts.get(criterion, ""),
                )
                for criterion in Criterion.values
            ],
            update_conflicts=True,
            unique_fields=["reading", "criterion"],
            update_fields=["level", "text"],
        )
    return current


def finish(reading: SecondReading, by: Any) -> None:
    """Close the reading for good; both views open if the officer has finished too.

    Raises NotReady when a level or a text is missing, Conflict when it was saved after the reader read it,
    and Refused when it is not open to the reader.
    """
    with transaction.atomic():
        current = _locked(reading, by)
        if current.version != reading.version:
            raise Conflict(current)
        if missing := _missing(current):
            raise NotReady(missing)
        current.done_at = timezone.now()
        current.save(update_fields=["done_at"])
        current.application.received_case.log(Event.Kind.READING_DONE, by=by)
        _open_if_both_have_finished(current)


def open_to_both(application: Application) -> None:
    """Open the two views to each other if both have finished; within the transaction of `mark_ready`.

    The reading's row is locked before the other side is looked at, here as in `finish`, so that of two who
    finish at once the later one sees the earlier.
    """
    reading = SecondReading.objects.select_for_update(of=("self",)).filter(application=application).first()
    if reading is not None:
        _open_if_both_have_finished(reading)


def _open_if_both_have_finished(reading: SecondReading) -> None:
    assessed = Assessment.objects.filter(application=reading.application_id, ready_at__isnull=False).first()
    if reading.is_open_to_both or not reading.is_done or assessed is None:
        return
    seen = {row.criterion: row for row in assessed.judgements.all()}
    rows = list(reading.judgements.all())
    for row in rows:
        if own := seen.get(row.criterion):
            row.officers_level, row.officers_text = own.level, own.text
    ReadersJudgement.objects.bulk_update(rows, ["officers_level", "officers_text"])
    SecondReading.objects.filter(pk=reading.pk).update(opened_at=timezone.now())


def _locked(reading: SecondReading, by: Any) -> SecondReading:
    """The reading as it stands now, locked until the transaction ends, if it is open to the reader."""
    current = SecondReading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    if current.reader_id != by.pk:
        raise Refused(_("Somebody else reads this case now, so nothing was saved."))
    _refuse_unless_impartial(current.application, by)
    if current.is_done:
        raise Refused(_("The reading is finished, so it can no longer be changed."))
    if current.application.state not in OPEN_STATES:
        raise Refused(_("The case is no longer with the officers, so nothing was saved."))
    return current


def _refuse_unless_impartial(application: Application, by: Any) -> None:
    if reason := reason_to_refuse(application, by):
        raise Refused(reason)


def _missing(reading: SecondReading) -> dict[str, str]:
    """What must be written before the reading is finished, by field."""
    rows = {row.criterion: row for row in reading.judgements.all()}
    missing = {}
    for criterion in Criterion.values:
        row = rows.get(criterion)
        if row is None or not row.level:
            missing[f"level_{criterion}"] = _("Choose a level before you finish.")
        if row is None or not row.text.strip():
            missing[f"text_{criterion}"] = _("Write what you judge before you finish.")
    return missing


# --- The two views -----------------------------------------------------------------------------


@dataclass(frozen=True)
class TwoViews:
    """What the officer and the reader judged on one criterion; `officers` is how it stands now."""

    criterion: str
    readers: ReadersJudgement
    officers: Judgement | None

    @property
    def is_changed(self) -> bool:
        """Whether the officer has judged otherwise since the views were opened."""
        return self.officers is not None and (self.officers.level, self.officers.text) != (
            self.readers.officers_level,
            self.readers.officers_text,
        )

    @property
    def steps_apart(self) -> int:
        """The widest of the difference as both were finished, and as it is now.

        A level that is moved after the other's was seen takes no explanation away.
        """
        own = [self.readers.officers_level, self.officers.level if self.officers else ""]
        return max((_steps_between(level, self.readers.level) for level in own), default=0)

    @property
    def needs_reason(self) -> bool:
        return self.steps_apart >= STEPS_TO_EXPLAIN

    @property
    def lacks_reason(self) -> bool:
        return self.needs_reason and not self.readers.difference_reason.strip()


def _steps_between(one: str, other: str) -> int:
    """How many levels lie between; a level that is not given differs from none."""
    return abs(_STEPS[one] - _STEPS[other]) if one and other else 0


def two_views(reading: SecondReading) -> list[TwoViews]:
    """Both views, criterion by criterion in the guidelines' order; for a reading that is open to both."""
    officers = {
        row.criterion: row for row in Judgement.objects.filter(assessment__application=reading.application_id)
    }
    readers_own = {row.criterion: row for row in reading.judgements.all()}
    return [
        TwoViews(code, readers_own[code], officers.get(code))
        for code in Criterion.values
        if code in readers_own
    ]


def explain(reading: SecondReading, reasons: Mapping[str, str], version: int, by: Any) -> SecondReading:
    """Say why the two views differ, criterion by criterion; never by the reader.

    Raises Conflict when a colleague has explained meanwhile, and Refused when the views are not open, the
    case has gone on, or the person is the reader.
    """
    with transaction.atomic():
        current = SecondReading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
        if current.reader_id == by.pk:
            raise Refused(_("You are this case's second reader, so a colleague has to explain it."))
        _refuse_unless_impartial(current.application, by)
        if not current.is_open_to_both or current.application.state not in OPEN_STATES:
            raise Refused(_("The differences cannot be explained now."))
        if current.version != version:
            raise Conflict(current)
        changed = []
        for row in current.judgements.all():
            reason = reasons.get(row.criterion, row.difference_reason)
            if reason != row.difference_reason:
                row.difference_reason = reason
                changed.append(row)
        ReadersJudgement.objects.bulk_update(changed, ["difference_reason"])
        if changed:
            current.version += 1
            current.save(update_fields=["version"])
            names = ", ".join(str(Criterion(row.criterion).label) for row in changed)
            current.application.received_case.log(Event.Kind.DIFFERENCE_EXPLAINED, by=by, detail=names)
    return current


def is_reader(application: Application, person: Any) -> bool:
    """Whether the person is the case's second reader, finished or not."""
    return SecondReading.objects.filter(application=application, reader=person.pk).exists()


def levels_missing(assessment: Assessment) -> dict[str, str]:
    """The levels that an officer has to give, by field: those of a second reading are compared with them."""
    if not SecondReading.objects.filter(application=assessment.application_id).exists():
        return {}
    levels = {row.criterion: row.level for row in assessment.judgements.all()}
    return {
        f"level_{criterion}": _("Choose a level: it is compared with the second reader's.")
        for criterion in Criterion.values
        if not levels.get(criterion)
    }


def refuse_unless_finished(applications: Iterable[Application]) -> None:
    """Raise Unfinished when a second reading is not done or a difference not explained; three queries."""
    asked = SecondReading.objects.filter(application__in=[application.pk for application in applications])
    waiting = asked.select_related("application__association").prefetch_related("judgements")
    ids = [reading.application_id for reading in waiting]
    officers: dict[int, dict[str, Judgement]] = {pk: {} for pk in ids}
    for row in Judgement.objects.filter(assessment__application__in=ids).select_related("assessment"):
        officers[row.assessment.application_id][row.criterion] = row
    for reading in waiting:
        association = {"association": reading.application.association}
        if not reading.is_open_to_both:
            raise Unfinished(
                _(
                    "The second reading of %(association)s is not finished. Wait for it, or choose another "
                    "reader on the case's page."
                )
                % association
            )
        views = [
            TwoViews(row.criterion, row, officers[reading.application_id].get(row.criterion))
            for row in reading.judgements.all()
        ]
        if any(view.lacks_reason for view in views):
            raise Unfinished(
                _(
                    "For %(association)s the two readings lie two levels or more apart. Explain the "
                    "difference on the page with both views."
                )
                % association
            )


# --- Who must not see --------------------------------------------------------------------------


def blind_for(user: Any) -> set[int]:
    """The applications whose assessment and proposal are closed to the person; one query.

    For tables, sums and exports of case officers: what they are to read a second time, and have not yet.
    """
    return set(SecondReading.objects.closed_to(user).values_list("application", flat=True))
