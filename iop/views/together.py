"""When two wrote at once: the second sees what the first saved beside what they wrote, and chooses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict

from portal.documents.templatetags.swedish_text import swedish_date


def at(posted: Any, **mark: Any) -> QueryDict:
    """The same posted fields with the version or mark that is saved now: another save lets mine stand."""
    renewed: QueryDict = posted.copy()
    for name, value in mark.items():
        renewed[name] = str(value)
    return renewed


def theirs(form: forms.Form, saved: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is saved now in the fields where it differs from what was posted: label and words."""
    return [
        (str(field.label), in_words(field, saved[name]))
        for name, field in form.fields.items()
        if name in saved
        and not field.widget.is_hidden
        and in_words(field, saved[name]) != in_words(field, form.cleaned_data.get(name))
    ]


def in_words(field: forms.Field, value: Any) -> str:
    """A field's value as it is read."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return swedish_date(value)
    if isinstance(field, forms.ModelMultipleChoiceField):
        keys = [row.pk if isinstance(row, Model) else row for row in value]
        return ", ".join(str(row) for row in field.queryset.filter(pk__in=keys))  # type: ignore[union-attr]
    if isinstance(field, forms.ModelChoiceField):
        key = value.pk if isinstance(value, Model) else value
        return str(field.queryset.filter(pk=key).first() or "")  # type: ignore[union-attr]
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # no groups here
    return str(value).replace("\r\n", "\n").strip()
