"""Frozen assessments: a version when the application goes to the committee, and one for each correction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone, translation

from assessments import assessing, correcting, freezing
from assessments.facts import FactChanges, NewFact
from assessments.matters import propose_round, propose_single
from assessments.models import (
    Assessment,
    AssessmentVersion,
    Fact,
    ReadersJudgement,
    SecondReading,
    Statement,
)
from grants.models import Application, GrantType
from portal.committee import minutes
from portal.committee.agenda import put_on_agenda
from portal.committee.models import Outcome
from portal.people.models import Role, Unit, User
from portal.registry.models import Event, Record, declare
from tests.assessments.building import address, assessed_by, officer, opened_by, posted, signed_in, written
from tests.factories import CallFactory, CommitteeFactory, MeetingFactory, sent_application, staff

pytestmark = pytest.mark.django_db

ADDED = FactChanges((NewFact("effekt", "Når 120.", "question:need"),))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in the language they are written in."""
    CommitteeFactory.create()
    with translation.override("en"):
        yield


def before_committee(person: User, *others: User) -> Assessment:
    """A development grant's assessment, handed over as a matter of its own."""
    call = CallFactory.create(grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None, max_years=1)
    application = opened_by(person, *others, call=call)
    assessed_by(person, application, grant_type=GrantType.UTVECKLINGSBIDRAG)
    propose_single(application, person)
    return Assessment.objects.select_related("application").get(application=application)


def decide(application: Application, outcome: str, **more: Any) -> None:
    """The committee decides the application's matter at a meeting of its own."""
    secretary = staff(Role.SECRETARY)
    matter = application.received_case.matters.latest("pk")
    item = put_on_agenda(matter, MeetingFactory.create(), secretary)
    minutes.record_decision(item, outcome, secretary, **more)


def changed(assessment: Assessment, **changes: Any) -> assessing.Written:
    return written(grant_type=GrantType.UTVECKLINGSBIDRAG, **changes)


# --- Freezing ----------------------------------------------------------------------------------


def test_handing_over_writes_the_first_version_with_all_that_was_written() -> None:
    person = officer(display_name="Handläggare 1")
    application = opened_by(person)
    assessment = assessing.begin(application, person)
    saved = assessing.save(assessment, written(conditions="ge rapport"), 1, person, ADDED)
    reading = SecondReading.objects.create(
        application=application, causes=["sample"], reader=officer(), done_at=timezone.now()
    )
    ReadersJudgement.objects.create(
        reading=reading,
        criterion="effekt",
        level="svag",
        text="Jag ser mindre.",
        difference_reason="Olika år.",
    )
    unit = Unit.objects.create(name="Mottagningen")
    asked: dict[str, Any] = {
        "unit": unit,
        "question": "?",
        "due_on": timezone.localdate(),
        "asked_by": person,
    }
    Statement.objects.create(
        application=application,
        komplement="Det kompletterar oss.",
        answered_at=timezone.now(),
        answered_by=person,
        **asked,
    )
    Statement.objects.create(application=application, **asked)
    assessing.mark_ready(saved, person)
    propose_round(application.call, [application], person)
    version = AssessmentVersion.objects.get()
    assert (version.number, version.reason, version.made_by) == (1, "", person)
    assert version.content_sha256 == Record.checksum(version.content)
    content, full = version.content, written()
    first = content["criteria"][0]
    assert (first["level"], first["text"], first["reason"]) == (
        "god",
        "Bedömning av effekt.",
        "Skäl för effekt.",
    )
    assert [(fact["text"], fact["place"]) for fact in first["facts"]] == [("Når 120.", "question:need")]
    assert first["facts"][0]["proof"].startswith("Svar på frågan: ")
    assert content["texts"] == {name: getattr(full, name) for name in assessing.TEXTS}
    assert content["proposal"] == {
        "grant_type": "verksamhetsbidrag",
        "amounts": {"2027": 80_000},
        "conditions": "ge rapport",
        "referral": "",
        "referred_to": "",
        "reports": {"2027": "2028-03-31"},
        "outcome": "part",
    }
    assert content["applied"]["amounts"] == {"2027": 100_000}
    assert content["second_reading"]["judgements"][0]["difference_reason"] == "Olika år."
    assert [row["komplement"] for row in content["statements"]] == ["Det kompletterar oss."]


def test_an_unfinished_second_reading_is_not_frozen() -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessed_by(person, application)
    reading = SecondReading.objects.create(application=application, causes=["sample"], reader=officer())
    ReadersJudgement.objects.create(reading=reading, criterion="effekt", level="svag", text="Ej klart.")
    assert freezing.freeze(assessment, person).content["second_reading"] is None


def test_a_version_is_written_once() -> None:
    version = AssessmentVersion.objects.get(assessment=before_committee(officer()))
    version.reason = "Ändrad i efterhand"
    with pytest.raises(TypeError):
        version.save()
    with pytest.raises(TypeError):
        version.delete()
    with pytest.raises(TypeError):
        AssessmentVersion.objects.update(reason="")
    with pytest.raises(TypeError):
        AssessmentVersion.objects.all().delete()


