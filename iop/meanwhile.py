"""Two people at one form: the second is told what the first saved, and nothing is overwritten in silence."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict


@dataclass(frozen=True)
class Meanwhile:
    """What a field holds now, where it differs from what the person wrote."""

    label: str
    value: str


def as_text(value: Any) -> str:
    """A saved or written value as people read it; the same for a row and for its key in a form."""
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, QuerySet | list | tuple):
        return ", ".join(sorted(str(one) for one in value))
    return str(value)


def fingerprint(values: dict[str, Any]) -> str:
    texts = {name: as_text(value) for name, value in values.items()}
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:32]


class SeenForm(forms.Form):
    """Carries what was saved when the form was shown."""

    def watch(self, saved: dict[str, Any]) -> None:
        """Add the hidden field, for a row that is saved already."""
        self.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=fingerprint(saved)
        )

    def changed_meanwhile(self, current: dict[str, Any]) -> list[Meanwhile]:
        """Fields that somebody else saved otherwise since; saving the form again then goes through."""
        if self.cleaned_data.get("seen") == fingerprint(current):
            return []
        differing = [
            Meanwhile(str(self.fields[name].label), as_text(value))
            for name, value in current.items()
            if as_text(self.cleaned_data.get(name)) != as_text(value)
        ]
        if differing:
            posted = QueryDict(mutable=True)
            posted.update(self.data)
            posted[self.add_prefix("seen")] = fingerprint(current)
            self.data = posted
        return differing
