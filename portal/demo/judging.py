"""How the demo's officer judges: formal check, five criteria, facts, proposal, and what others say."""

from __future__ import annotations

from dataclasses import replace

from assessments import assessing, assigning, formal_checks
from assessments.assessing import Written
from assessments.facts import FactChanges, NewFact
from assessments.models import Criterion
from grants.models import Application
from portal.demo.second_views import ask_others, read_again
from portal.demo.texts import Story
from portal.people.models import User
from portal.registry.models import declare

#: What the officers say could be changed, where the data say nothing of the application's own.
WRITE_AND_ASK = "Läs skälen ovan och prata med oss innan ni söker nästa gång."


def assess(story: Story, application: Application, staff: dict[str, User]) -> None:
    """The officer declares, assesses on the five criteria, proposes, and marks it ready."""
    facts, officer = story.facts, staff["handlaggare"]
    declare(application.received_case, officer, has_conflict=False)
    assigning.assign([application.pk], officer, officer)
    formal_checks.save(
        application,
        {row.point.pk: formal_checks.Finding("ok", "") for row in formal_checks.tried(application)},
        officer,
    )
    assessment = assessing.begin(application, officer)
    judgements = facts["judgements"]
    written = Written(
        levels={code: judgements[code]["level"] for code in Criterion.values},
        texts={code: judgements[code]["text"] for code in Criterion.values},
        grant_type=facts["decided_type"] or facts["applied_type"],
        amounts=story.amounts(application.call.first_year, "granted_per_year"),
        conditions="\n".join(facts["conditions"]),
        previous_amount=facts["previous_year_amount"],
        reason=facts["reason"],
        short_reason=facts["short_reason"],
        reasons={code: judgements[code].get("reason", judgements[code]["text"]) for code in Criterion.values},
        could_change=facts.get("could_change", WRITE_AND_ASK),
        talk_to=facts.get("talk_to", "") or assessment.talk_to,
        referral=facts.get("referral", ""),
        referred_to=facts.get("referred_to", ""),
        **{name: facts.get(name, "") for name in ("risks", "equal_treatment", "alternatives")},
    )
    saved = assessing.save(assessment, written, assessment.version, officer, _facts(story, application))
    ask_others(application, facts["number"], staff, officer)
    assessing.mark_ready(saved, officer)
    read_again(application, facts["number"], staff["medbedomare"], officer)


def begin_to_assess(story: Story, application: Application, officer: User) -> None:
    """Half an assessment: it is open, and two of the five judgements are written."""
    assessment = assessing.begin(application, officer)
    begun = story.facts["begun"]
    written = replace(
        assessing.written(assessment),
        levels={code: row["level"] for code, row in begun.items()},
        texts={code: row["text"] for code, row in begun.items()},
    )
    places = {code: row["facts"] for code, row in begun.items()}
    changes = FactChanges(
        tuple(NewFact(code, fact["text"], fact["source"]) for code, facts in places.items() for fact in facts)
    )
    assessing.save(assessment, written, assessment.version, officer, changes)


def _facts(story: Story, application: Application) -> FactChanges:
    """What the officer noted, each with what proves it; a paper is named by its kind in the data."""
    papers = {row.paper.type.code: row.pk for row in application.attachments.select_related("paper__type")}
    return FactChanges(
        tuple(
            NewFact(code, fact["text"], _place(fact["source"], papers))
            for code in Criterion.values
            for fact in story.facts["judgements"][code].get("facts", ())
        )
    )


def _place(source: str, papers: dict[str, int]) -> str:
    kind, _colon, key = source.partition(":")
    return f"{kind}:{papers[key]}" if kind == "paper" else source
