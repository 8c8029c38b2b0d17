"""A few questions before applying: right committee, right grant, a partnership instead, right time of year?

It advises, with reasons and next steps, and never blocks: every call can be read and applied in all the same.
The answers stand in the address, so that an advice can be sent to a friend; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.models import GrantType


@dataclass(frozen=True)
class Choice:
    code: str
    text: Any
    hint: Any = ""


@dataclass(frozen=True)
class Step:
    """One question; `name` and the codes of its choices stand in the address."""

    name: str
    question: Any
    choices: tuple[Choice, ...]

    def chosen(self, answers: Mapping[str, str]) -> Choice | None:
        """The choice made; what is none of them counts as no answer."""
        return next((choice for choice in self.choices if choice.code == answers.get(self.name)), None)


@dataclass(frozen=True)
class Advice:
    """What seems right, why, and what to do next; `grant` names the grant whose calls are shown beside."""

    title: str
    reasons: list[str]
    next_steps: list[str]
    grant: GrantType | None = None
    is_here: bool = True
    also: list[str] = field(default_factory=list)


WHO = Step(
    "vem",
    gettext_lazy("Who are you?"),
    (
        Choice(
            "forening",
            gettext_lazy("An association, foundation or faith community"),
            gettext_lazy("With statutes, a board and an organisation number."),
        ),
        Choice("grupp", gettext_lazy("A group or network that is not an association yet")),
        Choice("privat", gettext_lazy("A private person")),
        Choice("foretag", gettext_lazy("A company")),
    ),
)
FOR_WHOM = Step(
    "malgrupp",
    gettext_lazy("Whom is it mostly for?"),
    (
        Choice(
            "socialt",
            gettext_lazy("People who need social support, or are at risk"),
            gettext_lazy(
                "For example young people near crime, families, people with addiction, violence, mental "
                "ill-health, homelessness or loneliness."
            ),
        ),
        Choice("aldre", gettext_lazy("Older people or people with disabilities")),
        Choice("mangfald", gettext_lazy("Everyone, to further diversity and inclusion")),
        Choice("fritid", gettext_lazy("Everyone, with sport, culture or leisure")),
    ),
)
HOW = Step(
    "hur",
    gettext_lazy("What do you want?"),
    (
        Choice("sjalva", gettext_lazy("Run an activity of our own, with support from the city")),
        Choice(
            "tillsammans",
            gettext_lazy("Solve something together with the city"),
            gettext_lazy("Both give something: work, rooms, knowledge or money."),
        ),
        Choice("salja", gettext_lazy("Sell a service to the city")),
    ),
)
ACTIVITY = Step(
    "verksamhet",
    gettext_lazy("Is the activity new or established?"),
    (
        Choice(
            "ny",
            gettext_lazy("New, or something that we want to try or develop"),
            gettext_lazy("For a limited time, also in an association that has been there for long."),
        ),
        Choice("etablerad", gettext_lazy("Established: it goes on year after year")),
    ),
)
WHEN = Step(
    "nar",
    gettext_lazy("From when do you need the money?"),
    (
        Choice("i-ar", gettext_lazy("This year")),
        Choice("senare", gettext_lazy("Next year or later")),
    ),
)


def path(answers: Mapping[str, str]) -> list[tuple[Step, Choice | None]]:
    """The questions asked so far with their choices; the last one is unanswered unless an advice is due."""
    walked: list[tuple[Step, Choice | None]] = []
    for step in (WHO, FOR_WHOM, HOW, ACTIVITY, WHEN):
        choice = step.chosen(answers)
        walked.append((step, choice))
        if choice is None or choice.code in _ENDS:
            break
    return walked


#: Answers after which there is nothing more to ask.
_ENDS = frozenset({"privat", "foretag", "aldre", "mangfald", "fritid", "tillsammans", "salja"})


def advise(answers: Mapping[str, str]) -> Advice | None:
    """The advice that the answers lead to; none while a question is left."""
    walked = path(answers)
    last = walked[-1][1]
    if last is None:
        return None
    if last.code in _ENDS:
        advice = _ADVICE[last.code]()
    elif answers["verksamhet"] == "ny":
        advice = _development()
    else:
        advice = _operating(this_year=answers["nar"] == "i-ar")
    if answers["vem"] == "grupp":
        advice.also.append(
            _(
                "Money cannot go to a group without a board and accounts of its own. Form an association, or "
                "ask an established association to stand behind you as a guarantor: it then applies with you."
            )
        )
    return advice


def _private() -> Advice:
    return Advice(
        _("These grants go to associations, not to private persons"),
        [
            _("The committee supports what people do together, in an association with members and a board."),
        ],
        [
            _("Do you need support for yourself or your family? The city's contact centre shows the way."),
            _(
                "Do you have an idea? Find an association that wants to do it with you, and talk to us "
                "together."
            ),
        ],
        is_here=False,
    )


def _company() -> Advice:
    return Advice(
        _("These grants go to associations, not to companies"),
        [_("A grant to a company could distort competition. The city buys services by public procurement.")],
        [
            _("Look at the city's procurements, if you have a service to offer."),
            _("Would you rather support an association? Get in touch with one directly."),
        ],
        is_here=False,
    )


def _older() -> Advice:
    return Advice(
        _("Vård- och omsorgsnämnden has grants of its own for this"),
        [
            _(
                "Grants for activities for older people and people with disabilities are decided by another "
                "committee of the city, with its own rules and its own time to apply."
            )
        ],
        [_("Ask the city's contact centre for the grants from vård- och omsorgsnämnden.")],
        is_here=False,
        also=[
            _(
                "Does part of the activity reach people who need social support? Then talk to us too. The "
                "same costs cannot be paid twice, so tell both what you have applied for."
            )
        ],
    )


def _diversity() -> Advice:
    return Advice(
        _("The city has other money for diversity and inclusion"),
        [_("That money is handed out several times a year, by another part of the city.")],
        [_("Ask the city's contact centre for support for diversity and inclusion.")],
        is_here=False,
        also=[_("Is it mainly support for people in a difficult social situation? Then it may fit here.")],
    )


def _leisure() -> Advice:
    return Advice(
        _("Other committees of the city support sport, culture and leisure"),
        [_("The social committee supports activities that complement its own social work.")],
        [_("Ask the city's contact centre for grants to associations in sport, culture and leisure.")],
        is_here=False,
        also=[
            _("Do you use sport or culture to reach people who need social support? Then it may fit here.")
        ],
    )


def _partnership() -> Advice:
    return Advice(
        _("An idea-based public partnership (IOP) may be right"),
        [
            _("You want to solve something together, over a long time, as equals."),
            _("In a partnership both give something; it need not be money."),
            _(
                "It is right when there is no market for it, the idea is yours, and the need is one that we "
                "see together."
            ),
        ],
        [
            _("Talk to us before you write anything: a partnership begins with getting to know each other."),
            _("Think over what you can give, and what you would need from the city."),
        ],
        also=[
            _(
                "Does the activity stand on its own, without regular co-operation with the social "
                "administration? Then a grant is often better. A grant can also be a way to try first."
            )
        ],
    )


def _service() -> Advice:
    return Advice(
        _("To sell a service is neither a grant nor a partnership"),
        [
            _("What the city orders and pays for is procured, under the act on public procurement."),
            _("A grant is support for what you want to do yourselves."),
        ],
        [
            _("Look at the city's procurements."),
            _("Is it your own idea that we could do together? Go back and choose that."),
        ],
        is_here=False,
    )


def _development() -> Advice:
    return Advice(
        _("A development grant (utvecklingsbidrag) seems right"),
        [
            _("You begin something new, or want to try or develop it for a limited time."),
            _("The grant is for getting started or running a project. It is no lasting support."),
        ],
        [
            _("Read the questions of the call below and talk them over in the board."),
            _("Talk to us early, also when the idea is not finished."),
        ],
        grant=GrantType.UTVECKLINGSBIDRAG,
        also=[_("The committee decides which of the two grants you get, whichever you apply for.")],
    )


def _operating(*, this_year: bool) -> Advice:
    also = [_("The committee decides which of the two grants you get, whichever you apply for.")]
    if this_year:
        also.insert(
            0,
            _(
                "You need money this year, but an operating grant is applied for the year before. For "
                "something new that you want to try already this year, there is the development grant."
            ),
        )
    return Advice(
        _("An operating grant (verksamhetsbidrag) seems right"),
        [
            _("Your activity is established and goes on from year to year."),
            _(
                "The grant is for activities that complement the city's own social work, or are an "
                "alternative."
            ),
            _("It is applied for during a set time, the year before the first year of the grant."),
        ],
        [
            _("Read the questions of the call below and talk them over in the board."),
            _("Look out the papers from the annual meeting in good time."),
        ],
        grant=GrantType.VERKSAMHETSBIDRAG,
        also=also,
    )


_ADVICE = {
    "privat": _private,
    "foretag": _company,
    "aldre": _older,
    "mangfald": _diversity,
    "fritid": _leisure,
    "tillsammans": _partnership,
    "salja": _service,
}
