"""Facts with what proves them: added and taken away on the desk, and never somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from assessments import assessing, facts
from assessments.facts import FactChanges, NewFact
from assessments.models import Assessment, Criterion, Fact
from grants.models import Application, ContactNote
from portal.people.models import User
from portal.registry.models import declare
from tests.assessments.building import address, officer, opened_by, posted, signed_in, written
from tests.factories import sent_application

pytestmark = pytest.mark.django_db

NEED = "question:need"


def note(application: Application, by: User, **fields: Any) -> ContactNote:
    return ContactNote.objects.create(
        association=application.association,
        held_on=timezone.localdate(),
        channel="phone",
        text="Ordföranden berättade om sommaren.",
        written_by=by,
        **fields,
    )


def begun(*officers: User, **fields: Any) -> Assessment:
    return assessing.begin(opened_by(*officers, **fields), officers[0])


def adding(text: str, place: str, criterion: str = Criterion.EFFEKT) -> FactChanges:
    return FactChanges((NewFact(criterion, text, place),))


def standing(assessment: Assessment) -> list[tuple[str, str, str]]:
    rows = Fact.objects.filter(assessment=assessment, removed_at=None)
    return [(row.criterion, row.text, facts.code_of(row)) for row in rows]


# --- The act -----------------------------------------------------------------------------------


def test_each_kind_of_place_proves_a_fact() -> None:
    person = officer()
    assessment = begun(person)
    application = assessment.application
    other = sent_application(association=application.association)
    codes = [
        NEED,
        "question:amounts",
        "question:child_share",
        "budget",
        f"paper:{application.attachments.get().pk}",
        f"note:{note(application, person).pk}",
        f"note:{note(application, person, case=application.received_case).pk}",
        f"earlier:{other.pk}",
    ]
    new = tuple(NewFact("effekt", f"Uppgift {code}", code) for code in codes)
    assessing.save(assessment, written(), 1, person, FactChanges(new))
    assert [code for _criterion, _text, code in standing(assessment)] == codes


def foreign_codes(application: Application, person: User) -> dict[str, str]:
    """Places of others, by what is wrong with them."""
    foreign = sent_application()
    hidden = sent_application(association=application.association)
    declare(hidden.received_case, person, has_conflict=True)
    own_other = sent_application(association=application.association)
    return {
        "another's paper": f"paper:{foreign.attachments.get().pk}",
        "another's note": f"note:{note(foreign, person).pk}",
        "a note on another case": f"note:{note(application, person, case=own_other.received_case).pk}",
        "another's application": f"earlier:{foreign.pk}",
        "a conflicted application": f"earlier:{hidden.pk}",
        "the application itself": f"earlier:{application.pk}",
        "no such question": "question:nothing",
        "no number": "paper:abc",
        "no kind": "nothing",
    }


WRONG = [
    "another's paper",
    "another's note",
    "a note on another case",
    "another's application",
    "a conflicted application",
    "the application itself",
    "no such question",
    "no number",
    "no kind",
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_the_applications_proves_nothing(wrong: str) -> None:
    """The act refuses, whoever calls it, and nothing of the save is kept."""
    person = officer()
    assessment = begun(person)
    code = foreign_codes(assessment.application, person)[wrong]
    with pytest.raises(assessing.Refused):
        assessing.save(assessment, written(), 1, person, adding("Uppgift", code))
    fresh = Assessment.objects.get()
    assert (fresh.version, fresh.reason, Fact.objects.count()) == (1, "", 0)


def test_what_is_taken_away_is_kept_with_the_time() -> None:
    person = officer()
    assessment = begun(person)
    assessing.save(assessment, written(), 1, person, adding("Uppgift", NEED))
    [fact] = Fact.objects.all()
    assessing.save(assessment, written(), 2, person, FactChanges(removed=frozenset({fact.pk})))
    fact.refresh_from_db()
    assert (standing(assessment), fact.text) == ([], "Uppgift")
    assert fact.removed_at is not None


def test_another_assessments_fact_is_not_taken_away() -> None:
    person = officer()
    assessment, other = begun(person), begun(person)
    assessing.save(other, written(), 1, person, adding("Uppgift", NEED))
    removing = FactChanges(removed=frozenset(Fact.objects.values_list("pk", flat=True)))
    assessing.save(assessment, written(), 1, person, removing)
    assert standing(other) == [("effekt", "Uppgift", NEED)]


# --- The desk ----------------------------------------------------------------------------------


def test_a_fact_is_added_and_removed_with_the_desks_save() -> None:
    person = officer()
    assessment = begun(person)
    client, url = signed_in(person), address("assess", assessment.application)
    paper = f"paper:{assessment.application.attachments.get().pk}"
    client.post(url, posted(assessment, fact_text_varde="Stadgarna gäller.", fact_place_varde=paper))
    [fact] = Fact.objects.all()
    page = client.get(url)
    assert standing(assessment) == [("varde", "Stadgarna gäller.", paper)]
    [[(shown, is_removed)]] = [row["facts"] for row in page.context["form"].criteria if row["facts"]]
    assert (shown.text, is_removed) == ("Stadgarna gäller.", False)
    assert client.get(shown.url).status_code == 200
    assert shown.url in page.content.decode()
    assessment.refresh_from_db()
    client.post(url, posted(assessment, remove_facts=[fact.pk]))
    assert standing(assessment) == []


@pytest.mark.rule(8)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_posted_place_of_another_is_refused_in_words(wrong: str) -> None:
    person = officer()
    assessment = begun(person)
    code = foreign_codes(assessment.application, person)[wrong]
    response = signed_in(person).post(
        address("assess", assessment.application),
        posted(assessment, fact_text_effekt="Uppgift", fact_place_effekt=code, reason="Kvar."),
    )
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["fact_place_effekt"]
    assert 'value="Uppgift"' in response.content.decode()
    assert "Kvar." in response.content.decode()
    assert (Assessment.objects.get().version, Fact.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"fact_text_effekt": "Uppgift"}, "fact_place_effekt"),
        ({"fact_place_effekt": NEED}, "fact_text_effekt"),
        ({"fact_text_effekt": "x" * 501, "fact_place_effekt": NEED}, "fact_text_effekt"),
        ({"remove_facts": ["1 or 1"]}, "remove_facts"),
    ],
)
def test_half_a_fact_comes_back(fields: dict[str, Any], wrong: str) -> None:
    person = officer()
    assessment = begun(person)
    response = signed_in(person).post(address("assess", assessment.application), posted(assessment, **fields))
    assert (response.status_code, list(response.context["form"].errors)) == (422, [wrong])
    assert not Fact.objects.exists()


def test_two_who_add_at_the_same_time_lose_nothing() -> None:
    """Both wrote the same else: the second's fact is added without a question."""
    first, second = officer(), officer()
    assessment = begun(first, second)
    url = address("assess", assessment.application)
    for person, text in ((first, "Den förstas."), (second, "Den andras.")):
        fields = posted(assessment, fact_text_effekt=text, fact_place_effekt=NEED)
        assert signed_in(person).post(url, fields).status_code == 302
    assert [text for _criterion, text, _code in standing(assessment)] == ["Den förstas.", "Den andras."]
    assert Assessment.objects.get().version == 3


