"""Several people in one draft: each field has its versions, and nobody's text is overwritten unseen."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from grants.applying import drafts
from grants.applying.submission import submit
from grants.applying.versions import holds_whole, read_back
from grants.forms.sections import section_form
from grants.models import Application, FieldVersion, Membership, Section
from portal.people.models import Role, User
from tests.factories import ApplicationFactory, AssociationFactory, complete, person_of, staff

pytestmark = pytest.mark.django_db

AUTOSAVE = {"X-Autosave": "1"}


class Writer:
    """Somebody with the page of a section open, as a browser holds it."""

    def __init__(self, draft: Application, section: Section, user: User | None = None) -> None:
        self.draft = draft
        self.user = user or person_of(draft.association)
        self.client = Client()
        self.client.force_login(self.user)
        self.address = reverse("grants:section", args=[draft.pk, section])
        self.open()

    def open(self) -> None:
        self.form = self.client.get(self.address).context["form"]
        self.seen: dict[str, str] = {name: str(sight) for name, sight in self.form.sights().items()}
        self.page = self.form["page"].value()
        self.fields: dict[str, Any] = {
            name: value
            for name in self.form.names
            if isinstance(value := self.form[name].value(), (str, int)) and not isinstance(value, bool)
        }

    def post(self, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        self.fields |= fields
        data = {"seen": json.dumps(self.seen), "page": self.page, **self.fields}
        return self.client.post(self.address, data, headers=headers)

    def autosave(self, **fields: Any) -> dict[str, Any]:
        """What the server says of each field; the page then knows the newer versions."""
        answer = self.post(AUTOSAVE, **fields)
        assert answer.status_code == 200
        said: dict[str, Any] = answer.json()["fields"]
        self.seen |= {name: one["seen"] for name, one in said.items() if one["state"] == "saved"}
        return said


@pytest.fixture
def draft() -> Application:
    return ApplicationFactory.create()


def saved(draft: Application, key: str) -> Any:
    return Application.objects.get(pk=draft.pk).answers_by_key().get(key)


def texts(draft: Application, name: str) -> list[Any]:
    return list(draft.field_versions.filter(name=name).order_by("version").values_list("value", flat=True))


@pytest.mark.rule(16)
def test_two_who_write_in_different_fields_both_keep_their_text(draft: Application) -> None:
    one, other = Writer(draft, Section.NEED), Writer(draft, Section.NEED)

    assert one.post(answer_need="Unga är ensamma").status_code == 302
    assert other.post(answer_purpose="Fler har en vän").status_code == 302

    assert saved(draft, "need") == "Unga är ensamma"
    assert saved(draft, "purpose") == "Fler har en vän"


@pytest.mark.rule(16)
def test_of_two_in_the_same_field_the_second_sees_both_and_the_rest_is_saved(draft: Application) -> None:
    one, other = Writer(draft, Section.NEED), Writer(draft, Section.NEED)
    one.post(answer_need="Kollegans text")

    answer = other.post(answer_need="Min text", answer_purpose="Mitt syfte")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert str(one.user) in page
    assert "Kollegans text" in page
    assert ">\nMin text</textarea>" in page
    assert saved(draft, "need") == "Kollegans text"
    assert saved(draft, "purpose") == "Mitt syfte"


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Sammanslagen"), ("theirs", "Kollegans text")])
def test_the_person_chooses_and_saves_on_top_of_the_newer_version(
    draft: Application, choice: str, kept: str
) -> None:
    one, other = Writer(draft, Section.NEED), Writer(draft, Section.NEED)
    one.post(answer_need="Kollegans text")
    shown = other.post(answer_need="Min text").context["form"]
    other.seen["answer_need"] = str(read_back(shown["seen"].value())["answer_need"])

    assert other.post(answer_need="Sammanslagen", choose_answer_need=choice).status_code == 302

    assert saved(draft, "need") == kept
    assert texts(draft, "answer_need")[0] == "Kollegans text"


def test_a_third_text_between_showing_and_choosing_is_a_conflict_again(draft: Application) -> None:
    one, other = Writer(draft, Section.NEED), Writer(draft, Section.NEED)
    one.post(answer_need="Första")
    shown = other.post(answer_need="Min text").context["form"]
    one.open()
    one.post(answer_need="Andra")
    other.seen["answer_need"] = str(read_back(shown["seen"].value())["answer_need"])

    assert other.post(choose_answer_need="mine").status_code == 422
    assert saved(draft, "need") == "Andra"


def test_the_same_text_by_both_is_no_conflict(draft: Application) -> None:
    one, other = Writer(draft, Section.NEED), Writer(draft, Section.NEED)
    one.post(answer_need="Samma ord")

    assert other.post(answer_need="Samma ord").status_code == 302
    assert texts(draft, "answer_need") == ["Samma ord"]


@pytest.mark.parametrize(
    ("section", "mine", "theirs"),
    [
        (Section.GRANT, {"title": "Mitt namn"}, {"title": "Deras namn"}),
        (Section.GRANT, {"years": "1"}, {"years": "2"}),
        (Section.GRANT, {"amount_2027": "1000"}, {"amount_2027": "2000"}),
        (Section.TARGET, {"child_share": "10"}, {"child_share": "20"}),
        (Section.TARGET, {"answer_open_to_all": "yes"}, {"answer_open_to_all": "no"}),
        (
            Section.TARGET,
            {"answer_target_groups": ["barn_unga"]},
            {"answer_target_groups": ["barn_unga", "aldre"]},
        ),
        (Section.ECONOMY, {"budget_pay_2027": "1000"}, {"budget_pay_2027": "0"}),
        (Section.ACTIVITIES, {"answer_goal_rows-0-goal": "Ett"}, {"answer_goal_rows-0-goal": "Två"}),
    ],
)
def test_a_field_of_any_kind_is_kept_from_being_overwritten(
    draft: Application, section: Section, mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    one, other = Writer(draft, section), Writer(draft, section)
    options = [option["code"] for option in draft.call.questions.get(key="target_groups").options]
    for fields in (mine, theirs):
        if "answer_target_groups" in fields:
            fields["answer_target_groups"] = options[: len(fields["answer_target_groups"])]
    assert one.post(**theirs).status_code == 302
    stands = drafts.section_values(Application.objects.get(pk=draft.pk), section)

    answer = other.post(**mine)

    assert answer.status_code == 422
    assert [field.name for field in answer.context["conflicts"]] == [next(iter(mine)).partition("-")[0]]
    assert drafts.section_values(Application.objects.get(pk=draft.pk), section) == stands
    autosaved = other.autosave()
    assert [one["state"] for one in autosaved.values()] == ["conflict"]


def test_what_was_there_before_versions_were_kept_is_kept_as_the_first(draft: Application) -> None:
    draft.answers.create(key="need", value="Skrivet förr")
    writer = Writer(draft, Section.NEED)

    writer.post(answer_need="Nytt")

    assert texts(draft, "answer_need") == ["Skrivet förr", "Nytt"]
    assert draft.field_versions.get(version=1).saved_by is None


def test_an_autosave_saves_the_rest_when_one_field_has_an_error(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)

    said = writer.autosave(answer_need="Unga är ensamma", answer_purpose="ord " * 151)

    assert said["answer_need"]["state"] == "saved"
    assert said["answer_purpose"]["state"] == "error"
    assert saved(draft, "need") == "Unga är ensamma"
    assert saved(draft, "purpose") is None


def test_an_autosave_shows_what_only_the_other_wrote_and_leaves_it(draft: Application) -> None:
    one, other = Writer(draft, Section.NEED), Writer(draft, Section.NEED)
    one.autosave(answer_purpose="Kollegans syfte")

    said = other.autosave(answer_need="Min text")

    assert said["answer_purpose"]["state"] == "other"
    assert "Kollegans syfte" in said["answer_purpose"]["field"]
    assert saved(draft, "purpose") == "Kollegans syfte"


def test_a_held_field_is_neither_saved_nor_a_conflict(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    assert writer.autosave(answer_need="Vänta", hold="answer_need") == {}
    assert saved(draft, "need") is None


def test_a_page_whose_answer_was_lost_saves_on_without_a_conflict_with_itself(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    before = dict(writer.seen)
    writer.autosave(answer_need="Unga")
    writer.seen = before

    assert writer.autosave(answer_need="Unga är")["answer_need"]["state"] == "saved"
    writer.seen = before
    assert writer.post(answer_need="").status_code == 302
    assert saved(draft, "need") is None


def test_two_windows_of_one_person_are_two_writers(draft: Application) -> None:
    user = person_of(draft.association)
    one, other = Writer(draft, Section.NEED, user), Writer(draft, Section.NEED, user)
    one.autosave(answer_need="I ena fönstret")

    said = other.autosave(answer_need="I andra fönstret")

    assert said["answer_need"]["state"] == "conflict"


def test_writing_on_grows_one_version_and_taking_out_begins_a_new(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    for text in ("Unga", "Unga är", "Unga här är", "Unga här", "Unga här är ensamma"):
        writer.autosave(answer_need=text)

    assert texts(draft, "answer_need") == ["Unga här är", "Unga här är ensamma"]
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        writer.client.force_login(writer.user)
        writer.autosave(answer_need="Unga här är ensamma.")
    assert len(texts(draft, "answer_need")) == 3


@given(st.text(alphabet="ab ", max_size=6), st.text(alphabet="ab ", max_size=6), st.text(alphabet="ab "))
def test_a_text_that_grew_holds_the_whole_older_one(before: str, after: str, new: str) -> None:
    assert holds_whole(before + new + after, before + after)


@given(st.text(alphabet="ab", max_size=6), st.text(alphabet="ab", max_size=6))
def test_a_text_that_holds_the_older_one_can_give_it_back(text: str, older: str) -> None:
    gaps = [(i, j) for i in range(len(text) + 1) for j in range(i, len(text) + 1)]
    assert holds_whole(text, older) == any(text[:i] + text[j:] == older for i, j in gaps)


@pytest.mark.parametrize("seen", ["", "[]", "{", '{"answer_need": "x"}', '{"answer_need": 7}', "null"])
def test_a_page_that_does_not_say_what_it_showed_overwrites_nothing(draft: Application, seen: str) -> None:
    writer = Writer(draft, Section.NEED)
    Writer(draft, Section.NEED).post(answer_need="Kollegans text", answer_purpose="Kollegans syfte")

    answer = writer.client.post(writer.address, {"seen": seen, "answer_need": "Min text"})

    assert answer.status_code == 422
    assert (saved(draft, "need"), saved(draft, "purpose")) == ("Kollegans text", "Kollegans syfte")


def test_a_page_read_while_somebody_saved_does_not_take_the_old_for_the_new(draft: Application) -> None:
    one = Writer(draft, Section.NEED)
    one.autosave(answer_need="Först")
    read_before = Application.objects.prefetch_related("answers").get(pk=draft.pk)
    one.autosave(answer_need="Först och sedan")
    other = Writer(draft, Section.NEED)
    form = section_form(read_before, Section.NEED)
    other.seen = {name: str(sight) for name, sight in form.sights().items()}
    one.autosave(answer_need="Först och sedan mer")

    said = other.autosave(answer_need="Mitt i stället för Först")

    assert said["answer_need"]["state"] == "conflict"


def test_sums_of_a_year_that_a_colleague_took_away_are_kept(draft: Application) -> None:
    Writer(draft, Section.GRANT).post(years="2", amount_2027="1000", amount_2028="1000")
    writer = Writer(draft, Section.ECONOMY)
    Writer(draft, Section.GRANT).post(years="1", amount_2028="")

    writer.post(budget_pay_2028="500")

    assert draft.budget_lines.get().amount == 500


def test_somebody_signed_out_is_told_so_and_not_sent_on(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    writer.client.logout()

    answer = writer.post(AUTOSAVE, answer_need="Text")

    assert answer.status_code == 401
    assert "kept_form" not in writer.client.session


def test_after_the_call_has_closed_the_page_is_told_to_stop(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    assert draft.call.closes_at is not None
    with time_machine.travel(draft.call.closes_at, tick=False):
        writer.client.force_login(writer.user)
        answer = writer.post(AUTOSAVE, answer_need="För sent")

    assert answer.status_code == 409
    assert answer.json()["closed"]
    assert saved(draft, "need") is None


# --- Earlier versions -----------------------------------------------------------------------------


def versions_of(draft: Application) -> str:
    return reverse("grants:versions", args=[draft.pk, Section.NEED])


def test_an_earlier_text_is_read_and_taken_back_as_a_new_version(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    writer.post(answer_need="Det första")
    writer.open()
    writer.post(answer_need="Något annat")
    page = writer.client.get(versions_of(draft), {"falt": "answer_need"})
    assert [row["words"] for row in page.context["rows"]] == ["Något annat", "Det första"]
    assert [row["stands"] for row in page.context["rows"]] == [True, False]

    earlier = page.context["rows"][1]
    answer = writer.client.post(
        versions_of(draft), {"version": earlier["version"].pk, "seen": earlier["now"]}
    )

    assert answer.status_code == 302
    assert saved(draft, "need") == "Det första"
    assert texts(draft, "answer_need") == ["Det första", "Något annat", "Det första"]


def test_a_text_is_not_taken_back_over_one_that_came_meanwhile(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    writer.post(answer_need="Det första")
    writer.open()
    writer.post(answer_need="Något annat")
    row = writer.client.get(versions_of(draft)).context["rows"][1]
    Writer(draft, Section.NEED).post(answer_need="Kollegans nya")

    writer.client.post(versions_of(draft), {"version": row["version"].pk, "seen": row["now"]})

    assert saved(draft, "need") == "Kollegans nya"


def test_the_history_stays_the_associations_own_after_sending(draft: Application) -> None:
    Writer(draft, Section.NEED).post(answer_need="Ett första försök")
    Writer(draft, Section.NEED).post(answer_need="Vi möter unga varje vecka.")
    sent = submit(complete_rest(draft).pk, draft.created_by)
    officer, other = staff(Role.CASE_OFFICER), person_of(AssociationFactory.create())

    for reader, count in [(draft.created_by, 2), (officer, 0), (other, 0)]:
        assert FieldVersion.objects.visible_to(reader).filter(name="answer_need").count() == count
    client = Client()
    for reader, status in [(draft.created_by, 200), (officer, 404), (other, 404)]:
        client.force_login(reader)
        assert client.get(versions_of(draft)).status_code == status
    client.force_login(draft.created_by)
    first = FieldVersion.objects.get(value="Ett första försök")
    client.post(versions_of(draft), {"version": first.pk, "seen": 2})
    assert saved(sent, "need") == "Vi möter unga varje vecka."


def complete_rest(draft: Application) -> Application:
    need = saved(draft, "need")
    draft.answers.all().delete()
    complete(draft).answers.filter(key="need").update(value=need)
    return draft


def test_a_version_of_another_draft_is_not_taken_back(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    foreign = Writer(ApplicationFactory.create(call=draft.call), Section.NEED)
    foreign.post(answer_need="Någon annans")

    answer = writer.client.post(versions_of(draft), {"version": FieldVersion.objects.get().pk, "seen": 0})

    assert answer.status_code == 404


def test_somebody_who_left_writes_no_more(draft: Application) -> None:
    writer = Writer(draft, Section.NEED)
    Membership.objects.filter(user=writer.user).update(ended_at=timezone.now())

    assert writer.post(AUTOSAVE, answer_need="Kvar?").status_code == 404
    assert saved(draft, "need") is None


# --- At the same time -----------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads that begin together; gives what each returned."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(n: int) -> None:
        try:
            barrier.wait()
            results[n] = acts[n]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule(16)
def test_different_fields_saved_at_once_all_survive() -> None:
    draft = ApplicationFactory.create()
    keys = ["need", "purpose"]
    for round_number in range(5):
        writers = [Writer(draft, Section.NEED) for _key in keys]
        texts_now = [f"Text {n} i varv {round_number}" for n in range(len(keys))]
        answers = at_once(
            *(
                lambda writer=writer, key=key, text=text: writer.post(**{f"answer_{key}": text}).status_code
                for writer, key, text in zip(writers, keys, texts_now, strict=True)
            )
        )
        assert answers == [302, 302]
        assert [saved(draft, key) for key in keys] == texts_now


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule(16)
def test_the_same_field_saved_at_once_is_exactly_one_conflict() -> None:
    draft = ApplicationFactory.create()
    for round_number in range(5):
        writers = [Writer(draft, Section.NEED) for _n in range(2)]
        answers = at_once(
            *(
                lambda text=f"Text {n} i varv {round_number}", writer=writer: writer.post(answer_need=text)
                for n, writer in enumerate(writers)
            )
        )
        codes = [answer.status_code for answer in answers]
        assert sorted(codes) == [302, 422]
        assert saved(draft, "need") == f"Text {codes.index(302)} i varv {round_number}"
        assert f"Text {codes.index(422)} i varv {round_number}" in answers[codes.index(422)].content.decode()
    assert len(texts(draft, "answer_need")) == 5


def test_a_form_takes_as_many_queries_with_a_long_history(
    draft: Application, django_assert_num_queries: Any
) -> None:
    writer = Writer(draft, Section.NEED)
    writer.post(answer_need="Ett")
    writer.client.get(writer.address)
    with CaptureQueriesContext(connection) as captured:
        writer.client.get(writer.address)
    few = len(captured)
    for n in range(30):
        writer.open()
        writer.post(answer_need=f"{n} försök")
    writer.client.get(writer.address)
    with django_assert_num_queries(few):
        writer.client.get(writer.address)
    form = section_form(Application.objects.get(pk=draft.pk), Section.NEED)
    assert form.history().number("answer_need") == 31
