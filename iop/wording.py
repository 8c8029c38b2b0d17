"""The clauses as the parties write them: saving a wording, comments and suggestions, and each party's yes."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iop.models import Agreement, Clause, ClauseComment, ClauseConsent, ClauseVersion, Party
from iop.writing import Conflict, Refused, Writer, begin_to_write


def save_text(clause: Clause, text: str, version: int, by: Any) -> Clause:
    """Save another wording and keep the earlier one; the same wording again changes nothing.

    Raises Conflict when somebody saved since `version`.
    """
    with transaction.atomic():
        writer = begin_to_write(clause.agreement, by)
        current = Clause.objects.get(pk=clause.pk)
        if current.text == text:
            return current
        if current.version != version:
            raise Conflict(current)
        _write(current, text, writer)
    return current


def comment(clause: Clause, text: str, suggestion: str, by: Any) -> ClauseComment:
    """Say something on a clause, or suggest another wording of it."""
    text, suggestion = text.strip(), suggestion.strip()
    if not text and not suggestion:
        raise Refused(_("Write a comment, or suggest another wording."))
    with transaction.atomic():
        writer = begin_to_write(clause.agreement, by)
        current = Clause.objects.get(pk=clause.pk)
        return ClauseComment.objects.create(
            clause=current,
            party=writer.party,
            text=text,
            suggestion=suggestion,
            on_version=current.version,
            written_by=by,
        )


def settle(remark: ClauseComment, fate: str, by: Any) -> Clause:
    """Take a suggestion into the text, leave it, or say that a comment is talked through.

    A suggestion made on an earlier wording replaces the whole present one, which stays in the history: so it
    is taken only when the clause still reads as it did. Raises Refused otherwise.
    """
    with transaction.atomic():
        writer = begin_to_write(remark.clause.agreement, by)
        current = ClauseComment.objects.select_related("clause").get(pk=remark.pk)
        if current.fate != ClauseComment.Fate.OPEN:
            raise Refused(_("It is settled already."))
        if fate == ClauseComment.Fate.TAKEN:
            _take(current, writer)
        current.fate = fate
        current.settled_by = by
        current.settled_at = timezone.now()
        current.save(update_fields=["fate", "settled_by", "settled_at"])
    return current.clause


def _take(remark: ClauseComment, writer: Writer) -> None:
    if not remark.suggestion:
        raise Refused(_("There is no suggested wording to take into the text."))
    seen = remark.clause.versions.filter(number=remark.on_version).values_list("text", flat=True).first()
    if seen != remark.clause.text:
        raise Refused(_("The clause has been written anew since then. Copy what you want to keep into it."))
    _write(remark.clause, remark.suggestion, writer)


def _write(clause: Clause, text: str, writer: Writer) -> None:
    clause.text = text
    clause.version += 1
    clause.save(update_fields=["text", "version"])
    ClauseVersion.objects.create(
        clause=clause, number=clause.version, text=text, written_by=writer.person, party=writer.party
    )


def say_yes(clause: Clause, version: int, by: Any) -> ClauseConsent:
    """The person's party says yes to the wording that they read; saying it twice is saying it once.

    Raises Conflict when the clause reads otherwise by now.
    """
    with transaction.atomic():
        writer = begin_to_write(clause.agreement, by)
        current = Clause.objects.get(pk=clause.pk)
        return _yes(current, version, writer)


def say_yes_to_all(agreement: Agreement, versions: dict[int, int], by: Any) -> int:
    """The person's party says yes to every clause as they read it: clause id → version. Returns how many."""
    with transaction.atomic():
        writer = begin_to_write(agreement, by)
        clauses = list(writer.agreement.clauses.all())
        for clause in clauses:
            _yes(clause, versions.get(clause.pk, 0), writer)
    return len(clauses)


def _yes(clause: Clause, version: int, writer: Writer) -> ClauseConsent:
    if writer.party is None:
        raise Refused(_("Only somebody who acts for a party says yes for it."))
    if clause.version != version:
        raise Conflict(clause)
    return ClauseConsent.objects.get_or_create(
        clause=clause, party=writer.party, version=version, defaults={"given_by": writer.person}
    )[0]


@dataclass(frozen=True)
class ClauseState:
    """How far the parties have come with a clause."""

    clause: Clause
    open_comments: int
    agreed: tuple[Party, ...]
    missing: tuple[Party, ...]

    @property
    def is_missing_text(self) -> bool:
        return is_compulsory(self.clause) and not self.clause.text.strip()

    @property
    def is_agreed(self) -> bool:
        return not self.missing


def is_compulsory(clause: Clause) -> bool:
    return clause.standard is not None and clause.standard.is_compulsory


def states_of(agreement: Agreement) -> list[ClauseState]:
    """Every clause with its open comments and who has said yes to its present wording, in four queries."""
    parties = list(agreement.parties.filter(left_on=None).select_related("association", "unit"))
    clauses = list(agreement.clauses.select_related("standard"))
    said = set(
        ClauseConsent.objects.filter(clause__agreement=agreement).values_list(
            "clause_id", "party_id", "version"
        )
    )
    talked = Counter(
        ClauseComment.objects.filter(clause__agreement=agreement, fate=ClauseComment.Fate.OPEN)
        .order_by()
        .values_list("clause_id", flat=True)
    )
    found = []
    for clause in clauses:
        agreed = tuple(party for party in parties if (clause.pk, party.pk, clause.version) in said)
        missing = tuple(party for party in parties if party not in agreed)
        found.append(ClauseState(clause, talked[clause.pk], agreed, missing))
    return found


@dataclass(frozen=True)
class Piece:
    """A piece of text that stayed, came or went: kind is "same", "added" or "removed"."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """What differs between two wordings, word by word."""
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    pieces = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("removed", "".join(old[a:b])))
        if c < d:
            pieces.append(Piece("added", "".join(new[c:d])))
    return pieces