def test_a_typed_fact_survives_the_choice_between_two_texts() -> None:
    first, second = officer(), officer()
    assessment = begun(first, second)
    url = address("assess", assessment.application)
    signed_in(first).post(url, posted(assessment, fact_text_effekt="Gammal.", fact_place_effekt=NEED))
    assessment.refresh_from_db()
    [old] = Fact.objects.all()
    signed_in(first).post(url, posted(assessment, risks="Deras risk."))
    fields = posted(
        assessment,
        risks="Min risk.",
        fact_text_varde="Ny.",
        fact_place_varde="budget",
        remove_facts=[old.pk],
    )
    asked = signed_in(second).post(url, fields)
    assert asked.status_code == 409
    kept = {name: [value for other, value in asked.context["kept"] if other == name] for name in fields}
    assert (kept["fact_text_varde"], kept["remove_facts"]) == (["Ny."], [str(old.pk)])
    assert standing(assessment) == [("effekt", "Gammal.", NEED)]
    kept |= {"version": [asked.context["version"]], "asked": ["risks"], "choose_risks": ["theirs"]}
    assert signed_in(second).post(url, kept).status_code == 302
    assert standing(assessment) == [("varde", "Ny.", "budget")]
    assert Assessment.objects.get().risks == "Deras risk."


