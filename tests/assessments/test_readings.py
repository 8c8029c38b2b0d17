"""Second readings: who reads, blind until both have finished, and what keeps a case from the committee."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from post_office.models import Email

from assessments import assessing, assigning, readings
from assessments.matters import CannotPropose, propose_round, propose_single
from assessments.models import Assessment, Criterion, ReadersJudgement, ReadingCause, SecondReading
from assessments.reading_lists import waiting
from grants.models import Application, Membership
from grants.states import State
from portal.committee.models import Matter
from portal.people.models import Role, User
from portal.registry.models import Case, Event, Record, RecordFile, declare
from tests.assessments.building import (
    address,
    assessed_by,
    many_received,
    officer,
    opened_by,
    posted,
    signed_in,
    written,
)
from tests.assessments.reading import SEEN_BY_READER, as_posted, asked_to_read, finished, read, second_reader
from tests.e2e.words import say
from tests.factories import AssociationFactory, CommitteeFactory, sent_application, staff

pytestmark = pytest.mark.django_db

#: What only the officer has written.
SEEN_BY_OFFICER = "Handläggarens egen syn"
#: What is proposed, as pages and exports write it: nothing else in these tests is as large.
PROPOSED = 77_777
#: Part of every complete application's answers.
ANSWER = "Vi möter människor varje vecka."


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def assessed(person: User, application: Application, level: str = "god") -> Assessment:
    """The officer's finished view, with words and a sum that can be looked for."""
    return assessed_by(
        person,
        application,
        levels=dict.fromkeys(Criterion.values, level),
        texts={code: f"{SEEN_BY_OFFICER} på {code}." for code in Criterion.values},
        amounts={2027: PROPOSED},
        reason=f"{SEEN_BY_OFFICER} i stort.",
        short_reason=SEEN_BY_OFFICER,
    )


def shows_the_officers_view(text: str) -> bool:
    plain = text.replace("\u00a0", "").replace("&nbsp;", "").replace(" ", "")
    return SEEN_BY_OFFICER in text or str(PROPOSED) in plain


def page_of(person: User, name: str, application: Application) -> str:
    return signed_in(person).get(address(name, application)).content.decode()


# --- Who reads ---------------------------------------------------------------------------------


def test_an_officer_asks_by_hand_and_the_reader_is_told_without_content() -> None:
    person, reader = officer(), second_reader(display_name="Controllern")
    application = opened_by(person)
    client = signed_in(person)
    answer = client.post(address("choose-reader", application), {"reader": reader.pk})
    assert answer["Location"] == f"{address('application', application)}#second-reading"
    reading = SecondReading.objects.get()
    assert (reading.reader, reading.causes, reading.asked_by) == (reader, [ReadingCause.ASKED], person)
    kinds = list(application.received_case.events.values_list("kind", "detail"))
    assert (Event.Kind.READING_ASKED, say("Asked for by an officer")) in kinds
    assert (Event.Kind.READER_CHOSEN, "Controllern") in kinds
    mail = Email.objects.get(to=[reader.email])
    for secret in (
        application.association.name,
        application.title,
        application.received_case.registry_number,
    ):
        assert secret not in mail.subject + mail.message


def test_who_may_read() -> None:
    person, assigned, conflicted, acting, former = (officer() for _ in range(5))
    colleague, reader = officer(display_name="A"), second_reader(display_name="B")
    staff(Role.SECRETARY)
    staff(Role.UNIT_CONTACT)
    application = opened_by(person)
    assessing.begin(application, person)
    assigning.assign([application.pk], assigned, person)
    declare(application.received_case, conflicted, has_conflict=True)
    Membership.objects.create(association=application.association, user=acting, role="writer")
    User.objects.filter(pk=former.pk).update(is_active=False)
    application.refresh_from_db()
    assert readings.readers(application) == [colleague, reader]
    for refused in (person, assigned, conflicted, acting, former):
        with pytest.raises(readings.Refused):
            readings.choose_reader(application, refused, person)
    assert not SecondReading.objects.exists()


