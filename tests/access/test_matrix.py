"""`docs/access.md` says what the rules in the code say."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from portal.people.matrix import StandIn, as_markdown, columns, rules_of_views, sentence
from portal.people.models import Role
from tests.access.mutation import RULES


def test_the_page_in_the_documentation_is_what_the_command_prints() -> None:
    printed = StringIO()
    call_command("access_matrix", stdout=printed)
    assert (Path(settings.BASE_DIR) / "docs/access.md").read_text() == printed.getvalue()


def test_every_rule_says_in_a_sentence_what_it_is_for() -> None:
    assert [rule.__name__ for rule in RULES if not sentence(rule).endswith((".", ")"))] == []


@pytest.mark.rule(7)
def test_every_rule_opens_a_page() -> None:
    named = {pages.rule for pages in rules_of_views()}
    unused = {rule.__name__ for rule in RULES if rule not in named}
    # What other rules and the querysets are made of.
    assert unused == {"administration", "auditor"}


@pytest.mark.rule(11)
def test_an_administrator_opens_settings_and_nothing_else() -> None:
    administrator = StandIn(frozenset({Role.ADMINISTRATOR}))
    opened = {pages.name for pages in rules_of_views() if pages.rule(administrator)}
    assert opened == {"people.anyone", "people.signed_in", "people.administrator", "people.keeps_settings"}


def test_a_row_has_a_dot_for_each_role_that_the_rule_lets_in() -> None:
    row = next(line for line in as_markdown().splitlines() if "people.reviews_access" in line)
    dots = [cell.strip() for cell in row.split("|")[2:-1]]
    with translation.override("en"):
        lets_in = [heading for heading, dot in zip(columns(), dots, strict=True) if dot]
    assert lets_in == ["Data protection officer", "Auditor"]
