"""Letters as the secretary reads them: rows of the list, and one letter as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.safestring import SafeString, mark_safe

from portal.committee.letter_facts import facts_of
from portal.committee.letter_making import is_behind, with_relations
from portal.committee.models import LETTER_WAITING_STATES, Letter, LetterState, Meeting, MinutesState

#: How a state is coloured; it is always said in words too.
_COLORS = {
    LetterState.DRAFT: "neutral",
    LetterState.MAKING: "neutral",
    LetterState.READY: "info",
    LetterState.RELEASED: "success",
    LetterState.FAILED: "danger",
}


@dataclass(frozen=True)
class Row:
    """A letter with what its row tells beside it."""

    letter: Letter
    is_behind: bool

    @property
    def color(self) -> str:
        return _COLORS[LetterState(self.letter.state)]

    @property
    def may_go_out(self) -> bool:
        return self.letter.is_ready and not self.is_behind

    @property
    def mail_error(self) -> str:
        """Why the mail was given up, whole; empty when it was not."""
        if not self.letter.mail_has_failed or self.letter.mail is None:
            return ""
        logs = list(self.letter.mail.logs.all())
        return logs[-1].message if logs else ""


def shown(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """With all that rows read."""
    from post_office.models import Log

    logs = Prefetch("mail__logs", Log.objects.order_by("pk"))
    with_all = with_relations(letters).select_related("mail", "document__file", "edited_by", "released_by")
    return with_all.defer("document__html").prefetch_related(logs)


def rows_of(letters: Iterable[Letter]) -> list[Row]:
    """Rows in the order given, in a constant number of queries; reads what `shown` loads."""
    found = list(letters)
    facts = facts_of(letter for letter in found if not letter.is_released)
    return [Row(letter, is_behind(letter, facts)) for letter in found]


@dataclass(frozen=True)
class LettersAt:
    """How far the letters of a meeting have come; `can_be_ordered` once some minutes are approved."""

    total: int
    waiting: int
    ready: int
    released: int
    failed: int
    can_be_ordered: bool


def letters_at(meeting: Meeting, user: Any) -> LettersAt:
    """What the secretary's desk says of a meeting's letters."""
    of_state = Counter(
        Letter.objects.visible_to(user).of_meeting(meeting).order_by().values_list("state", flat=True)
    )
    return LettersAt(
        total=of_state.total(),
        waiting=sum(of_state[state] for state in LETTER_WAITING_STATES),
        ready=of_state[LetterState.READY],
        released=of_state[LetterState.RELEASED],
        failed=of_state[LetterState.FAILED],
        can_be_ordered=meeting.minutes.filter(state=MinutesState.APPROVED, paragraphs__isnull=False).exists(),
    )


def text_of(letter: Letter) -> SafeString:
    """What the letter's document says below its heading: to the letter what is, or will be, the PDF."""
    if letter.document is None:
        return SafeString()
    main = letter.document.html.partition("</h1>")[2].partition("</main>")[0]
    # The document was rendered by our own template, which escapes all that people wrote.
    return mark_safe(main)  # noqa: S308