def test_another_reader_starts_from_nothing_and_a_finished_reading_keeps_its_reader() -> None:
    person, first, second = officer(), second_reader(), second_reader()
    application = opened_by(person)
    reading = asked_to_read(first, application, person)
    readings.save(reading, read(), reading.version, first)
    readings.choose_reader(application, second, person)
    reading.refresh_from_db()
    assert (reading.reader, reading.comment, reading.judgements.count()) == (second, "", 0)
    with pytest.raises(readings.Refused, match="Somebody else"):
        readings.save(reading, read(), reading.version, first)
    declare(application.received_case, second, has_conflict=False)
    finished(reading)
    with pytest.raises(readings.Refused, match="finished"):
        readings.choose_reader(application, first, person)


def test_nobody_is_asked_once_the_case_has_gone_on_or_before_the_officer_has_declared() -> None:
    person, reader = officer(), second_reader()
    application = sent_application()
    with pytest.raises(readings.Refused, match="Declare first"):
        readings.choose_reader(application, reader, person)
    declare(application.received_case, person, has_conflict=False)
    Application.objects.filter(pk=application.pk).update(state=State.WITHDRAWN)
    with pytest.raises(readings.Refused, match="no longer"):
        readings.choose_reader(application, reader, person)


def test_the_second_reader_never_assesses_nor_handles_the_case() -> None:
    person, reader = officer(), officer()
    application = opened_by(person, reader)
    asked_to_read(reader, application, person)
    with pytest.raises(assessing.Refused, match="second reader"):
        assessing.begin(application, reader)
    assessment = assessing.begin(application, person)
    with pytest.raises(assessing.Refused, match="second reader"):
        assessing.save(assessment, written(), assessment.version, reader)
    assert assigning.assign([application.pk], reader, person).refused == [application]
    finished(SecondReading.objects.get())
    assessed(person, application)
    with pytest.raises(assessing.Refused, match="second reader"):
        assessing.reopen(assessment, reader)


# --- The declaration ---------------------------------------------------------------------------


def test_a_reader_declares_before_the_case_opens() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    readings.choose_reader(application, reader, person)
    client = signed_in(reader)
    assert client.get(address("reading", application))["Location"] == address("declare", application)
    page = client.get(address("declare", application)).content.decode()
    assert ANSWER not in page
    file = RecordFile.objects.get(record__case=application.received_case)
    assert client.get(reverse("registry:record-file", args=[file.pk])).status_code == 404
    answer = client.post(address("declare", application), {"answer": "no"})
    assert answer["Location"] == address("reading", application)
    assert ANSWER in client.get(address("reading", application)).content.decode()
    assert client.get(reverse("registry:record-file", args=[file.pk])).status_code == 200


@pytest.mark.parametrize("role", [Role.SECOND_READER, Role.CASE_OFFICER])
def test_a_readers_conflict_hides_the_case_and_it_needs_another_reader(role: Role) -> None:
    person, reader = officer(), staff(role)
    application = opened_by(person)
    reading = asked_to_read(reader, application, person)
    readings.save(reading, read(), reading.version, reader)
    client = signed_in(reader)
    answer = client.post(address("declare", application), {"answer": "yes"})
    assert answer.status_code == 302
    reading.refresh_from_db()
    assert (reading.reader, reading.judgements.count(), reading.comment) == (None, 0, "")
    for name in ("reading", "reading-done", "declare", "both-views", "application"):
        assert client.get(address(name, application)).status_code == 404
    listed = client.get(reverse("assessments:readings"))
    assert application.association.name not in listed.content.decode()
    assert list(waiting(reader)) == []
    for model in (Application, Case, Record):
        assert not model.objects.visible_to(reader).exists()
    own = signed_in(person).get(reverse("assessments:readings"))
    assert own.context["needing_reader"] == [reading]
    assert [(row.count, row.url) for row in waiting(person)] == [(1, reverse("assessments:readings"))]
    assert say("Needs a reader") in page_of(person, "application", application)


