"""The whole form, filled with whatever people write: the readable is kept as meant, the rest comes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grants.applying.completeness import sections_of
from grants.calls.standard_form import library
from grants.models import Application, Call, Column, Question, QuestionKind, Section
from portal.registry.models import Record
from portal.registry.personal_number import looks_like_personal_number
from tests.factories import ApplicationFactory, CallFactory, complete

pytestmark = pytest.mark.django_db

FEW = settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: What people's keyboards give; control characters are not among them.
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Co", "Cn"])
SPACES = st.sampled_from(["", " ", "\u00a0", "\u202f"])


def words(most: int) -> st.SearchStrategy[str]:
    """Some words as forms keep them, without what looks like a personal identity number."""
    word = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: "".join(text.split())).filter(bool)
    text = st.lists(word, min_size=1, max_size=most).map(" ".join)
    return text.filter(lambda written: not looks_like_personal_number(written) and written == written.strip())


@st.composite
def amounts(draw: st.DrawFn, highest: int) -> tuple[str, int]:
    """A whole number as people write it, with what it means."""
    amount = draw(st.integers(0, highest))
    return f"{amount:,}".replace(",", draw(SPACES)), amount


def readable(question: Question | Column) -> st.SearchStrategy[tuple[Any, Any]]:
    """(what is typed, what it means) for one question."""
    kind = QuestionKind(question.kind)
    match kind:
        case QuestionKind.LONG_TEXT:
            return words(20).map(lambda text: (text, text))
        case QuestionKind.SHORT_TEXT:
            return words(10).map(lambda text: (text, text))
        case QuestionKind.NUMBER:
            return amounts(1_000_000)
        case QuestionKind.KRONOR:
            return st.tuples(amounts(50_000_000), st.sampled_from(["", " kr", ":-"])).map(
                lambda pair: (pair[0][0] + pair[1], pair[0][1])
            )
        case QuestionKind.PERCENT:
            return st.integers(0, 100).map(lambda share: (f"{share} %", share))
        case QuestionKind.DATE:
            return st.dates().map(lambda day: (day.isoformat(), day.isoformat()))
        case QuestionKind.YES_NO:
            return st.booleans().map(lambda yes: ("yes" if yes else "no", yes))
        case QuestionKind.ONE_OF:
            return st.sampled_from(question.choices).map(lambda choice: (choice[0], choice[0]))
        case QuestionKind.SOME_OF:
            codes = [code for code, _label in question.choices]
            return st.lists(st.sampled_from(codes), min_size=1, unique=True).map(lambda some: (some, some))
        case QuestionKind.CONFIRM:
            return st.just(("on", True))
        case QuestionKind.ROWS:
            assert isinstance(question, Question)
            return st.lists(row(question), min_size=1, max_size=3).map(
                lambda rows: ([typed for typed, _meant in rows], [meant for _typed, meant in rows])
            )


@st.composite
def row(draw: st.DrawFn, question: Question) -> tuple[dict[str, Any], dict[str, Any]]:
    cells = {column.key: draw(readable(column)) for column in question.row_columns}
    return {key: typed for key, (typed, _m) in cells.items()}, {
        key: meant for key, (_t, meant) in cells.items()
    }


#: What cannot be read, by kind; what is left out takes whatever is written.
UNREADABLE: dict[QuestionKind, st.SearchStrategy[Any]] = {
    QuestionKind.NUMBER: st.sampled_from(["många", "-5", "1,5", "٣", "9" * 30, "<b>3</b>"]),
    QuestionKind.KRONOR: st.sampled_from(["mycket", "-100", "10,50", "1e6", "१००", "kr"]),
    QuestionKind.PERCENT: st.sampled_from(["101", "hälften", "-1 %"]),
    QuestionKind.DATE: st.sampled_from(["i vår", "2027-02-30", "20271301", "'; drop"]),
    QuestionKind.YES_NO: st.sampled_from(["kanske", "True"]),
    QuestionKind.ONE_OF: st.sampled_from(["inget av dem", "0"]),
    QuestionKind.SOME_OF: st.just(["finns inte"]),
    QuestionKind.LONG_TEXT: st.just("ord " * 251),
    QuestionKind.SHORT_TEXT: st.just("x" * 201),
}


def can_be_unreadable(question: Question) -> bool:
    return question.kind in UNREADABLE or any(column.kind in UNREADABLE for column in question.row_columns)


@st.composite
def unreadable(draw: st.DrawFn, question: Question) -> Any:
    """What cannot be read as an answer; of rows, at least one cell."""
    if question.kind in UNREADABLE:
        return draw(UNREADABLE[QuestionKind(question.kind)])
    rows = draw(readable(question))[0]
    column = draw(st.sampled_from([column for column in question.row_columns if column.kind in UNREADABLE]))
    draw(st.sampled_from(rows))[column.key] = draw(UNREADABLE[QuestionKind(column.kind)])
    return rows


def fields_of(question: Question, typed: Any) -> dict[str, Any]:
    """What is typed, as the fields of the form."""
    name = f"answer_{question.key}"
    if question.kind != QuestionKind.ROWS:
        return {name: typed}
    return {f"{name}-{n}-{key}": cell for n, cells in enumerate(typed) for key, cell in cells.items()}


def call_that_asks_everything() -> Call:
    call = CallFactory.create()
    call.questions.all().delete()
    Question.objects.bulk_create(
        Question(call=call, position=n, **fields) for n, fields in enumerate(library(), start=1)
    )
    return call


@pytest.fixture
def draft() -> Application:
    return ApplicationFactory.create(call=call_that_asks_everything())


@pytest.fixture
def writer(client: Client, draft: Application) -> Client:
    client.force_login(draft.created_by)
    return client


def post(writer: Client, draft: Application, section: Section, fields: dict[str, Any]) -> Any:
    """Open the section and send it back with these fields, hidden ones as they came."""
    url = reverse("grants:section", args=[draft.pk, section])
    form = writer.get(url).context["form"]
    hidden = {field.html_name: field.value() for field in form.hidden_fields()}
    return writer.post(url, hidden | fields)


def asked(call: Call, section: Section) -> list[Question]:
    return [question for question in call.questions.all() if question.section == section]


@FEW
@given(data=st.data())
@pytest.mark.parametrize("section", [section for section in Section if section != Section.PAPERS])
def test_what_is_readable_is_kept_as_it_was_meant(
    writer: Client, draft: Application, section: Section, data: st.DataObject
) -> None:
    typed: dict[str, Any] = {}
    meant = {}
    for question in asked(draft.call, section):
        if data.draw(st.booleans(), label=question.key):
            written, value = data.draw(readable(question))
            typed |= fields_of(question, written)
            meant[question.key] = value

    answer = post(writer, draft, section, typed)

    assert answer.status_code == 302, answer.context["form"].errors
    keys = [question.key for question in asked(draft.call, section)]
    saved = {row.key: row.value for row in draft.answers.filter(key__in=keys)}
    assert saved == meant


@FEW
@given(data=st.data())
@pytest.mark.parametrize("section", [section for section in Section if section != Section.PAPERS])
def test_what_is_unreadable_comes_back_with_its_error_and_nothing_is_lost(
    writer: Client, draft: Application, section: Section, data: st.DataObject
) -> None:
    questions = [question for question in asked(draft.call, section) if can_be_unreadable(question)]
    if not questions:
        return
    some = st.lists(st.sampled_from(questions), min_size=1, unique_by=lambda question: question.key)
    wrong = data.draw(some)
    typed: dict[str, Any] = {}
    for question in asked(draft.call, section):
        kind = unreadable(question) if question in wrong else readable(question).map(lambda pair: pair[0])
        typed |= fields_of(question, data.draw(kind))
    before = list(draft.answers.values_list("key", "value"))

    answer = post(writer, draft, section, typed)

    form = answer.context["form"]
    assert answer.status_code == 422
    assert {name for name in form.errors if name.startswith("answer_")} == {
        f"answer_{question.key}" for question in wrong
    }
    for name, value in typed.items():
        assert form.data.getlist(name) == (value if isinstance(value, list) else [value])
    assert list(draft.answers.values_list("key", "value")) == before


@FEW
@given(junk=st.dictionaries(st.text(LETTERS, max_size=30), st.text(LETTERS, max_size=50), max_size=8))
def test_fields_nobody_asked_for_change_nothing(
    writer: Client, draft: Application, junk: dict[str, str]
) -> None:
    for section in sections_of(draft.call):
        answer = post(writer, draft, section, {f"x{name}": value for name, value in junk.items()})
        assert answer.status_code == 302
    assert not draft.answers.exists()


@st.composite
def whole_applications(draw: st.DrawFn, call: Call) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Readable answers by section that do not contradict each other, and what they mean."""
    sections: dict[str, dict[str, Any]] = {section.value: {} for section in Section}
    meant = {}
    for question in call.questions.all():
        typed, value = draw(readable(question))
        sections[question.section] |= fields_of(question, typed)
        meant[question.key] = value
    meant |= {"starts_on": "2031-01-01", "ends_on": "2031-12-31"}
    sections[Section.GRANT] |= {"answer_starts_on": "2031-01-01", "answer_ends_on": "2031-12-31"}
    years = call.years[: draw(st.integers(1, call.max_years))]
    sums = {year: draw(st.integers(1, 5_000_000)) for year in years}
    sections[Section.GRANT] |= {"title": draw(words(5))[:150].strip(), "years": str(len(years))}
    sections[Section.GRANT] |= {f"amount_{year}": str(amount) for year, amount in sums.items()}
    sections[Section.TARGET]["child_share"] = str(draw(st.integers(1, 100)))
    for year, amount in sums.items():
        gifts = draw(st.integers(0, 1_000_000))
        sections[Section.ECONOMY] |= {
            f"budget_gifts_{year}": f"{gifts} kr",
            f"budget_pay_{year}": amount + gifts,
        }
    if not meant["sells_on_market"]:
        meant = {
            key: value for key, value in meant.items() if key not in ("market_activity", "de_minimis_rows")
        }
    return sections, {"answers": meant, "amounts": {str(year): amount for year, amount in sums.items()}}


@settings(FEW, max_examples=3)
@given(data=st.data())
def test_a_whole_application_arrives_as_it_was_meant(client: Client, data: st.DataObject) -> None:
    draft = complete(ApplicationFactory.create(call=call_that_asks_everything()))
    draft.answers.all().delete()
    client.force_login(draft.created_by)
    sections, meant = data.draw(whole_applications(draft.call))

    for section, fields in sections.items():
        if section != Section.PAPERS:
            assert post(client, draft, Section(section), fields).status_code == 302
    sent = client.post(reverse("grants:check", args=[draft.pk]), {"signed": "on"})

    assert sent["Location"] == reverse("grants:receipt", args=[draft.pk])
    content = Record.objects.get(case__application=draft, kind=Record.Kind.APPLICATION).content
    assert content is not None
    assert (content["answers"], content["amounts"]) == (meant["answers"], meant["amounts"])
