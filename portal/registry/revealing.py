"""What of a text that anyone may read seems to reveal somebody: its writer is asked before it is saved.

Offentlighets- och sekretesslagen 5:2. It is a warning, never a stop: only a person can tell.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from portal.registry import masking, parties
from portal.registry.contents import Part
from portal.registry.models import Case, Record
from portal.registry.personal_number import looks_like_personal_number

#: A shorter piece of a name stands in too many other words.
SHORTEST = 3


def details_in(text: str, case: Case, records: Iterable[Record]) -> list[str]:
    """What stands in the text of what the case's records tell about people, or looks like such a detail.

    A person's name counts also by its parts, but for those that the other side's own name is made of.
    """
    known = _known(case, records)
    found = [match.group() for pattern in masking.Mask(known).patterns for match in pattern.finditer(text)]
    found += [detail for _part, detail in masking.in_text(text)]
    if looks_like_personal_number(text) and not any(looks_like_personal_number(one) for one in found):
        found.append(_("a personal identity number"))
    return [one for one in dict.fromkeys(found) if not any(one != other and one in other for other in found)]


def _known(case: Case, records: Iterable[Record]) -> set[str]:
    other_side = parties.names([case.pk]).get(case.pk, "").casefold()
    known = set()
    for proposal in masking.propose(records):
        if not proposal.everywhere:
            continue
        pieces = proposal.text.split() if proposal.part == Part.NAME else []
        known |= {piece for piece in pieces if len(piece) >= SHORTEST and piece[0].isupper()}
        known.add(proposal.text)
    return {word for word in known if word.casefold() not in other_side}
