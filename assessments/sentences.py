"""Decision points (att-satser) in the committee's standard sentences, made from terms.

Each begins with "att" and has no mark at its end: the joining "; samt" is added when printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import translation

from grants.models import Application, Referral, Terms
from portal.documents.templatetags.swedish_text import number, orgnr, swedish_date
from portal.documents.templatetags.swedish_text import years as year_span

#: When a report on a grant year is due the year after: day and month in Swedish (a default to change).
REPORT_DAY = "31\u00a0mars"
#: The same as month and day.
_REPORT_MONTH_AND_DAY = (3, 31)


def points_for_round(applications: Sequence[Application], stage: str) -> list[str]:
    """The points of a collecting matter: each application in the order given, then what all share."""
    points = [point for application in applications for point in application_points(application, stage)]
    return points + common_points(applications, stage)


def points_for_single(application: Application, stage: str) -> list[str]:
    """The points of a matter about one application."""
    return points_for_round([application], stage)


def application_points(application: Application, stage: str) -> list[str]:
    """What the stage's terms mean for one application. Uses prefetched terms and association.

    Terms without amounts, or no terms at the stage, are a no, with whom the association is referred to if
    anyone. A grant of another type than was applied for rejects what was applied for and grants the other
    instead.
    """
    terms = application.terms_at(stage)
    applied = application.applied
    whom = _whom(application)
    if terms is None or not terms.is_grant:
        return [f"att avslå ansökan från {whom}", *_referral(application, terms)]
    granted = grant_words(terms)
    if conditions := condition_texts(terms):
        granted += f", på villkor {_listed([f'att {condition}' for condition in conditions])}"
    if applied is not None and applied.grant_type != terms.grant_type:
        return [
            f"att avslå ansökan från {whom}, om {applied.grant_type}",
            f"att i stället bevilja {whom}, {granted}",
        ]
    return [f"att bevilja {whom}, {granted}"]


def _whom(application: Application) -> str:
    return f"{application.association.name}, {orgnr(application.association.organisation_number)}"


def _referral(application: Application, terms: Terms | None) -> list[str]:
    if terms is None or not terms.referral:
        return []
    whither = (
        "dialog om idéburet offentligt partnerskap" if terms.referral == Referral.IOP else terms.referred_to
    )
    return [f"att hänvisa {application.association.name} till {whither}"]


def grant_words(terms: Terms) -> str:
    """Type and amounts of a grant: "verksamhetsbidrag med 1 900 000 kronor per år för åren 2027–2029 …"."""
    amounts = terms.amounts
    years = sorted(amounts)
    total = f"totalt {kronor_in_words(terms.total)}"
    if len(years) == 1:
        return f"{terms.grant_type} med {kronor_in_words(terms.total)} för {years[0]}"
    if len(set(amounts.values())) == 1:
        each = kronor_in_words(amounts[years[0]])
        return f"{terms.grant_type} med {each} per år för {years_in_words(years)}, {total}"
    by_year = _listed([f"{kronor_in_words(amounts[year])} för {year}" for year in years])
    return f"{terms.grant_type} med {by_year}, {total}"


def common_points(applications: Iterable[Application], stage: str) -> list[str]:
    """Proviso for later years, financing, report and repayment; nothing when nothing is granted."""
    grants_of = {
        application: terms
        for application in applications
        if (terms := application.terms_at(stage)) and terms.is_grant
    }
    granted = list(grants_of.values())
    if not granted:
        return []
    first = min(min(terms.years) for terms in granted)
    later = sorted({year for terms in granted for year in terms.years[1:]})
    points = []
    if later:
        grants = "bidraget" if len(granted) == 1 else "bidragen"
        points.append(
            f"att {grants} för {years_in_words(later)} gäller under förutsättning att nämnden får "
            "budgetmedel och att redovisning för föregående år godkänts"
        )
    points.append(f"att finansiering sker inom nämndens ram för föreningsbidrag {first}")
    points += _report_points(grants_of)
    points.append("att bidrag som inte använts för sitt ändamål ska återbetalas")
    return points


def report_days(terms: Terms) -> dict[int, date]:
    """Grant year → last day to report: as the terms say, else the usual day of the year after.

    Uses prefetched reports; one for a year without money says nothing.
    """
    said = {report.year: report.due_on for report in terms.reports.all()}
    return {year: said.get(year) or date(year + 1, *_REPORT_MONTH_AND_DAY) for year in terms.years}


def _report_points(grants_of: dict[Application, Terms]) -> list[str]:
    """One sentence when all report on the same day of the year after, else one for each application."""
    days = {application: report_days(terms) for application, terms in grants_of.items()}
    every = [(year, day) for by_year in days.values() for year, day in by_year.items()]
    same = {(day.month, day.day, day.year - year) for year, day in every}
    if len(same) == 1 and every[0][1].year == every[0][0] + 1:
        years = {year for year, _day in every}
        if max(len(by_year) for by_year in days.values()) == 1 and len(years) == 1:
            return [f"att redovisning ska lämnas senast den {_in_words(every[0][1])}"]
        day_and_month = _in_words(every[0][1]).rsplit(maxsplit=1)[0]
        return [f"att redovisning för varje bidragsår ska lämnas senast den {day_and_month} året efter"]
    return [
        _own_report_point(application, by_year, alone=len(days) == 1) for application, by_year in days.items()
    ]


def _own_report_point(application: Application, by_year: dict[int, date], *, alone: bool) -> str:
    days = _listed([f"för {year} senast den {_in_words(day)}" for year, day in sorted(by_year.items())])
    if alone:
        return f"att redovisning ska lämnas {days}"
    return f"att {_whom(application)}, ska lämna redovisning {days}"


def _in_words(day: date) -> str:
    """31 March 2028 → "31 mars 2028", its day and month kept on one line; official documents are Swedish."""
    with translation.override("sv"):
        return swedish_date(day).replace(" ", "\u00a0", 1)


def condition_texts(terms: Terms) -> list[str]:
    """The conditions, one a line, without a leading "att" and the mark at the end."""
    lines = (line.strip().rstrip(".;,").strip() for line in terms.conditions.splitlines())
    return [line.removeprefix("att ") for line in lines if line]


def kronor_in_words(amount: int) -> str:
    """1900000 → "1 900 000 kronor" with no-break spaces."""
    return f"{number(amount)}\u00a0kronor"


def years_in_words(years: Sequence[int]) -> str:
    """[2027, 2028, 2029] → "åren 2027–2029", [2027] → "2027", [2027, 2029] → "åren 2027 och 2029"."""
    if len(years) == 1:
        return str(years[0])
    if years[-1] - years[0] == len(years) - 1:
        return f"åren {year_span(list(years))}"
    return f"åren {_listed([str(year) for year in years])}"


def _listed(parts: Sequence[str]) -> str:
    """ "a", "a och b", "a, b och c"."""
    return " och ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
