"""The demo's class codes are made up, and say so; a rule that has a code keeps it."""

from __future__ import annotations

from datetime import date

import pytest

from portal.demo.class_codes import MADE_UP, number_classes
from portal.registry.models import RetentionRule
from portal.registry.shipped_rules import install_rules

pytestmark = pytest.mark.django_db


def test_every_made_up_code_says_that_it_is() -> None:
    install_rules(date(2020, 1, 1))
    RetentionRule.objects.filter(what="ansokan").update(class_code="3.1.2", note="Ur planen")
    number_classes()
    coded = RetentionRule.objects.exclude(class_code="")
    assert {rule.note for rule in coded.exclude(what="ansokan")} == {MADE_UP}
    assert set(coded.values_list("class_code", flat=True)) == {
        "EX 1.1",
        "EX 1.2",
        "EX 2.1",
        "EX 2.2",
        "3.1.2",
    }
    assert RetentionRule.objects.get(what="ansokan").note == "Ur planen"