def test_a_finished_reading_outlives_a_conflict_and_is_hidden_from_its_reader() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    reading = finished(asked_to_read(reader, application, person))
    declare(application.received_case, reader, has_conflict=True)
    reading.refresh_from_db()
    assert (reading.reader, reading.judgements.count()) == (reader, 5)
    assert not SecondReading.objects.visible_to(reader).exists()
    assert not ReadersJudgement.objects.visible_to(reader).exists()


def test_who_acts_for_the_association_does_not_read_it() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    reading = asked_to_read(reader, application, person)
    Membership.objects.create(association=application.association, user=reader, role="writer")
    assert signed_in(reader).get(address("reading", application)).status_code == 404
    with pytest.raises(readings.Refused, match="act for"):
        readings.save(reading, read(), reading.version, reader)


def test_a_reader_opens_only_what_they_are_to_read() -> None:
    person, reader = officer(), second_reader()
    application, other = opened_by(person), opened_by(person)
    asked_to_read(reader, application, person)
    declare(other.received_case, reader, has_conflict=False)
    assert list(Application.objects.visible_to(reader)) == [application]
    assert list(Case.objects.visible_to(reader)) == [application.case]
    assert {record.kind for record in Record.objects.visible_to(reader)} == {Record.Kind.APPLICATION}
    assert signed_in(reader).get(address("reading", other)).status_code == 404
    for name in ("application", "assess", "checks", "ask-statement"):
        assert signed_in(reader).get(address(name, application)).status_code == 404


# --- Writing -----------------------------------------------------------------------------------


def test_save_and_finish_by_the_page() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    reading = asked_to_read(reader, application, person)
    client = signed_in(reader)
    page = client.get(address("reading", application))
    assert ANSWER in page.content.decode()
    half = read(texts=dict.fromkeys(Criterion.values, ""))
    answer = client.post(address("reading", application), as_posted(reading.version, half))
    assert answer["Location"] == address("reading", application)
    reading.refresh_from_db()
    answer = client.post(address("reading-done", application), as_posted(reading.version, half))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"text_{code}" for code in Criterion.values}
    again = as_posted(answer.context["form"]["version"].value(), read())
    assert client.post(address("reading-done", application), again).status_code == 302
    reading.refresh_from_db()
    assert reading.is_done
    assert readings.written(reading) == read()
    assert application.received_case.events.filter(kind=Event.Kind.READING_DONE).count() == 1


@pytest.mark.rule(9)
def test_a_finished_reading_is_closed_and_what_was_typed_comes_back() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    reading = finished(asked_to_read(reader, application, person))
    client = signed_in(reader)
    late = as_posted(reading.version, read(comment="För sent skrivet."))
    answer = client.post(address("reading", application), late)
    assert answer.status_code == 409
    assert "För sent skrivet." in answer.content.decode()
    page = client.get(address("reading", application)).content.decode()
    assert f"{SEEN_BY_READER} på effekt." in page
    assert 'name="comment"' not in page


def test_two_windows_lose_nothing() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    reading = asked_to_read(reader, application, person)
    stale = as_posted(reading.version, read(comment="I det andra fönstret."))
    readings.save(reading, read(comment="I det första fönstret."), reading.version, reader)
    client = signed_in(reader)
    answer = client.post(address("reading", application), stale)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "I det andra fönstret." in page
    assert "I det första fönstret." in page
    chosen = stale | {
        "version": answer.context["version"],
        "asked": "comment",
        "choose_comment": "mine",
    }
    assert client.post(address("reading", application), chosen).status_code == 302
    reading.refresh_from_db()
    assert reading.comment == "I det andra fönstret."


def test_the_same_form_sent_twice_is_no_conflict() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    reading = asked_to_read(reader, application, person)
    client = signed_in(reader)
    same = as_posted(reading.version, read())
    assert client.post(address("reading", application), same).status_code == 302
    assert client.post(address("reading", application), same).status_code == 302


