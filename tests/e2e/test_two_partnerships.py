"""Two partnerships of the shapes that cities write: four months with one association, three years with two.

Both grow out of an idea that an association leaves, and go by the people's own sign-ins all the way to the
evaluation. The server runs in the test's own process, so the days pass for it too. What the pages look like
is for the rooms' own tests.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone
from post_office.models import Email
from time_machine import TimeMachineFixture

from grants.models import Commitment
from iop.keeping import keep
from iop.models import Agreement, ContributionKind, FollowUp, GoalLevel, SteeringSeat
from iop.states import State
from tests.e2e import partnering
from tests.e2e.partnering import Desk, Partner
from tests.e2e.person import Person

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

MakePerson = Callable[..., Person]

POSTS = {
    date(2027, 8, 14): "Inlägg 1 av 3: Så låter en röst i andra änden",
    date(2027, 9, 12): "Inlägg 2 av 3: När en vän mår dåligt",
    date(2027, 10, 20): "Inlägg 3 av 3: Första samtalet",
}


@pytest.fixture(autouse=True)
def _signed_in_for_years(settings: Any) -> None:
    """Whoever has signed in stays so while the years pass."""
    ten_years = 10 * 366 * 24 * 3600
    settings.SESSION_COOKIE_AGE = settings.STAFF_IDLE_SECONDS = settings.STAFF_VISIT_SECONDS = ten_years


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def assert_says(text: str, *wanted: str) -> None:
    missing = [words for words in wanted if words not in text]
    assert missing == [], text


def agree(desk: Desk, partners: list[Partner], agreement: Agreement) -> tuple[list[str], str]:
    """All say yes, the committee decides and all sign: the matter's texts, and the signed agreement's."""
    partnering.assess_market(desk.officer, agreement)
    partnering.say_yes(partners, agreement)
    papers = partnering.decide(desk, partnering.send_to_committee(desk.officer, agreement))
    signed = partnering.sign(partners, agreement)
    agreement.refresh_from_db()
    assert agreement.state == State.RUNNING
    for text in (*papers, signed):
        names = [partner.name for partner in partners if partner.kind == "association"]
        assert_says(text, agreement.title, *names)
    return papers, signed


def bound(agreement: Agreement) -> dict[int, int]:
    """What the frame holds for the partnership: whole kronor by year."""
    return dict(Commitment.objects.filter(case=agreement.case).order_by("year").values_list("year", "amount"))


def test_four_months_and_three_posts_for_a_helpline(
    person: MakePerson, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(at(date(2027, 3, 1)))
    desk = partnering.city(person, {2027: 1_000_000})
    fyren = partnering.association(person, "Föreningen Fyren")
    unga = partnering.unit(person, "Enheten för unga")
    both = [fyren, unga]

    idea = partnering.leave_idea(fyren, "Unga svarar unga", "Unga skriver om stödlinjen för andra unga.")
    agreement = partnering.answer_with_partnership(desk.officer, idea, unga)
    first, last = date(2027, 7, 1), date(2027, 10, 31)
    partnering.choose_days(fyren, agreement, first, last, "Fler unga ska hitta till stödlinjen.")
    need = "Unga vet inte vart de kan ringa."
    partnering.write_clauses(unga, agreement, {"bakgrund": need, "verksamhet": "Tre inlägg av unga."})
    partnering.promise(unga, agreement, ContributionKind.PENGAR, 60_000, "Till redaktör och bilder")
    partnering.promise(fyren, agreement, ContributionKind.IDEELL_TID, 120, "Unga som skriver")
    partnering.write_budget(unga, agreement, "Redaktör och bilder", 60_000)
    partnering.add_goal(
        fyren, agreement, GoalLevel.VERKSAMHET, "Tre publicerade inlägg av unga",
        text="Publicerade inlägg", unit="inlägg", baseline="0", target="3",
    )  # fmt: skip

    time_machine.move_to(at(date(2027, 4, 20)))
    (report, appendix, extract), signed = agree(desk, both, agreement)
    for text in (report, appendix, extract, signed):
        assert_says(text, "60 000")
    assert_says(extract, "1 juli 2027–31 oktober 2027")
    assert_says(report, need)
    assert bound(agreement) == {2027: 60_000}
    [evaluation] = agreement.follow_ups.all()
    assert evaluation.kind == FollowUp.Kind.EVALUATION

    for day, post in POSTS.items():
        time_machine.move_to(at(day))
        partnering.deliver(fyren, agreement, ContributionKind.IDEELL_TID, day, hours="40", text=post)
    partnering.deliver(unga, agreement, ContributionKind.PENGAR, max(POSTS), kronor="60 000")

    time_machine.move_to(at(date(2027, 11, 8)))
    keep()
    texts = {
        "activities": "Unga skrev tre inlägg och svarade på frågor.",
        "reached": "4 200 läste, 310 gick vidare till stödlinjen.",
        "effect": "Fler unga vet vart de kan ringa.",
        "society": "Tidigt stöd.",
        "learned": "Unga litar på unga.",
    }
    evaluated = partnering.follow_up(both, evaluation, texts, ["3"])
    assert_says(evaluated, *texts.values(), *POSTS.values(), "120 timmar")
    agreement.refresh_from_db()
    assert agreement.state == State.ENDED


def test_three_years_of_two_associations_and_two_units_with_addendum_and_renewal(
    person: MakePerson, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(at(date(2026, 8, 20)))
    desk = partnering.city(person, dict.fromkeys(range(2027, 2033), 1_000_000))
    fyren, bryggan = (partnering.association(person, f"Föreningen {name}") for name in ("Fyren", "Bryggan"))
    unga, familj = (partnering.unit(person, f"Enheten för {whom}") for whom in ("unga", "familjer"))
    all_four = [fyren, bryggan, unga, familj]

    idea = partnering.leave_idea(fyren, "Kvällar i Hamnen", "Öppna kvällar för unga och deras familjer.")
    agreement = partnering.answer_with_partnership(desk.officer, idea, unga)
    for partner in (bryggan, familj):
        partnering.invite(desk.officer, agreement, partner)
    first, last = date(2027, 1, 1), date(2029, 12, 31)
    partnering.choose_days(bryggan, agreement, first, last, "En plats där unga blir sedda.")
    partnering.write_clauses(
        familj, agreement, {"bakgrund": "Många är ensamma.", "verksamhet": "Två kvällar i veckan."}
    )
    partnering.promise(unga, agreement, ContributionKind.PENGAR, 300_000, "Samordnare")
    partnering.promise(familj, agreement, ContributionKind.KOMPETENS, 200, "En familjebehandlare")
    partnering.promise(fyren, agreement, ContributionKind.IDEELL_TID, 800, "Ledare")
    partnering.promise(bryggan, agreement, ContributionKind.LOKAL, 50_000, "Lokalen i Hamnen")
    partnering.write_budget(unga, agreement, "Samordnare", 300_000)
    partnering.add_goal(
        bryggan, agreement, GoalLevel.EFFEKT, "Fler unga har en vuxen att prata med",
        text="Unga som har en vuxen att prata med", unit="procent", baseline="40", target="70",
    )  # fmt: skip
    partnering.add_seat(unga, agreement, SteeringSeat.Group.STEERING, "Enhetschef")

    time_machine.move_to(at(date(2026, 11, 10)))
    (report, *_papers), signed = agree(desk, all_four, agreement)
    assert_says(report, "300 000 kronor för 2028")
    assert_says(signed, *(partner.name for partner in all_four))
    assert bound(agreement) == dict.fromkeys((2027, 2028, 2029), 300_000)

    time_machine.move_to(at(date(2027, 10, 5)))
    matter = partnering.write_addendum(unga, agreement, "En kväll till", {2028: 400_000, 2029: 420_000})
    report, appendix, extract = partnering.decide(desk, matter)
    assert_says(report, "tillägg 1", "för 2028 ökar med 100 000 kronor")
    assert_says(appendix, "En kväll till", "400 000")
    assert_says(extract, "tillägg 1", "för 2029 ökar med 120 000 kronor")
    assert_says(partnering.sign_addendum(all_four, agreement), "En kväll till", "420 000")
    assert bound(agreement) == {2027: 300_000, 2028: 400_000, 2029: 420_000}

    time_machine.move_to(at(date(2027, 12, 15)))
    today = timezone.localdate()
    partnering.deliver(unga, agreement, ContributionKind.PENGAR, today, kronor="300 000")
    partnering.deliver(familj, agreement, ContributionKind.KOMPETENS, today, hours="190")
    partnering.deliver(fyren, agreement, ContributionKind.IDEELL_TID, today, hours="860")
    partnering.deliver(bryggan, agreement, ContributionKind.LOKAL, today, kronor="50 000")
    yearly = agreement.follow_ups.get(kind=FollowUp.Kind.YEARLY, year=2027)
    texts = {"reached": "140 unga.", "learned": "Måltiden öppnar samtalet."}
    followed = partnering.follow_up(all_four, yearly, texts, ["52"])
    assert_says(followed, *texts.values(), "860 timmar", "52")

    time_machine.move_to(at(date(2029, 7, 2)))
    keep()
    reminded = Email.objects.filter(subject="Dags att prata om hur partnerskapet går vidare")
    assert reminded.count() == 5  # the four parties and the coordinator
    renewed = partnering.renew(bryggan, agreement)
    assert (renewed.starts_on, renewed.ends_on) == (date(2030, 1, 1), date(2032, 12, 31))
    assert renewed.case != agreement.case
    (report, *_papers), signed = agree(desk, all_four, renewed)
    assert_says(report, "420 000 kronor för 2032")

    time_machine.move_to(at(date(2030, 1, 14)))
    keep()
    evaluation = agreement.follow_ups.get(kind=FollowUp.Kind.EVALUATION)
    texts = {
        "activities": "Tre kvällar i veckan.",
        "reached": "610 unga på tre år.",
        "effect": "Sju av tio har en vuxen att prata med.",
        "society": "Färre orosanmälningar om ensamma kvällar.",
        "learned": "Det tar ett år att bli betrodd.",
    }
    evaluated = partnering.follow_up(all_four, evaluation, texts, ["71"])
    assert_says(evaluated, *texts.values(), "71")
    assert set(Agreement.objects.values_list("pk", "state")) == {
        (agreement.pk, State.ENDED),
        (renewed.pk, State.RUNNING),
    }
