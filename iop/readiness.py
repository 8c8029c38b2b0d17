"""What must be there before an agreement goes to the committee, and before it is signed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iop import market
from iop.models import Agreement, Proposal
from iop.money import over_the_frame
from iop.promising import city_money
from iop.wording import states_of
from portal.documents.templatetags.swedish_text import number


@dataclass(frozen=True)
class Lack:
    """Something that is missing, in words, and the page where it is put right."""

    text: str
    page: str
    number: int | None = None


def lacking(agreement: Agreement) -> list[Lack]:
    """All that is missing before the committee, in the order of the pages; empty when it may go."""
    return [
        *_facts(agreement),
        *_parties(agreement),
        *_clauses(agreement),
        *_market(agreement),
        *(Lack(text, "iop:budget") for text in over_the_frame(agreement)),
    ]


def lacking_to_sign(agreement: Agreement) -> list[Lack]:
    """What is missing before a text as the committee changed it is signed without another decision."""
    return [
        *_facts(agreement),
        *_parties(agreement),
        *_clauses(agreement),
        *_market(agreement),
        *_decided(agreement),
    ]


def _facts(agreement: Agreement) -> list[Lack]:
    if agreement.starts_on is None or agreement.ends_on is None:
        return [Lack(_("Choose the first and the last day."), "iop:agreement-facts")]
    return []


def _parties(agreement: Agreement) -> list[Lack]:
    parties = list(agreement.parties.filter(left_on=None).select_related("association", "unit"))
    found = []
    if not any(party.is_city for party in parties) or all(party.is_city for party in parties):
        text = _("A partnership has at least one association and one unit of the administration.")
        found.append(Lack(text, "iop:parties"))
    giving = set(agreement.contributions.values_list("party", flat=True))
    found += [
        Lack(_("%(party)s has not written what it contributes.") % {"party": party.name}, "iop:contributions")
        for party in parties
        if party.pk not in giving
    ]
    outside = set(agreement.contributions.values_list("year", flat=True))
    outside |= set(agreement.budget_rows.values_list("year", flat=True))
    if agreement.years and (years := sorted(outside - set(agreement.years))):
        text = _("There are sums for %(year)s, which lies outside the agreement's days.") % {"year": years[0]}
        found.append(Lack(text, "iop:contributions"))
    return found


def _clauses(agreement: Agreement) -> list[Lack]:
    found = []
    waiting: dict[str, list[int]] = {}
    for state in states_of(agreement):
        number = state.clause.number
        if state.is_missing_text:
            text = _("Clause %(number)s, %(heading)s, has no text yet.") % {
                "number": number,
                "heading": state.clause.heading,
            }
            found.append(Lack(text, "iop:clause", number))
        for party in state.missing:
            waiting.setdefault(party.name, []).append(number)
    for name, numbers in waiting.items():
        text = ngettext(
            "%(party)s has not said yes to clause %(numbers)s.",
            "%(party)s has not said yes to clauses %(numbers)s.",
            len(numbers),
        ) % {"party": name, "numbers": ", ".join(map(str, numbers))}
        found.append(Lack(text, "iop:clauses-yes"))
    return found


def _market(agreement: Agreement) -> list[Lack]:
    if market.holds(agreement):
        return []
    return [Lack(_("The assessment of market, procurement and state aid is not signed."), "iop:market")]


def changed_decision(agreement: Agreement) -> Proposal | None:
    """The committee's decision with changes that the parties are to say yes to; None without one."""
    last = agreement.proposals.select_related("text", "matter").order_by("-pk").first()
    return last if last is not None and last.result == Proposal.Result.CHANGED else None


def _decided(agreement: Agreement) -> list[Lack]:
    from iop.deciding import decided_amounts
    from iop.freezing import content_of, differing

    decision = changed_decision(agreement)
    if decision is None:
        return [Lack(_("The committee has decided nothing that could be signed."), "iop:agreement")]
    found = []
    decided, promised = decided_amounts(decision), city_money(agreement)
    for year in sorted(decided.keys() | promised.keys()):
        if decided.get(year, 0) != promised.get(year, 0):
            text = _(
                "For %(year)s the committee decided %(decided)s kronor, and the units promise %(sum)s kronor."
            ) % {
                "year": year,
                "decided": number(decided.get(year, 0)),
                "sum": number(promised.get(year, 0)),
            }
            found.append(Lack(text, "iop:contributions"))
    now, then = content_of(agreement), decision.text.content
    if differing(_but_money(now), _but_money(then), but=("budget",)):
        text = _(
            "More than the money has changed since the committee decided. Put it back as it was, or let the "
            "committee decide anew."
        )
        found.append(Lack(text, "iop:agreement"))
    return found


def _but_money(content: dict[str, object]) -> dict[str, object]:
    """The content without the units' money, which the committee changed; the budget follows from it."""
    units = {party["id"] for party in content["parties"] if party["is_city"]}  # type: ignore[attr-defined]
    rows = [
        row
        for row in content["contributions"]  # type: ignore[attr-defined]
        if not (row["kind"] == "pengar" and row["party"] in units)
    ]
    return content | {"contributions": rows}