def test_save_pressed_twice_adds_a_fact_once() -> None:
    person = officer()
    assessment = begun(person)
    fields = posted(assessment, fact_text_effekt="En gång.", fact_place_effekt=NEED)
    for _press in range(2):
        signed_in(person).post(address("assess", assessment.application), fields)
    assert standing(assessment) == [("effekt", "En gång.", NEED)]
    assert Assessment.objects.get().version == 2


def test_not_ready_keeps_the_fact_once_and_frees_its_row() -> None:
    person = officer()
    assessment = begun(person)
    fields = posted(assessment, text_varde="", fact_text_effekt="En gång.", fact_place_effekt=NEED)
    response = signed_in(person).post(address("ready", assessment.application), fields)
    assert response.status_code == 422
    effekt = response.context["form"].criteria[0]
    assert [fact.text for fact, _removed in effekt["facts"]] == ["En gång."]
    assert not effekt["is_adding"]


def test_the_list_holds_only_what_the_officer_may_see() -> None:
    person = officer()
    application = opened_by(person)
    foreign_codes(application, person)
    assessment = assessing.begin(application, person)
    page = signed_in(person).get(address("assess", assessment.application))
    offered = {place.code for place in page.context["form"].beside.places}
    others = application.association.applications.exclude(pk=application.pk)
    visible = {f"earlier:{pk}" for pk in others.visible_to(person).values_list("pk", flat=True)}
    assert {code for code in offered if code.startswith("earlier")} == visible
    assert len(visible) == others.count() - 1
    assert not any(code.startswith("note") for code in offered)
    assert {f"paper:{application.attachments.get().pk}", "budget", NEED} <= offered


def test_a_fact_proved_by_a_case_that_is_hidden_from_the_reader() -> None:
    """A colleague's proof is named to nobody who has a conflict of interest in it."""
    writer, reader = officer(), officer()
    assessment = begun(writer, reader)
    other = sent_application(association=assessment.application.association, call__title="Jävsomgången")
    assessing.save(assessment, written(), 1, writer, adding("Uppgift", f"earlier:{other.pk}"))
    declare(other.received_case, reader, has_conflict=True)
    page = signed_in(reader).get(address("assess", assessment.application)).content.decode()
    assert "Uppgift" in page
    assert "Jävsomgången" not in page
    assert address("application", other) not in page


@pytest.mark.parametrize("count", [1, 10])
def test_the_desk_asks_the_same_however_many_facts(count: int, django_assert_num_queries: Any) -> None:
    person = officer()
    assessment = begun(person)
    application = assessment.application
    paper = f"paper:{application.attachments.get().pk}"
    codes = [NEED, "budget", paper]
    for number in range(count):
        codes += [f"note:{note(application, person).pk}"]
        codes += [f"earlier:{sent_application(association=application.association).pk}"]
        new = NewFact("effekt", f"Uppgift {number}", codes[number % len(codes)])
        assessing.save(assessment, written(), assessment.version, person, FactChanges((new,)))
    client, url = signed_in(person), address("assess", application)
    client.get(url)
    with django_assert_num_queries(27):
        page = client.get(url)
    assert len(page.context["form"].beside.facts) == count