def test_after_a_referral_back_the_next_hand_over_says_so() -> None:
    person = officer()
    assessment = before_committee(person)
    application = assessment.application
    decide(application, Outcome.REFERRED_BACK, instruction="fler uppgifter")
    fresh = Assessment.objects.get()
    saved = assessing.save(fresh, changed(fresh, risks="Nya risker."), fresh.version, person)
    assessing.mark_ready(saved, person)
    application.refresh_from_db()
    propose_single(application, person)
    first, second = AssessmentVersion.objects.order_by("number")
    assert (first.reason, second.reason) == ("", freezing.RETURNED)
    assert [change.label for change in freezing.changes(first.content, second.content)] == ["Risks"]


@pytest.mark.parametrize("count", [1, 4])
def test_freezing_takes_the_same_queries_however_many(count: int, django_assert_num_queries: Any) -> None:
    person = officer()
    call = CallFactory.create()
    applications = []
    for number in range(count):
        application = opened_by(person, call=call)
        assessment = assessing.begin(application, person)
        new = tuple(NewFact("effekt", f"{n}", "question:need") for n in range(number + 1))
        saved = assessing.save(assessment, written(), 1, person, FactChanges(new))
        assessing.mark_ready(saved, person)
        SecondReading.objects.create(
            application=application, causes=["sample"], reader=officer(), done_at=timezone.now()
        )
        applications.append(application)
    with django_assert_num_queries(13):
        assert len(freezing.freeze_handed_over(applications, person)) == count


# --- Correcting --------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_with_a_reason_and_an_event() -> None:
    person = officer()
    assessment = before_committee(person)
    data = changed(assessment, risks="Rättad risk.", amounts={2027: 1}, conditions="annat")
    version = correcting.correct(assessment, data, assessment.version, "Fel uppgift.", person, ADDED)
    assert (version.number, version.reason) == (2, "Fel uppgift.")
    assert version.content_sha256 == Record.checksum(version.content)
    fresh = Assessment.objects.get()
    assert (fresh.risks, fresh.version) == ("Rättad risk.", assessment.version)
    assert fresh.application.proposed.amounts == {2027: 80_000}, "the proposal is the committee's"
    assert fresh.application.proposed.conditions == ""
    first = AssessmentVersion.objects.get(number=1)
    assert first.content["texts"]["risks"] == written().risks
    labels = [change.label for change in freezing.changes(first.content, version.content)]
    assert labels == ["Effekt: facts", "Risks"]
    event = assessment.application.received_case.events.last()
    assert event is not None
    assert (event.kind, event.detail, event.actor) == (Event.Kind.ASSESSMENT_CORRECTED, "version 2", person)


@pytest.mark.parametrize(
    ("reason", "changes", "explanation"),
    [(" ", {"risks": "Ny."}, "Write why"), ("Därför.", {}, "Nothing is changed")],
)
def test_a_correction_needs_a_reason_and_a_change(
    reason: str, changes: dict[str, Any], explanation: str
) -> None:
    person = officer()
    assessment = before_committee(person)
    with pytest.raises(assessing.Refused, match=explanation):
        correcting.correct(assessment, changed(assessment, **changes), assessment.version, reason, person)
    assert AssessmentVersion.objects.count() == 1


def test_nothing_is_corrected_before_or_after_it_lies_before_the_committee() -> None:
    person = officer()
    open_one = assessed_by(person, opened_by(person))
    with pytest.raises(assessing.Refused, match="does not lie before"):
        correcting.correct(open_one, written(risks="Ny."), open_one.version, "Därför.", person)
    assessment = before_committee(person)
    decide(assessment.application, Outcome.GRANTED)
    with pytest.raises(assessing.Refused, match="has decided"):
        correcting.correct(
            assessment, changed(assessment, risks="Ny."), assessment.version, "Därför.", person
        )
    assert Assessment.objects.get(pk=assessment.pk).risks == written().risks


def test_who_has_a_conflict_or_reads_second_corrects_nothing() -> None:
    person, conflicted, reader = officer(), officer(), officer()
    assessment = before_committee(person, reader)
    declare(assessment.application.received_case, conflicted, has_conflict=True)
    SecondReading.objects.create(application=assessment.application, causes=["asked"], reader=reader)
    for other in (conflicted, reader):
        with pytest.raises(assessing.Refused):
            correcting.correct(
                assessment, changed(assessment, risks="Ny."), assessment.version, "Därför.", other
            )


def test_of_two_who_correct_from_one_version_the_second_is_told() -> None:
    first, second = officer(), officer()
    assessment = before_committee(first, second)
    seen = assessment.version
    correcting.correct(assessment, changed(assessment, risks="Den förstas."), seen, "Därför.", first)
    with pytest.raises(assessing.Conflict):
        correcting.correct(assessment, changed(assessment, risks="Den andras."), seen, "Därför.", second)
    assert Assessment.objects.get().risks == "Den förstas."


