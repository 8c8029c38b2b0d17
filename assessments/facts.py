"""The facts that judgements rest on, each with the one place that proves it.

A place is named by a code: `question:<key>` for an answer, `budget`, `paper:<attachment>`,
`note:<contact note>` or `earlier:<application>`. Facts are added and taken away, never changed, so that two
officers who work at the same time lose nothing; what is taken away is kept with the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.case_file import CaseFile
from assessments.models import Assessment, Fact
from grants.models import Application, Attachment, ContactNote, Section, TermsStage
from grants.received.things import AMOUNTS, CHILD_SHARE
from portal.documents.templatetags.swedish_text import kronor, swedish_date

QUESTION, BUDGET, PAPER, NOTE, EARLIER = "question", "budget", "paper", "note", "earlier"
#: What the form asks for without a question of its own: code → the section it stands in.
_OWN = {AMOUNTS: Section.GRANT, CHILD_SHARE: Section.TARGET}


class NotProof(Exception):
    """The place does not belong to the application, or the officer may not see it; says what to do."""

    def __init__(self) -> None:
        super().__init__(
            _("Choose what proves the fact among what belongs to this application. Nothing was saved.")
        )


@dataclass(frozen=True)
class Place:
    """A place that can prove a fact, in words and with its address; `group` says which kind of place."""

    code: str
    group: str
    label: str
    url: str


@dataclass(frozen=True)
class NewFact:
    """A fact to be added; `place` is a code."""

    criterion: str
    text: str
    place: str


@dataclass(frozen=True)
class FactChanges:
    """What an officer adds, and the ids of what is taken away."""

    new: tuple[NewFact, ...] = ()
    removed: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.new or self.removed)


NO_CHANGES = FactChanges()


@dataclass(frozen=True)
class ShownFact:
    """A fact as a reader sees it; without address where the place is hidden from the reader."""

    pk: int
    criterion: str
    text: str
    label: str
    url: str


def code_of(fact: Fact) -> str:
    """The code of the place that proves a fact."""
    if fact.question_key:
        return BUDGET if fact.question_key == BUDGET else f"{QUESTION}:{fact.question_key}"
    if fact.attachment_id:
        return f"{PAPER}:{fact.attachment_id}"
    return f"{NOTE}:{fact.note_id}" if fact.note_id else f"{EARLIER}:{fact.earlier_id}"


def places(file: CaseFile, user: Any) -> list[Place]:
    """All that can prove a fact about the application, as far as `user` may see it; one query."""
    return [
        *_answers(file.application),
        Place(BUDGET, _("Budget"), _("The budget"), f"#section-{Section.ECONOMY}"),
        *_papers(file),
        *_notes(file.application, user),
        *(_earlier(other) for other in file.history),
    ]


def _answers(application: Application) -> Iterable[Place]:
    group = _("Answers")
    yield Place(f"{QUESTION}:{AMOUNTS}", group, _("The sums applied for"), f"#section-{_OWN[AMOUNTS]}")
    for question, _value in application.answered():  # an answer left out can be a fact too
        yield Place(f"{QUESTION}:{question.key}", group, question.label, f"#section-{question.section}")
    if application.child_share is not None:
        yield Place(
            f"{QUESTION}:{CHILD_SHARE}",
            group,
            _("Share for children and young people"),
            f"#section-{_OWN[CHILD_SHARE]}",
        )


def _papers(file: CaseFile) -> Iterable[Place]:
    addresses = {entry.stored_file: reverse("registry:record-file", args=[entry.pk]) for entry in file.files}
    for attachment in file.application.attachments.all():
        paper = attachment.paper
        yield Place(
            f"{PAPER}:{attachment.pk}",
            _("Papers"),
            f"{paper.type.name} {paper.year or ''}".strip() + f": {paper.filename}",
            addresses.get(paper.stored_file_id, f"#section-{Section.PAPERS}"),
        )


def _notes(application: Application, user: Any) -> Iterable[Place]:
    address = reverse("grants:known-association", args=[application.association_id])
    for note in notes_of(application, user):
        yield Place(
            f"{NOTE}:{note.pk}",
            _("Dialogue notes"),
            f"{swedish_date(note.held_on)}, {note.get_channel_display()}: {_short(note.text)}",
            f"{address}#note-{note.pk}",
        )


def _earlier(other: Application) -> Place:
    label = f"{other.received_case.registry_number}, {other.call.title}"
    if (decided := other.terms_at(TermsStage.DECIDED)) is not None:
        result = kronor(decided.total) if decided.is_grant else _("rejected")
        label = f"{label}: {result}"
    return Place(
        f"{EARLIER}:{other.pk}",
        _("Other applications and their results"),
        label,
        reverse("assessments:application", args=[other.pk]),
    )


def notes_of(application: Application, user: Any) -> QuerySet[ContactNote]:
    """The notes on the case, and those on the association that belong to no case."""
    return ContactNote.objects.visible_to(user).filter(
        Q(case=None) | Q(case=application.case_id), association=application.association_id
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"


def grouped(all_places: Iterable[Place]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(code, label)]) for a list to choose from."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in all_places:
        groups.setdefault(place.group, []).append((place.code, place.label))
    return list(groups.items())


def shown(facts: Iterable[Fact], all_places: Iterable[Place]) -> list[ShownFact]:
    """Facts with what proves them, as the reader of `all_places` may see it."""
    by_code = {place.code: place for place in all_places}
    return [
        ShownFact(
            fact.pk,
            fact.criterion,
            fact.text,
            place.label if (place := by_code.get(code_of(fact))) else _("Something you may not see"),
            place.url if place else "",
        )
        for fact in facts
    ]


def write(assessment: Assessment, changes: FactChanges, by: Any) -> None:
    """Add and take away within the caller's transaction; what is done already is not done again.

    Raises NotProof for a place that is not the application's or that `by` may not see.
    """
    changes = outstanding(assessment, changes)
    Fact.objects.bulk_create(
        Fact(
            assessment=assessment,
            criterion=new.criterion,
            text=new.text,
            written_by=by,
            **_proof(assessment.application, new.place, by),
        )
        for new in changes.new
    )
    if changes.removed:
        assessment.facts.filter(pk__in=changes.removed, removed_at=None).update(removed_at=timezone.now())


def outstanding(assessment: Assessment, changes: FactChanges) -> FactChanges:
    """What of the changes is not done yet, as the facts stand now."""
    if not changes:
        return NO_CHANGES
    standing = list(assessment.facts.filter(removed_at=None))
    known = {(fact.criterion, fact.text, code_of(fact)) for fact in standing}
    return FactChanges(
        tuple(new for new in changes.new if (new.criterion, new.text, new.place) not in known),
        changes.removed & {fact.pk for fact in standing},
    )


def _proof(application: Application, code: str, by: Any) -> Mapping[str, Any]:
    """The fields of a Fact that say what proves it."""
    if code == BUDGET:
        return {"question_key": BUDGET}
    kind, _colon, key = code.partition(":")
    if kind == QUESTION and (key in _OWN or application.call.questions.filter(key=key).exists()):
        return {"question_key": key}
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else 0
    seen: QuerySet[Any]
    match kind:
        case "paper":
            seen, name = Attachment.objects.visible_to(by).filter(application=application), "attachment_id"
        case "note":
            seen, name = notes_of(application, by), "note_id"
        case "earlier":
            others = Application.objects.visible_to(by).sent().exclude(pk=application.pk)
            seen, name = others.filter(association=application.association_id), "earlier_id"
        case _:
            raise NotProof
    if not seen.filter(pk=number).exists():
        raise NotProof
    return {name: number}


def in_swedish(fact: Fact) -> str:
    """What proves a fact, in words for a Swedish document; uses prefetched rows and joined places."""
    if fact.question_key:
        return _answer_in_swedish(fact)
    if fact.attachment is not None:
        paper = fact.attachment.paper
        return f"Bilaga: {paper.type.name_sv} {paper.year or ''}".strip() + f", {paper.filename}"
    if fact.note is not None:
        return f"Anteckning från kontakt {swedish_date(fact.note.held_on)}"
    assert fact.earlier is not None
    return f"Annan ansökan: {fact.earlier.received_case.registry_number}, {fact.earlier.call.title}"


def _answer_in_swedish(fact: Fact) -> str:
    own = {BUDGET: "Budgeten", AMOUNTS: "Sökta belopp", CHILD_SHARE: "Andel för barn och unga"}
    if fact.question_key in own:
        return own[fact.question_key]
    questions = fact.assessment.application.call.questions.all()
    label = next((row.label_sv for row in questions if row.key == fact.question_key), fact.question_key)
    return f"Svar på frågan: {label}"
