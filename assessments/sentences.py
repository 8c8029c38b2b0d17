"""Decision points (att-satser) in the committee's standard sentences, made from terms.

Each begins with "att" and has no mark at its end: the joining "; samt" is added when printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grants.models import Application, Terms
from portal.documents.templatetags.swedish_text import number, orgnr
from portal.documents.templatetags.swedish_text import years as year_span

#: When a report on a grant year is due the year after: day and month in Swedish (a default to change).
REPORT_DAY = "31\u00a0mars"


def points_for_round(applications: Sequence[Application], stage: str) -> list[str]:
    """The points of a collecting matter: each application in the order given, then what all share."""
    points = [point for application in applications for point in application_points(application, stage)]
    return points + common_points(applications, stage)


def points_for_single(application: Application, stage: str) -> list[str]:
    """The points of a matter about one application."""
    return points_for_round([application], stage)


def application_points(application: Application, stage: str) -> list[str]:
    """What the stage's terms mean for one application. Uses prefetched terms and association.

    Terms without amounts, or no terms at the stage, are a no. A grant of another type than was applied
    for rejects what was applied for and grants the other instead.
    """
    terms = application.terms_at(stage)
    applied = application.applied
    whom = f"{application.association.name}, {orgnr(application.association.organisation_number)}"
    if terms is None or not terms.is_grant:
        return [f"att avslå ansökan från {whom}"]
    granted = grant_words(terms)
    if conditions := condition_texts(terms):
        granted += f", på villkor {_listed([f'att {condition}' for condition in conditions])}"
    if applied is not None and applied.grant_type != terms.grant_type:
        return [
            f"att avslå ansökan från {whom}, om {applied.grant_type}",
            f"att i stället bevilja {whom}, {granted}",
        ]
    return [f"att bevilja {whom}, {granted}"]


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
    granted = [
        terms for application in applications if (terms := application.terms_at(stage)) and terms.is_grant
    ]
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
    if later:
        points.append(f"att redovisning för varje bidragsår ska lämnas senast den {REPORT_DAY} året efter")
    else:
        points.append(f"att redovisning ska lämnas senast den {REPORT_DAY} {first + 1}")
    points.append("att bidrag som inte använts för sitt ändamål ska återbetalas")
    return points


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