# --- The pages ---------------------------------------------------------------------------------


def corrected(assessment: Assessment, **changes: Any) -> dict[str, Any]:
    """The correction's form as a browser posts it."""
    return posted(assessment, **({"why": "Fel uppgift."} | changes))


def test_correcting_by_the_page_and_reading_its_versions() -> None:
    person = officer(display_name="Handläggare 1")
    assessment = before_committee(person)
    client, url = signed_in(person), address("correct", assessment.application)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    closed = client.get(address("assess", assessment.application))
    assert url in closed.content.decode()
    page = client.get(url)
    assert 'name="amount_2027"' not in page.content.decode()
    empty = client.post(url, corrected(assessment, risks="Ny risk.", why=" "))
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["why"])
    assert "Ny risk." in empty.content.decode()
    assert AssessmentVersion.objects.count() == 1
    fields = corrected(
        assessment, risks="Ny risk.", level_effekt="svag", fact_text_varde="Ny.", fact_place_varde="budget"
    )
    for _press in range(2):
        assert client.post(url, fields).status_code == 302
    assert AssessmentVersion.objects.count() == 2
    reread = client.get(address("assess", assessment.application)).content.decode()
    for text in ("Ny risk.", "Fel uppgift.", "Skäl för effekt.", written().could_change, written().talk_to):
        assert text in reread
    version_url = f"{address('assess', assessment.application)}version/"
    assert f"{version_url}2/" in reread
    read = client.get(f"{version_url}2/")
    shown = {change.label: (change.before, change.after) for change in read.context["changes"]}
    assert shown["Risks"] == (written().risks, "Ny risk.")
    assert shown["Effekt: level"] == ("Good", "Weak")
    assert "Ny." in shown["Värde: facts"][1]
    assert AssessmentVersion.objects.get(number=2).content_sha256 in read.content.decode()
    assert client.get(f"{version_url}1/").context["changes"] == []
    assert client.get(f"{version_url}3/").status_code == 404


def test_two_who_correct_by_the_page_choose_between_their_texts() -> None:
    first, second = officer(), officer()
    assessment = before_committee(first, second)
    url = address("correct", assessment.application)
    signed_in(first).post(url, corrected(assessment, risks="Deras."))
    fields = corrected(assessment, risks="Min.", fact_text_varde="Ny.", fact_place_varde="budget")
    asked = signed_in(second).post(url, fields)
    assert asked.status_code == 409
    assert [row.name for row in asked.context["differences"]] == ["risks"]
    kept = {name: value for name, value in asked.context["kept"] if name != "remove_facts"}
    kept |= {"version": asked.context["version"], "asked": "risks", "choose_risks": "mine"}
    assert signed_in(second).post(url, kept).status_code == 302
    assert Assessment.objects.get().risks == "Min."
    assert [fact.text for fact in Fact.objects.all()] == ["Ny."]
    assert AssessmentVersion.objects.count() == 3


def test_after_the_decision_the_page_keeps_what_was_typed_and_refuses() -> None:
    person = officer()
    assessment = before_committee(person)
    decide(assessment.application, Outcome.GRANTED)
    client, url = signed_in(person), address("correct", assessment.application)
    assert client.get(url).headers["Location"] == address("assess", assessment.application)
    late = client.post(url, corrected(assessment, risks="För sent."))
    assert late.status_code == 409
    assert "För sent." in late.content.decode()
    assert url not in client.get(address("assess", assessment.application)).content.decode()
    assert AssessmentVersion.objects.count() == 1


def test_a_second_reader_sees_no_version_until_both_are_done() -> None:
    person, reader = officer(), officer()
    assessment = before_committee(person, reader)
    SecondReading.objects.create(application=assessment.application, causes=["asked"], reader=reader)
    client = signed_in(reader)
    assert client.get(f"{address('assess', assessment.application)}version/1/").status_code == 404
    for name in ("assess", "correct"):
        assert client.get(address(name, assessment.application)).status_code == 404


def test_a_version_does_not_name_a_case_that_is_hidden_from_its_reader() -> None:
    writer, reader = officer(), officer()
    assessment = before_committee(writer, reader)
    other = sent_application(association=assessment.application.association, call__title="Jävsomgången")
    proof = FactChanges((NewFact("effekt", "Uppgift", f"earlier:{other.pk}"),))
    correcting.correct(assessment, changed(assessment), assessment.version, "Därför.", writer, proof)
    declare(other.received_case, reader, has_conflict=True)
    for path in ("", "version/2/"):
        url = address("assess", assessment.application) + path
        assert "Jävsomgången" in signed_in(writer).get(url).content.decode()
        assert "Jävsomgången" not in signed_in(reader).get(url).content.decode(), path
