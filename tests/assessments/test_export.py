"""The list as CSV and Excel: the same rows as the page, whole cells, and sent while it is read."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessments import assigning, exporting
from grants.models import Application
from portal.documents.spreadsheets import Column, csv_pieces, xlsx_pieces
from portal.people.models import User
from portal.registry.models import declare
from tests.assessments.building import many_received, officer
from tests.factories import ApplicationFactory, AssociationFactory, complete, sent_application

pytestmark = pytest.mark.django_db


def taken_out(person: User, kind: str, **query: Any) -> bytes:
    client = Client()
    client.force_login(person)
    answer = client.get(reverse("assessments:export", args=[kind]), query)
    assert answer.status_code == 200
    return answer.getvalue()


def csv_rows(person: User, **query: Any) -> list[list[str]]:
    content = taken_out(person, "csv", **query)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_a_row_says_what_the_case_is(client: Client) -> None:
    person = officer(display_name="Handläggare 1")
    application = sent_application(association=AssociationFactory.create(name="Fyren"))
    assigning.assign([application.pk], person, person)
    head, row = csv_rows(person)
    cells = dict(zip(head, row, strict=True))
    assert len(head) == len(exporting.columns())
    assert row[0] == application.received_case.registry_number
    assert row[1] == "Fyren"
    assert "Handläggare 1" in row
    assert timezone.localdate().isoformat() in row
    assert "100000" in row
    assert len(cells) == len(head)


def test_drafts_and_conflicted_cases_are_not_in_it() -> None:
    person = officer()
    complete(ApplicationFactory.create(association=AssociationFactory.create(name="Utkastet")))
    hidden = sent_application(association=AssociationFactory.create(name="Jävsföreningen"))
    sent_application(association=AssociationFactory.create(name="Synlig"))
    declare(hidden.received_case, person, has_conflict=True)
    assert [row[1] for row in csv_rows(person)[1:]] == ["Synlig"]
    assert b"J\xc3\xa4vsf\xc3\xb6reningen" not in taken_out(person, "csv", q="jävsföreningen")


def test_it_is_narrowed_as_the_page_is() -> None:
    person = officer()
    one = sent_application(association=AssociationFactory.create(name="Ena"))
    sent_application(association=AssociationFactory.create(name="Andra"))
    assigning.assign([one.pk], person, person)
    for query in ({"view": "mine"}, {"q": "ena"}, {"call": one.call_id}, {"officer": person.pk}):
        assert [row[1] for row in csv_rows(person, **query)[1:]] == ["Ena"], query


@pytest.mark.rule(13)
def test_what_looks_like_a_formula_is_text() -> None:
    rows = [[f"{start}1+1" for start in ("=", "+", "-", "@", "\t", "\r")]]
    text = b"".join(csv_pieces([Column("a")] * 6, [rows])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1] == [
        f"'{start}1+1" for start in ("=", "+", "-", "@", "\t", "\r")
    ]
    book = load_workbook(io.BytesIO(b"".join(xlsx_pieces("x", [Column("a")] * 6, [rows]))))
    cells = next(iter(book.active.iter_rows(min_row=2)))
    assert {cell.data_type for cell in cells} == {"s"}


def test_excel_gets_numbers_dates_and_texts_as_what_they_are() -> None:
    person = officer()
    sent_application(association=AssociationFactory.create(name='<"Å&\x07Ä">'))
    sheet = load_workbook(io.BytesIO(taken_out(person, "xlsx"))).active
    assert sheet is not None
    [head, row] = list(sheet.iter_rows(values_only=True))
    assert head[1] == exporting.columns()[1].title
    assert row[1] == '<"Å&Ä">'
    assert row[9] == datetime.combine(timezone.localdate(), datetime.min.time())
    assert row[13] == 100_000
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:U2"
    assert sheet.column_dimensions["B"].width == 36


def test_a_cell_holds_no_more_than_excel_does() -> None:
    book = load_workbook(
        io.BytesIO(
            b"".join(xlsx_pieces("a/b:c" * 20, [Column("å")], [[["x" * 40_000], [date(2026, 1, 2)], [None]]]))
        )
    )
    sheet = book.active
    assert sheet is not None
    assert len(sheet["A2"].value) == 32_767
    assert sheet["A3"].value.date() == date(2026, 1, 2)
    assert sheet["A4"].value is None
    assert len(sheet.title) <= 31


@pytest.mark.parametrize("pieces", [csv_pieces, lambda columns, rows: xlsx_pieces("x", columns, rows)])
def test_the_first_piece_comes_before_any_row_is_read(pieces: Any) -> None:
    read: list[int] = []

    def rows() -> Any:
        for number in range(3):
            read.append(number)
            yield [[number]]

    sent = iter(pieces([Column("a")], rows()))
    assert next(sent)
    assert read == []
    next(sent)
    assert read in ([0], [0, 1, 2])


def test_queries_follow_the_chunks_and_not_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 20)
    many_received(60)
    person = officer()
    with CaptureQueriesContext(connection) as three_chunks:
        assert len(csv_rows(person)) == 61
    monkeypatch.setattr(exporting, "CHUNK", 60)
    with CaptureQueriesContext(connection) as one_chunk:
        assert len(csv_rows(person)) == 61
    assert len(three_chunks) - len(one_chunk) == 2 * 4


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(kind: str) -> None:
    many_received(exporting.CHUNK)
    person = officer()

    def peak() -> int:
        client = Client()
        client.force_login(person)
        answer = client.get(reverse("assessments:export", args=[kind]))
        tracemalloc.start()
        for _piece in answer.streaming_content:  # type: ignore[attr-defined]
            pass
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak()
    few = peak()
    many_received(3 * exporting.CHUNK)
    assert Application.objects.count() == 4 * exporting.CHUNK
    assert peak() < 1.3 * few + 1_000_000