# --- Blind -------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_done", [False, True])
def test_the_officer_sees_that_a_reading_goes_on_and_nothing_of_it(is_done: bool) -> None:
    """Also when the reader has finished: until the officer's own view is ready."""
    person, reader = officer(), second_reader()
    application = opened_by(person)
    assessing.begin(application, person)
    reading = asked_to_read(reader, application, person)
    if is_done:
        finished(reading)
    else:
        readings.save(reading, read(), reading.version, reader)
    client = signed_in(person)
    for name in ("application", "assess"):
        page = client.get(address(name, application)).content.decode()
        assert SEEN_BY_READER not in page
    shown = client.get(address("application", application)).content.decode()
    assert say("Finished" if is_done else "Goes on") in shown
    assert client.get(address("both-views", application)).status_code == 404
    assert not ReadersJudgement.objects.visible_to(person).exists()


def exported(person: User) -> str:
    return signed_in(person).get(reverse("assessments:export", args=["csv"])).getvalue().decode("utf-8-sig")


@pytest.mark.parametrize("is_done", [False, True])
def test_an_officer_who_reads_sees_the_first_officers_view_nowhere(is_done: bool) -> None:
    """The assessment is ready and proposes money; the reader's own is begun, or another's is finished."""
    CommitteeFactory.create()
    person, reader = officer(), officer()
    association = AssociationFactory.create()
    application = opened_by(person, reader, association=association)
    other = opened_by(person, reader, association=association)
    assessed(person, application)
    asked_to_read(reader, application, person)
    if is_done:  # finished, and the officer has opened the assessment again before that
        assessing.reopen(application.assessment, person)
        finished(SecondReading.objects.get())
    client = signed_in(reader)
    pages = [
        address("application", application),
        address("compared", application),
        address("application", other),
        address("reading", application),
        reverse("assessments:queue"),
        reverse("assessments:queue") + f"?q={SEEN_BY_OFFICER}",
        reverse("assessments:round", args=[application.call_id]),
        reverse("assessments:rounds"),
        reverse("assessments:readings"),
        reverse("home"),
    ]
    for url in pages:
        answer = client.get(url)
        assert answer.status_code == 200, url
        text = (
            answer.content.decode().replace(f"?q={SEEN_BY_OFFICER}", "").replace(f'"{SEEN_BY_OFFICER}"', "")
        )
        assert not shows_the_officers_view(text), url
    assert not shows_the_officers_view(exported(reader))
    for name in ("assess", "begin", "ready", "reopen", "single", "both-views"):
        assert client.get(address(name, application)).status_code == 404, name
        assert client.post(address(name, application)).status_code == 404, name
    assert not Assessment.objects.visible_to(reader).exists()
    board = client.get(reverse("assessments:round", args=[application.call_id])).context["board"]
    assert [year.ready for year in board.years] == [0, 0, 0]
    assert [year.proposed for year in board.years] == [0, 0, 0]
    # The same places show it to a colleague who does not read: the test looks where there is something.
    colleague = officer()
    for one in (application, other):
        declare(one.received_case, colleague, has_conflict=False)
    if not is_done:
        assert shows_the_officers_view(exported(colleague))
        for url in (pages[0], pages[2], pages[6], address("assess", application)):
            assert shows_the_officers_view(signed_in(colleague).get(url).content.decode()), url


def test_a_second_reader_sees_the_officers_view_only_when_both_have_finished() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    assessed(person, application)
    reading = asked_to_read(reader, application, person)
    for name in ("reading", "reading-done"):
        assert not shows_the_officers_view(page_of(reader, name, application))
    assert not Assessment.objects.visible_to(reader).exists()
    finished(reading)
    page = page_of(reader, "both-views", application)
    assert f"{SEEN_BY_OFFICER} på varde." in page
    assert f"{SEEN_BY_READER} på varde." in page
    assert Assessment.objects.visible_to(reader).exists()


@pytest.mark.parametrize("officer_first", [True, False])
def test_both_views_open_when_the_later_of_the_two_finishes(officer_first: bool) -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    reading = asked_to_read(reader, application, person)
    if officer_first:
        assessed(person, application)
        finished(reading)
    else:
        finished(reading)
        assessed(person, application)
    reading.refresh_from_db()
    assert reading.is_open_to_both
    for one in (person, reader):
        page = page_of(one, "both-views", application)
        assert f"{SEEN_BY_OFFICER} på effekt." in page
        assert f"{SEEN_BY_READER} på effekt." in page
        assert f"{SEEN_BY_READER} i stort." in page
    assert ReadersJudgement.objects.visible_to(person).count() == 5


