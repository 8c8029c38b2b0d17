"""What holds for every model: who sees its rows is said, and nothing is deleted by cascade."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models

LABELS = ("people", "documents", "registry", "committee", "grants", "assessments", "iop", "operations")
MODELS = [model for label in LABELS for model in apps.get_app_config(label).get_models()]


@pytest.mark.rule(7)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_model_says_who_sees_its_rows(model: type[models.Model]) -> None:
    rows = model._default_manager.visible_to(AnonymousUser())  # type: ignore[attr-defined]
    assert rows.model is model


@pytest.mark.rule(17)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_nothing_is_deleted_by_cascade(model: type[models.Model]) -> None:
    relations = [field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)]
    assert [field.name for field in relations if field.remote_field.on_delete is models.CASCADE] == []
