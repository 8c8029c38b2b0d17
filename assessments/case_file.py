"""What an application says, arranged for the officer who reads it; a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils.translation import gettext as _

from assessments.key_figures import Figure, granted_before, in_words, key_figures
from assessments.models import Criterion, Statement
from grants import reading
from grants.applying import cross_checks
from grants.applying.asked_papers import prefetches
from grants.applying.cross_checks import Finding
from grants.models import Application, CompletionRequest, Message, QuestionKind, Section, TermsStage
from grants.reading import BudgetView, budget_view
from grants.received.record_reading import Registered, registered, signed_rows
from grants.received.things import BUDGET
from portal.committee.models import MatterLine
from portal.documents.templatetags.swedish_text import kronor
from portal.registry.models import RecordFile

#: Which sections of the form speak to which criterion.
EVIDENCE: dict[Criterion, tuple[Section, ...]] = {
    Criterion.EFFEKT: (Section.NEED, Section.ACTIVITIES),
    Criterion.VARDE: (Section.TARGET, Section.ACTIVITIES),
    Criterion.KOMPLEMENT: (Section.COOPERATION,),
    Criterion.SAMVERKAN: (Section.COOPERATION,),
    Criterion.EKONOMI: (Section.ECONOMY,),
}


def evidence(criterion: str) -> list[tuple[str, str]]:
    """(code, title) of what to read for a criterion: sections, and for economy the key figures."""
    sections = [(section.value, section_title(section)) for section in EVIDENCE[Criterion(criterion)]]
    return [*sections, ("key-figures", _("Key figures"))] if criterion == Criterion.EKONOMI else sections


def to_ask_about(criterion: str, application: Application) -> list[str]:
    """The codes (`grants.received.things`) of what speaks to a criterion; uses prefetched questions."""
    sections = EVIDENCE[Criterion(criterion)]
    codes = [
        f"answer_{question.key}"
        for question in application.call.questions.all()
        if question.section in sections
    ]
    return [*codes, BUDGET] if Section.ECONOMY in sections else codes


def section_title(section: Section) -> str:
    """The section's title for an officer; the form's own speaks to the association in one place."""
    return _("What is applied for") if section == Section.GRANT else str(section.label)


@dataclass(frozen=True)
class Row:
    """One question and its answer in words; a long answer is the association's own running text."""

    label: str
    value: str
    is_long: bool = False
    rows: list[list[tuple[str, str]]] = field(default_factory=list)


@dataclass(frozen=True)
class ReadSection:
    """One section of the form as it was answered."""

    code: str
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class File:
    """A file that came in with the application."""

    pk: int
    name: str
    kind: str
    size: int
    #: The id of its content, by which a paper of the application is known again.
    stored_file: int


@dataclass(frozen=True)
class CaseFile:
    """All that belongs to one application."""

    application: Application
    sections: list[ReadSection]
    budget: BudgetView
    files: list[File]
    warnings: list[Finding] = field(default_factory=list)
    history: list[Application] = field(default_factory=list)
    signed: list[reading.Row] = field(default_factory=list)
    is_blind: bool = False

    @property
    def key_figures(self) -> list[Figure]:
        """The key figures in words; last year's grant as the assessment says, else as decisions here say.

        A blind second reader gets nothing that the officer has written.
        """
        assessment = None if self.is_blind else getattr(self.application, "assessment", None)
        previous = (
            assessment.previous_amount if assessment else granted_before(self.application, self.history)
        )
        return in_words(key_figures(self.application, previous, with_proposal=not self.is_blind))

    @property
    def years_sought(self) -> list[tuple[int, int]]:
        """(year, kronor) in order."""
        return sorted(self.application.applied.amounts.items()) if self.application.applied else []


class Surroundings(NamedTuple):
    """Whether a case has any of what is dear to read, since who may see it must be asked too."""

    messages: bool
    requests: bool
    statements: bool
    matters: bool


def surroundings(application: Application) -> Surroundings:
    """What there is around an application, most of which most cases have nothing of; one query."""
    own = {"application": OuterRef("pk")}
    found = Application.objects.filter(pk=application.pk).values_list(
        Exists(Message.objects.filter(**own)),
        Exists(CompletionRequest.objects.filter(**own)),
        Exists(Statement.objects.filter(**own)),
        Exists(MatterLine.objects.filter(case=OuterRef("case"))),
    )
    return Surroundings(*found.get())