def test_opening_the_assessment_again_keeps_what_was_judged_unseen() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    assessment = assessed(person, application)
    reading = finished(asked_to_read(reader, application, person))
    assessing.reopen(assessment, person)
    assessment.refresh_from_db()
    changed = written(texts=dict.fromkeys(Criterion.values, "Ändrat efteråt."))
    assessing.save(assessment, changed, assessment.version, person)
    reading.refresh_from_db()
    assert reading.is_open_to_both
    page = page_of(person, "both-views", application)
    assert f"{SEEN_BY_OFFICER} på effekt." in page
    assert "Ändrat efteråt." in page
    assert Event.objects.filter(kind=Event.Kind.ASSESSMENT_REOPENED).count() == 1


def test_an_assessment_with_a_second_reading_needs_levels_to_compare() -> None:
    person, reader = officer(), second_reader()
    application = opened_by(person)
    asked_to_read(reader, application, person)
    with pytest.raises(assessing.NotReady) as stopped:
        assessed_by(person, application, levels={})
    assert set(stopped.value.missing) == {f"level_{code}" for code in Criterion.values}


# --- What keeps a case from the committee ------------------------------------------------------


def apart(person: User, reader: User, level: str) -> Application:
    """An application that the officer found weak on all criteria and the reader otherwise."""
    application = opened_by(person)
    reading = asked_to_read(reader, application, person)
    assessed(person, application, "svag")
    finished(reading, dict.fromkeys(Criterion.values, "svag") | {"varde": level})
    application.refresh_from_db()
    return application


def test_an_unfinished_reading_keeps_the_case_from_the_committee() -> None:
    CommitteeFactory.create()
    person, reader = officer(), second_reader()
    application = opened_by(person)
    reading = asked_to_read(reader, application, person)
    assessed(person, application)
    for propose in (
        lambda: propose_round(application.call, [application], person),
        lambda: propose_single(application, person),
    ):
        with pytest.raises(CannotPropose, match=f"second reading of {application.association}"):
            propose()
    assert not Matter.objects.exists()
    finished(reading)
    propose_round(application.call, [application], person)
    assert Matter.objects.count() == 1


def test_a_reading_without_a_reader_keeps_it_too() -> None:
    person = officer()
    application = opened_by(person)
    SecondReading.objects.create(application=application, causes=[ReadingCause.SAMPLE])
    assessed(person, application)
    with pytest.raises(readings.Unfinished):
        readings.refuse_unless_finished([application])


@pytest.mark.parametrize(("level", "stops"), [("svag", False), ("tillracklig", False), ("god", True)])
def test_two_levels_apart_need_a_reason(level: str, stops: bool) -> None:
    person, reader = officer(), second_reader()
    application = apart(person, reader, level)
    page = signed_in(person).get(address("both-views", application))
    assert list(page.context["form"].fields) == (["version", "reason_varde"] if stops else ["version"])
    if not stops:
        return readings.refuse_unless_finished([application])
    with pytest.raises(readings.Unfinished, match="Explain the difference"):
        readings.refuse_unless_finished([application])
    version = page.context["form"]["version"].value()
    answer = signed_in(person).post(
        address("both-views", application), {"version": version, "reason_varde": "Vi läser målen olika."}
    )
    assert answer["Location"] == address("both-views", application)
    readings.refuse_unless_finished([application])
    event = Event.objects.get(kind=Event.Kind.DIFFERENCE_EXPLAINED)
    assert (event.actor, event.detail) == (person, say("Value"))
    assert "Vi läser målen olika." in page_of(reader, "both-views", application)
    return None


