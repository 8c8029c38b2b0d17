"""The assessment of market, procurement and state aid: written, signed by a named person, and held to.

Without it nothing goes to the committee or is signed (handbook 7.6 and 8.2; lagen 2016:1145 om offentlig
upphandling, kommissionens förordningar (EU) 2023/2831 and 2023/2832).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iop.models import Agreement, DeMinimisAid, MarketAssessment, Party
from iop.states import State
from iop.writing import Conflict, Refused, begin_to_write, hold
from portal.people import rules
from portal.registry.models import Event, Record

TEXTS = (
    "market",
    "co_financing",
    "no_ordered_service",
    "initiative",
    "procurement_conclusion",
)
FIELDS = (*TEXTS, "supports_economic_activity", "state_aid_reason")

#: Euros to a single undertaking over any three rolling years; the second for services of general economic
#: interest (SGEI). (EU) 2023/2831 article 3.2, (EU) 2023/2832 article 3.2.
CEILING = 300_000
CEILING_SGEI = 750_000
WARNING_PERCENT = 80
ROLLING_YEARS = 3


def save(agreement: Agreement, fields: dict[str, Any], version: int, by: Any) -> MarketAssessment:
    """Save what the assessment says; a changed one is no longer signed. Conflict when saved meanwhile."""
    with transaction.atomic():
        writer = begin_to_write(agreement, by)
        if not rules.case_officer(by):
            raise Refused(_("The city's case officer writes this assessment."))
        current = assessment_of(writer.agreement)
        if all(getattr(current, name) == fields[name] for name in FIELDS):
            return current
        if current.version != version:
            raise Conflict(current)
        for name in FIELDS:
            setattr(current, name, fields[name])
        _unsign(current)
        current.version += 1
        current.save()
    return current


def add_aid(
    agreement: Agreement, party: Party, decided_on: date, giver: str, euros: int, by: Any
) -> DeMinimisAid:
    """Write down minor aid that a party declares; a signed assessment asks for a new signature."""
    with transaction.atomic():
        writer = begin_to_write(agreement, by)
        if writer.party is not None and writer.party.pk != party.pk:
            raise Refused(_("Each party declares its own aid."))
        aid = DeMinimisAid.objects.create(
            agreement=writer.agreement,
            party=party,
            decided_on=decided_on,
            giver=giver,
            euros=euros,
            written_by=by,
        )
        _unsign_saved(writer.agreement)
    return aid


def remove_aid(aid: DeMinimisAid, by: Any) -> None:
    """Take away a row that was wrong."""
    with transaction.atomic():
        writer = begin_to_write(aid.agreement, by)
        if writer.party is not None and writer.party.pk != aid.party_id:
            raise Refused(_("Each party declares its own aid."))
        _unsign_saved(writer.agreement)
        aid.delete()


def sign(agreement: Agreement, version: int, by: Any) -> MarketAssessment:
    """Sign the assessment as it stands, and register it. Raises Refused when something is missing.

    Also between decision and signing by the parties: an assessment whose signature no longer holds is
    signed anew without another decision, as long as what it says is the same.
    """
    with transaction.atomic():
        current = hold(agreement, [State.WRITING, State.TO_SIGN], by)
        if not rules.case_officer(by):
            raise Refused(_("The city's case officer signs this assessment."))
        assessment = assessment_of(current)
        if assessment.version != version:
            raise Conflict(assessment)
        if lacking := missing(assessment):
            raise Refused(" ".join(lacking))
        content = content_of(assessment)
        assessment.signed_by = by
        assessment.signed_at = timezone.now()
        assessment.signed_sha256 = Record.checksum(content)
        assessment.save(update_fields=["signed_by", "signed_at", "signed_sha256"])
        current.case.register(
            Record.Kind.MARKET_ASSESSMENT,
            f"Prövning av marknad, upphandling och statligt stöd: {current.title}",
            by=by,
            content=content | {"signed_by": str(by), "signed_at": assessment.signed_at},
        )
        current.case.log(Event.Kind.MARKET_ASSESSED, by=by)
    return assessment


def holds(agreement: Agreement) -> bool:
    """Whether the assessment is signed, and still says what was signed."""
    assessment = assessment_of(agreement)
    return assessment.is_signed and assessment.signed_sha256 == Record.checksum(content_of(assessment))


def assessment_of(agreement: Agreement) -> MarketAssessment:
    return MarketAssessment.objects.select_related("signed_by").get_or_create(agreement=agreement)[0]


def label_of(name: str) -> str:
    """What a field of the assessment is called, in the reader's language."""
    field: Any = MarketAssessment._meta.get_field(name)
    return str(field.verbose_name)


