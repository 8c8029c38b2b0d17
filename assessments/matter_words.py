"""The words of a matter's report, in Swedish: a beginning that is true of the figures, for staff to edit."""

from __future__ import annotations

from assessments.figures import Figures
from grants.models import Application, Call, Referral, Terms, TermsStage
from portal.documents.templatetags.swedish_text import number, percent, years

PREPARATION = (
    "Ärendet är berett av handläggare på socialförvaltningen. Handläggarna har prövat att ansökningarna är "
    "kompletta, anmält jäv där det funnits och bedömt varje ansökan mot riktlinjernas fem "
    "utredningspunkter: effekt, värde, komplement, samverkan och ekonomi."
)
CHILD_PERSPECTIVE = "Barn och unga"


def _kronor(amount: int) -> str:
    return f"{number(amount)} kronor"


class RoundWords:
    """Title, summary and sections of a collecting matter."""

    def __init__(self, call: Call, sums: Figures, child_goal_percent: int | None = None) -> None:
        self.call, self.sums, self.child_goal_percent = call, sums, child_goal_percent
        self.title = f"Fördelning av {call.grant_type} {call.first_year}"
        self.preparation = PREPARATION
        self.recipients = ["Handläggare", "Akt", "Föreningarna"]

    @property
    def summary(self) -> str:
        sums = self.sums
        return (
            f"{sums.count} föreningar har sökt bidrag av socialnämnden från och med {self.call.first_year}. "
            f"Tillsammans söker de {_kronor(sums.sought)} för {self.call.first_year}.\n\n"
            f"Förvaltningen föreslår att nämnden fördelar {_kronor(sums.granted)}. "
            f"{sums.granted_count} föreningar föreslås få bidrag. Av pengarna går "
            f"{percent(sums.child_percent_weighted)} till barn och unga, vägt efter verksamheternas andelar."
        )

    @property
    def sections(self) -> list[tuple[str, str]]:
        sums = self.sums
        return [
            (
                "Bakgrund",
                "Socialnämnden ger bidrag till föreningar vars sociala arbete kompletterar och förstärker "
                "nämndens egna tjänster. Verksamhetsbidrag ges för ett till tre år och söks året före det "
                "första bidragsåret.",
            ),
            (
                "Bedömning",
                "Varje ansökan har ett bedömningsblad i handlingarna. Där står vad som söks, vad "
                "förvaltningen föreslår och varför, punkt för punkt. Nivåerna är ett stöd för jämförelse och "
                "avgör inte ensamma vad som föreslås.",
            ),
            (
                CHILD_PERSPECTIVE,
                f"{self._goal}Förslaget ger {percent(sums.child_percent_weighted)} när varje verksamhets "
                f"andel vägs in och {percent(sums.child_percent_whole)} när bara verksamheter som helt "
                "vänder sig till barn och unga räknas.",
            ),
            (
                "Ekonomi",
                f"Förslaget ryms inom nämndens ram för föreningsbidrag {self.call.first_year}. Bidrag för "
                "flera år binder ramen även för de åren. Beloppen per förening och år står i "
                "fördelningstabellen.",
            ),
        ]

    @property
    def _goal(self) -> str:
        goal = self.child_goal_percent
        return f"Målet är att minst {goal} procent av pengarna går till barn och unga. " if goal else ""


class SingleWords:
    """Title, summary and sections of a matter about one application."""

    def __init__(self, application: Application) -> None:
        self.application = application
        association = application.association.name
        self.title = f"Ansökan om {application.call.grant_type}, {association}"
        self.preparation = PREPARATION.replace("ansökningarna är kompletta", "ansökan är komplett")
        self.recipients = ["Handläggare", "Akt", association]

    @property
    def summary(self) -> str:
        application = self.application
        applied = application.terms_at(TermsStage.APPLIED)
        proposed = application.terms_at(TermsStage.PROPOSED)
        sought = (
            f"{application.association.name} söker {_kronor(applied.total)} i {application.call.grant_type} "
            f"för {years(applied.years)} till ”{application.title}”."
            if applied
            else ""
        )
        if proposed is None or not proposed.is_grant:
            return f"{sought}\n\nFörvaltningen föreslår att nämnden avslår ansökan{self._referral(proposed)}."
        return (
            f"{sought}\n\nFörvaltningen föreslår att nämnden beviljar {_kronor(proposed.total)} "
            f"för {years(proposed.years)}."
        )

    @staticmethod
    def _referral(proposed: Terms | None) -> str:
        if proposed is None or not proposed.referral:
            return ""
        if proposed.referral == Referral.IOP:
            return " och hänvisar föreningen till dialog om idéburet offentligt partnerskap"
        return f" och hänvisar föreningen till {proposed.referred_to}"

    @property
    def sections(self) -> list[tuple[str, str]]:
        return [
            (
                "Bakgrund",
                "Utvecklingsbidrag kan sökas när som helst under året. Det är till för att starta, "
                "utveckla eller pröva något under en begränsad tid.",
            ),
            ("Bedömning", self.application.assessment.reason),
            (
                CHILD_PERSPECTIVE,
                f"Andelen av verksamheten som vänder sig till barn och unga är "
                f"{self.application.child_share or 0} procent.",
            ),
        ]
