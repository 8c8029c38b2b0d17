"""The demo's whole round by hand: 22 applications assessed, read again, shared, chosen and handed over.

Each page is the officers' own, in a real browser. The first case and the pages of the distribution are
checked for accessibility as everywhere; the other 21 cases use the same pages unchecked, for time's sake.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import AssessmentVersion, Criterion, Scenario, ScenarioChoice
from grants.models import Application, TermsStage
from portal.committee.models import LineAmount, Matter, Stage
from portal.demo import load
from portal.demo.judging import WRITE_AND_ASK
from portal.demo.second_views import oversight
from portal.demo.texts import Story
from portal.documents.templatetags.swedish_text import number
from portal.people.models import Role, User
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

MakePerson = Callable[..., Person]
SHELTER, OPEN_DOOR, WRONG_COMMITTEE = 1, 3, 22


@pytest.fixture
def received(person: MakePerson, transactional_db: None) -> tuple[load.Demo, dict[int, Application]]:
    """What the 22 associations have sent, and nothing that the city has done with it."""
    today = timezone.localdate()
    demo = load.found(today)
    sent = {}
    for days_left, story in load.numbered_stories():
        _registered, sent[story.facts["number"]] = load.receive(demo, story, days_left, today)
    for user in User.objects.filter(role_assignments__role__in=[Role.CASE_OFFICER, Role.SECOND_READER]):
        user.set_password(PASSWORD)
        user.save()
    return demo, sent


def test_from_assessment_to_proposal(
    received: tuple[load.Demo, dict[int, Application]], person: MakePerson
) -> None:
    demo, sent = received
    looking, working = person(), person(checked=False)
    for window in (looking, working):
        window.sign_in(demo.staff["handlaggare"].email)

    for _days_left, story in load.numbered_stories():
        of = story.facts["number"]
        assess(looking if of == SHELTER else working, story, sent[of])
        if of == SHELTER:
            ask_for_reader(looking, sent[of], demo.staff["medbedomare"])
    read_again(person(), sent[SHELTER], demo.staff["medbedomare"])

    share(looking, sent, demo)
    hand_over(looking, sent)


def assess(officer: Person, story: Story, application: Application) -> None:
    """Declare, begin, write everything that the demo's officer wrote, and mark it ready."""
    facts = story.facts
    officer.open(reverse("assessments:declare", args=[application.pk]))
    officer.fill(answer="no")
    officer.press(say("Declare and go on"))
    officer.press(say("Begin the assessment"))
    for code in Criterion.values:
        judged = facts["judgements"][code]
        officer.fill(
            **{f"level_{code}": judged["level"], f"text_{code}": judged["text"]},
            **{f"reason_{code}": judged["reason"]},
        )
    officer.fill(grant_type=facts["decided_type"] or facts["applied_type"])
    years = story.amounts(application.call.first_year, "granted_per_year")
    officer.fill(**{f"amount_{year}": number(amount) for year, amount in years.items()})
    if "referral" in facts:
        officer.fill(referral=facts["referral"], referred_to=facts["referred_to"])
    officer.fill(
        previous_amount=number(facts["previous_year_amount"]),
        reason=facts["reason"],
        short_reason=facts["short_reason"],
        could_change=facts.get("could_change", WRITE_AND_ASK),
        talk_to=facts["talk_to"],
        risks=facts["risks"],
        equal_treatment=facts["equal_treatment"],
        alternatives=facts["alternatives"],
    )
    officer.press(say("Save and mark ready"))
    officer.sees(say("The assessment is marked ready."))


def ask_for_reader(officer: Person, application: Application, reader: User) -> None:
    """The rule wants a second reading of the largest sum: the officer chooses who reads."""
    officer.open(reverse("assessments:application", args=[application.pk]))
    officer.page.locator("#second-reading select").select_option(str(reader.pk))
    officer.press(say("Ask"))
    officer.sees(str(reader))


def read_again(reader: Person, application: Application, user: User) -> None:
    """The controller declares, sees the answers and none of the officer's words, and judges."""
    [facts] = [row for row in oversight()["second_readings"] if row["number"] == SHELTER]
    reader.sign_in(user.email)
    reader.follow(say("Second readings"))
    reader.follow(application.association.name, exact=False)
    reader.fill(answer="no")
    reader.press(say("Declare and go on"))
    reader.sees(application.title)
    for code in Criterion.values:
        judged = facts["judgements"][code]
        reader.fill(**{f"level_{code}": judged["level"], f"text_{code}": judged["text"]})
    reader.fill(comment=facts["comment"])
    reader.press(say("Save and finish"))


def share(officer: Person, sent: dict[int, Application], demo: load.Demo) -> None:
    """Try two formulas, compare, change an amount in its box and back again, and choose with a reason."""
    call = demo.round_call
    officer.follow(say("Rounds"))
    officer.follow(call.title)
    for sum_of_the_round in ("12 920 000", "9 400 000", "18,8 %", "14,1 %"):
        officer.sees(sum_of_the_round)
    for facts in oversight()["scenarios"][:2]:
        officer.open(reverse("assessments:new-scenario", args=[call.pk]))
        officer.fill(name=facts["name"], method=facts["method"])
        officer.fill(**{key: number(amount) for key, amount in facts["parameters"].items()})
        officer.press(say("Make the scenario"))
        officer.sees(facts["name"])
    equal = Scenario.objects.get(method=Scenario.Method.EQUAL)
    officer.open(f"{reverse('assessments:compare-scenarios', args=[call.pk])}?right={equal.pk}")
    officer.sees(sent[OPEN_DOOR].association.name)
    change_in_place(officer, sent[OPEN_DOOR], call.pk)
    officer.open(reverse("assessments:new-scenario", args=[call.pk]))
    officer.fill(name="Handläggarnas förslag", method=Scenario.Method.BY_HAND)
    officer.press(say("Make the scenario"))
    officer.follow(say("Choose as the proposal"))
    officer.fill(reason=oversight()["choice"]["reason"])
    officer.press(say("Choose as the proposal"))
    officer.sees(oversight()["choice"]["reason"])


def change_in_place(officer: Person, application: Application, call_id: int) -> None:
    """The sums follow an amount that is changed in its box, without the page being loaded anew."""
    year = application.call.first_year
    officer.open(reverse("assessments:round", args=[call_id]))
    box = officer.page.locator(f"#row-{application.pk} input[name='amount_{year}']")
    for written, total in (("890 000", "9 390 000"), ("900 000", "9 400 000")):
        box.fill(written)
        box.press("Tab")
        officer.waits_for(total)


def hand_over(officer: Person, sent: dict[int, Application]) -> None:
    """The round goes to the committee with the very amounts, frozen assessments and the choice's reason."""
    officer.press(say("Hand the round to the committee"))
    officer.sees("12 920 000")
    matter = Matter.objects.get()
    proposed = LineAmount.objects.filter(line__matter=matter, stage=Stage.OFFICERS)
    first_year = sent[SHELTER].call.first_year
    assert sum(row.amount for row in proposed if row.year == first_year) == 9_400_000
    assert matter.lines.count() == AssessmentVersion.objects.count() == len(sent) == 22
    assert ScenarioChoice.objects.get().scenario.name == "Handläggarnas förslag"
    referred = sent[WRONG_COMMITTEE].terms.get(stage=TermsStage.PROPOSED)
    assert (referred.referral, referred.total) == ("committee", 0)
    points = [point.text for point in matter.points(Stage.OFFICERS)]
    assert any("vård- och omsorgsnämnden" in point for point in points)