def missing(assessment: MarketAssessment) -> list[str]:
    """What is to be answered before it can be signed, in words."""
    found = [
        _("Answer: %(question)s") % {"question": label_of(name)}
        for name in TEXTS
        if not getattr(assessment, name).strip()
    ]
    if assessment.supports_economic_activity is None:
        found.append(_("Say whether the support goes to economic activity."))
    if assessment.supports_economic_activity and not assessment.state_aid_reason.strip():
        found.append(_("Write how you see the state aid: the support goes to economic activity."))
    if assessment.supports_economic_activity:
        found += _missing_aid(assessment.agreement)
    return found


def _missing_aid(agreement: Agreement) -> list[str]:
    """Who has not declared its minor aid, and who has had more than any limit allows."""
    declared = set(agreement.de_minimis.values_list("party", flat=True))
    associations = agreement.parties.filter(left_on=None, association__isnull=False)
    found = [
        _("%(party)s has not declared its minor aid over three years; 0 euros is an answer too.")
        % {"party": party.name}
        for party in associations.select_related("association")
        if party.pk not in declared
    ]
    found += [
        _("%(party)s has had more minor aid than the rules allow, so it can have no more.")
        % {"party": row.party.name}
        for row in aid_sums(agreement)
        if row.is_over_for_sgei
    ]
    return found


def content_of(assessment: MarketAssessment) -> dict[str, Any]:
    """What is signed: the answers, and the aid that parties have declared."""
    return {name: getattr(assessment, name) for name in FIELDS} | {
        "de_minimis": [
            {
                "party": row.party.name,
                "decided_on": row.decided_on.isoformat(),
                "giver": row.giver,
                "euros": row.euros,
            }
            for row in assessment.agreement.de_minimis.select_related("party__association", "party__unit")
        ]
    }


@dataclass(frozen=True)
class AidSum:
    """What a party has had of minor aid over three rolling years, in whole euros."""

    party: Party
    euros: int

    @property
    def left(self) -> int:
        return CEILING - self.euros

    @property
    def is_over(self) -> bool:
        return self.euros > CEILING

    @property
    def is_near(self) -> bool:
        return not self.is_over and self.euros * 100 >= CEILING * WARNING_PERCENT

    @property
    def is_over_for_sgei(self) -> bool:
        return self.euros > CEILING_SGEI


def aid_sums(agreement: Agreement, day: date | None = None) -> list[AidSum]:
    """The sum of each association that declared aid, over the three years that end on the day."""
    day = day or timezone.localdate()
    since = three_years_before(day)
    sums: dict[int, int] = defaultdict(int)
    parties: dict[int, Party] = {}
    for row in agreement.de_minimis.select_related("party__association", "party__unit"):
        parties[row.party_id] = row.party
        if since < row.decided_on <= day:
            sums[row.party_id] += row.euros
    return [
        AidSum(party, sums[pk]) for pk, party in sorted(parties.items(), key=lambda item: item[1].position)
    ]


def three_years_before(day: date) -> date:
    """The same day three years earlier; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - ROLLING_YEARS)
    except ValueError:
        return day.replace(year=day.year - ROLLING_YEARS, day=28)


def _unsign(assessment: MarketAssessment) -> None:
    assessment.signed_by, assessment.signed_at, assessment.signed_sha256 = None, None, ""


def _unsign_saved(agreement: Agreement) -> None:
    assessment = assessment_of(agreement)
    _unsign(assessment)
    assessment.version += 1
    assessment.save()
