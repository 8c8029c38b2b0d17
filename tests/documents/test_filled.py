"""Documents known by their facts: HTML is made once, and whatever is shown makes another document."""

from __future__ import annotations

from typing import Any

import pytest
from django.test.signals import template_rendered

from portal.documents import filled
from portal.documents.filled import Filled
from portal.documents.work import order_all

FACTS: dict[str, Any] = {"heading": "Fyren", "paragraphs": ["Ett.", "Två."], "amounts": {"total": 80_000}}


def document(**changes: Any) -> Filled:
    return Filled("prov", "Prov", "pdf/_paragraphs.html", FACTS | changes)


@pytest.mark.django_db
def test_html_is_made_only_for_what_is_new() -> None:
    made: list[Any] = []

    def note(template: Any, **kwargs: Any) -> None:
        made.append(template.name)

    template_rendered.connect(note)
    try:
        [first] = order_all([document()])
        assert made == ["pdf/_paragraphs.html"]
        again, other = order_all([document(), document(paragraphs=["Ett."])])
    finally:
        template_rendered.disconnect(note)
    assert again.pk == first.pk
    assert other.pk != first.pk
    assert len(made) == 2
    first.refresh_from_db()
    assert "Två." in first.html


@pytest.mark.parametrize(
    "changes",
    [
        {"heading": "Kajen"},
        {"paragraphs": ["Ett.", "Två.", ""]},
        {"amounts": {"total": 80_001}},
        {"amounts": {"total": "80000"}},
        {"more": None},
    ],
)
def test_whatever_changes_makes_another_document(changes: dict[str, Any]) -> None:
    assert document(**changes).content_hash != document().content_hash
    assert document().content_hash == document().content_hash


def test_title_kind_template_and_numbering_are_part_of_it() -> None:
    hashes = {
        Filled(kind, title, template, FACTS, numbered=numbered).content_hash
        for kind in ("prov", "blad")
        for title in ("Prov", "Annat")
        for template in ("pdf/_paragraphs.html", "pdf/_blocks.html")
        for numbered in (True, False)
    }
    assert len(hashes) == 16


def test_what_could_change_without_being_seen_is_refused() -> None:
    with pytest.raises(TypeError):
        _ = document(application=object()).content_hash


def test_another_template_or_filter_makes_other_documents(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "a.html").write_text("Ett")
    monkeypatch.setattr(filled, "MAKERS", (tmp_path,))
    filled.makers.cache_clear()
    before = document().content_hash
    (tmp_path / "a.html").write_text("Två")
    filled.makers.cache_clear()
    after = document().content_hash
    filled.makers.cache_clear()
    assert before != after
