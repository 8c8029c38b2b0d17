"""Talk before agreements in the demo: contacts of units, needs, ideas, and shared logs of co-operation."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.utils import timezone

from iop import answering_ideas, cooperating, lists_file, publishing_needs, survey
from iop.leaving_ideas import Thought, leave
from iop.models import Area, Idea, Level, Need, NeedAnswer, TargetGroup, UnitProfile, UnitSignatory
from portal.demo.register import Registered
from portal.demo.texts import DATA
from portal.people.models import Unit, UnitContact, User
from portal.registry.models import declare

DAYS_A_MONTH = 30


@cache
def partnerships() -> dict[str, Any]:
    """What the data file holds."""
    data: dict[str, Any] = json.loads((DATA / "partnerships.json").read_text(encoding="utf-8"))
    return data


def talk(by_number: dict[int, Registered], staff: dict[str, User], today: date) -> None:
    """Lists, contacts, needs, ideas and logs, in the order in which they came about."""
    lists_file.install_shipped()
    contact, officer = staff["verksamhet"], staff["handlaggare"]
    for facts in partnerships()["profiles"]:
        _profile(facts, contact, officer)
    for facts in partnerships()["cooperation"]:
        _log(facts, by_number, contact, today)
    for facts in partnerships()["needs"]:
        _need(facts, by_number, contact)
    for facts in partnerships()["ideas"]:
        _idea(facts, by_number[facts["association"]], today)
    for facts in partnerships()["survey"]:
        _answers(facts, officer, today)


def _groups(codes: list[str]) -> list[TargetGroup]:
    return list(TargetGroup.objects.filter(code__in=codes))


def _profile(facts: dict[str, Any], contact: User, officer: User) -> None:
    unit, _is_new = Unit.objects.get_or_create(name=facts["unit"])
    UnitContact.objects.get_or_create(unit=unit, user=contact)
    UnitSignatory.objects.get_or_create(
        unit=unit, user=contact, valid_from=date(2020, 1, 1), defaults={"given_by": officer}
    )
    profile = UnitProfile.objects.create(
        unit=unit,
        area=Area.objects.get(code=facts["area"]),
        **{name: facts[name] for name in ("about", "contact_role", "email", "phone")},
    )
    profile.target_groups.set(_groups(facts["target_groups"]))


def _log(facts: dict[str, Any], by_number: dict[int, Registered], contact: User, today: date) -> None:
    registered = by_number[facts["association"]]
    pair = cooperating.between(registered.association, Unit.objects.get(name=facts["unit"]))
    for entry in facts["entries"]:
        happened = cooperating.Happened(
            on=today - timedelta(days=entry["months_ago"] * DAYS_A_MONTH),
            level=Level.objects.get(code=entry["level"]),
            **{name: entry[name] for name in ("kind", "role", "text")},
        )
        cooperating.write(pair, happened, contact if entry["by"] == "officer" else registered.chair)


def _need(facts: dict[str, Any], by_number: dict[int, Registered], contact: User) -> None:
    fields = {name: facts[name] for name in ("title", "text", "contributes")} | {
        "unit": Unit.objects.get(name=facts["unit"]),
        "area": Area.objects.get(code=facts["area"]),
    }
    need = publishing_needs.write(fields, _groups(facts["target_groups"]), contact)
    if "days_ago" not in facts:
        return
    publishing_needs.publish(need)
    for answer in facts["answers"]:
        registered = by_number[answer["association"]]
        given = publishing_needs.answer(
            need, registered.association, answer["role"], answer["text"], registered.chair
        )
        at = timezone.now() - timedelta(days=answer["days_ago"])
        if "reply" in answer:
            publishing_needs.reply(given, answer["reply"], contact)
            NeedAnswer.objects.filter(pk=given.pk).update(replied_at=at + timedelta(days=3))
        NeedAnswer.objects.filter(pk=given.pk).update(answered_at=at)
    if "closing_words" in facts:
        publishing_needs.close(need, facts["closing_words"])
    Need.objects.filter(pk=need.pk).update(published_at=timezone.now() - timedelta(days=facts["days_ago"]))


def _idea(facts: dict[str, Any], registered: Registered, today: date) -> None:
    thought = Thought(
        facts["title"],
        facts["text"],
        Area.objects.get(code=facts["area"]),
        _groups(facts["target_groups"]),
    )
    idea = leave(registered.association, thought, registered.chair)
    for words in facts["words"]:
        answering_ideas.say(
            idea, words["text"], registered.chair if words["by"] == "association" else idea.owner
        )
    Idea.objects.filter(pk=idea.pk).update(
        left_at=timezone.now() - timedelta(days=facts["days_ago"]),
        follow_up_on=today + timedelta(days=facts["due_in"]),
    )
    if "ending" in facts:
        declare(idea.case, idea.owner, has_conflict=False)
        answering_ideas.end(idea, _ending(facts["ending"], idea), idea.owner)


def _ending(facts: dict[str, Any], idea: Idea) -> answering_ideas.Ending:
    return answering_ideas.Ending(
        outcome=facts["outcome"],
        answer=facts["answer"],
        what_else=facts.get("what_else", ""),
        unit=Unit.objects.get(name=facts["unit"]) if "unit" in facts else None,
        area=idea.area,
        referred_to=facts.get("referred_to", ""),
    )


def _answers(facts: dict[str, Any], officer: User, today: date) -> None:
    year = today.year - facts["years_ago"]
    questions = {str(question.number): question.pk for question in survey.questions_of(year)}
    said = {questions[number]: (bool(yes), comment) for number, (yes, comment) in facts["answers"].items()}
    survey.answer(Area.objects.get(code=facts["area"]), year, said, officer)