@dataclass(frozen=True)
class YearOfMoney:
    """What an association sought, was proposed and got for one year, whole kronor; None where not yet."""

    year: int
    applied: int | None
    proposed: int | None
    decided: int | None


def money_by_year(applications: Iterable[Application], blind: Collection[int] = ()) -> list[YearOfMoney]:
    """The sums of the applications by year, the latest first; uses prefetched rows.

    What is proposed for the applications whose ids are `blind` is left out.
    """
    sums: dict[int, dict[str, int]] = {}
    for application in applications:
        applied = application.applied
        for terms in application.terms.all():
            if terms.stage == TermsStage.PROPOSED and application.pk in blind:
                continue
            # A no is nothing of what was sought, not nothing known.
            for year in set(terms.amounts) | set(applied.amounts if applied else []):
                stages = sums.setdefault(year, {})
                stages[terms.stage] = stages.get(terms.stage, 0) + terms.amounts.get(year, 0)
    return [
        YearOfMoney(
            year,
            stages.get(TermsStage.APPLIED),
            stages.get(TermsStage.PROPOSED),
            stages.get(TermsStage.DECIDED),
        )
        for year, stages in sorted(sums.items(), reverse=True)
    ]


def read_sections(application: Application, shown: Collection[Section]) -> list[ReadSection]:
    """Some sections of the application as they were answered; for who may see no more of it."""
    prefetch_related_objects([application], "answers", "call__questions", "terms__year_amounts")
    return [section for section in _sections(application) if section.code in shown]


def read(application: Application, user: Any, *, is_blind: bool = False) -> CaseFile:
    """Everything of the application, and the association's other applications that `user` may see.

    `is_blind` when the reader must not see the officer's view yet.
    """
    prefetch_related_objects(
        [application],
        "answers",
        "call__questions",
        "call__budget_headings",
        "budget_lines",
        *prefetches(),
    )
    others = cross_checks.other_applications(application, user)
    came_in = registered(application)
    return CaseFile(
        application=application,
        sections=_sections(application),
        budget=budget_view(application),
        files=_files(application, came_in),
        warnings=cross_checks.warnings(application, others),
        history=others,
        signed=signed_rows(came_in),
        is_blind=is_blind,
    )


def _sections(application: Application) -> list[ReadSection]:
    rows: dict[str, list[Row]] = {section.value: [] for section in Section}
    rows[Section.GRANT] += _grant_rows(application)
    for question, value in application.answered():
        is_long = question.kind in (QuestionKind.LONG_TEXT, QuestionKind.ROWS)
        words = question.in_words(value)
        if words or not application.is_on_paper:  # the scan holds the answers to the rest
            rows[question.section].append(Row(question.label, words, is_long, question.rows_in_words(value)))
    if application.child_share is not None:
        rows[Section.TARGET].append(
            Row(_("Share for children and young people"), f"{application.child_share}\u00a0%")
        )
    return [
        ReadSection(section.value, section_title(section), rows[section.value])
        for section in Section
        if rows[section.value] or section == Section.PAPERS
    ]


def _grant_rows(application: Application) -> Iterable[Row]:
    if application.applied:
        yield Row(_("Grant"), application.applied.get_grant_type_display())
        for year, amount in sorted(application.applied.amounts.items()):
            yield Row(_("Applied for, %(year)s") % {"year": year}, kronor(amount))


def _files(application: Application, came_in: list[Registered]) -> list[File]:
    """The files as registered, with what the association said they are; one query."""
    newest = max((record.pk for record in came_in if record.is_version), default=0)
    said = {
        attachment.paper.stored_file_id: attachment.paper.name for attachment in application.attachments.all()
    }
    # A version that came after a promised paper holds it already.
    files = RecordFile.objects.filter(record__in=[record.pk for record in came_in if record.pk >= newest])
    rows = files.order_by("pk").values_list("pk", "filename", "stored_file__size", "stored_file")
    return [
        File(pk, filename, said.get(stored_file, ""), size, stored_file)
        for pk, filename, size, stored_file in rows
    ]