def test_moving_the_level_afterwards_takes_no_explanation_away() -> None:
    person, reader = officer(), second_reader()
    application = apart(person, reader, "god")
    assessment = application.assessment
    assessing.reopen(assessment, person)
    assessment.refresh_from_db()
    moved = written(levels=dict.fromkeys(Criterion.values, "god"))
    saved = assessing.save(assessment, moved, assessment.version, person)
    assessing.mark_ready(saved, person)
    with pytest.raises(readings.Unfinished, match="Explain"):
        readings.refuse_unless_finished([application])


def test_only_officers_explain_and_never_the_reader() -> None:
    person, reader = officer(), officer()
    application = apart(person, reader, "god")
    reading = SecondReading.objects.get()
    with pytest.raises(readings.Refused, match="second reader"):
        readings.explain(reading, {"varde": "Jag har rätt."}, reading.version, reader)
    signed_in(reader).post(
        address("both-views", application), {"version": reading.version, "reason_varde": "Jag har rätt."}
    )
    assert not ReadersJudgement.objects.exclude(difference_reason="").exists()


def test_two_officers_who_explain_see_each_others_words() -> None:
    person, colleague, reader = officer(), officer(), second_reader()
    application = apart(person, reader, "god")
    declare(application.received_case, colleague, has_conflict=False)
    reading = SecondReading.objects.get()
    readings.explain(reading, {"varde": "Kollegans ord."}, reading.version, colleague)
    client = signed_in(person)
    mine = {"version": reading.version, "reason_varde": "Mina ord."}
    answer = client.post(address("both-views", application), mine)
    assert answer.status_code == 409
    assert "Kollegans ord." in answer.content.decode()
    assert "Mina ord." in answer.content.decode()
    mine["version"] = answer.context["form"]["version"].value()
    assert client.post(address("both-views", application), mine).status_code == 302
    assert ReadersJudgement.objects.exclude(difference_reason="").get().difference_reason == "Mina ord."


# --- What it costs -----------------------------------------------------------------------------


def with_readings(count: int, reader: User) -> list[Application]:
    """Applications that the reader is to read, as many that they have read, and as many that nobody reads."""
    applications = list(Application.objects.filter(call=many_received(3 * count)).order_by("pk"))
    now = timezone.now()
    SecondReading.objects.bulk_create(
        SecondReading(
            application=application,
            causes=[ReadingCause.SAMPLE],
            reader=None if number % 3 == 0 else reader,
            done_at=now if number % 3 == 2 else None,
        )
        for number, application in enumerate(applications)
    )
    return applications


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_takes_as_many_queries_for_thirty_as_for_three(
    rows: int, django_assert_num_queries: Any
) -> None:
    reader = officer()
    with_readings(rows, reader)
    client = signed_in(reader)
    client.get(reverse("assessments:readings"))
    with django_assert_num_queries(5):
        page = client.get(reverse("assessments:readings"))
    assert (len(page.context["to_read"]), len(page.context["done"])) == (rows, rows)
    assert len(page.context["needing_reader"]) == rows


@pytest.mark.parametrize("rows", [3, 30])
def test_handing_over_looks_at_all_readings_in_three_queries(
    rows: int, django_assert_num_queries: Any
) -> None:
    applications = with_readings(rows, officer())
    now = timezone.now()
    SecondReading.objects.filter(reader=None).delete()
    SecondReading.objects.update(done_at=now, opened_at=now)
    with django_assert_num_queries(3):
        readings.refuse_unless_finished(applications)


def test_the_export_knows_what_to_leave_out_before_its_first_row() -> None:
    """The columns of others' rows are as they were: only the reader's own case is left empty."""
    person, reader = officer(), officer()
    application, other = opened_by(person), opened_by(person)
    for one in (application, other):
        assessed(person, one)
    asked_to_read(reader, application, person)
    head, *rows = csv.reader(io.StringIO(exported(reader)), delimiter=";")
    column = head.index(say("Proposed in all"))
    cells = {row[0]: row[column] for row in rows}
    assert cells == {
        application.received_case.registry_number: "",
        other.received_case.registry_number: str(PROPOSED),
    }


def test_the_desk_posts_as_before_to_who_does_not_read() -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessing.begin(application, person)
    answer = signed_in(person).post(address("ready", application), posted(assessment))
    assert answer.status_code == 302
