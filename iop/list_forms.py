"""The form of one row of a list, made from its model; the key of a saved row stays."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from iop.list_pages import Changes, ListPage, has_begun
from iop.meanwhile import Meanwhile, SeenForm
from iop.models import UnitSignatory
from portal.people.models import UnitContact, User


class RowForm(forms.ModelForm, SeenForm):
    """A row to add or to change."""

    use_required_attribute = False
    page: ListPage
    by: Any

    def __init__(self, *args: Any, is_copy: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.page.fields:
            self.fields[name].label = self.page.label(name)
        if self.instance.pk or is_copy:
            for name in self.page.keys:
                self.fields[name].disabled = True
        if self.instance.pk:
            self.watch(self.saved())
        if "evidence" in self.fields:
            self.fields["evidence"].help_text = _(
                "What Samspel counts: agreements, cooperation, information, activities, or nothing."
            )
        if self.page.model is UnitSignatory:
            self.fields["user"].queryset = User.objects.filter(  # type: ignore[attr-defined]
                is_active=True, pk__in=UnitContact.objects.values("user")
            )

    def saved(self) -> dict[str, Any]:
        """What the row holds now, by field."""
        row = self.page.model._default_manager.get(pk=self.instance.pk)
        return {name: _read(row, name) for name in self.page.fields}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins = cleaned.get("valid_from")
        if self.page.changes == Changes.FROM_A_DAY and begins is not None and not self._may_begin(begins):
            self.add_error(
                "valid_from",
                ValidationError(_("Choose a later day: what is in force stays as it was."), code="begun"),
            )
        if self.page.model is UnitSignatory:
            self._check_signatory(cleaned)
        return cleaned

    def _may_begin(self, begins: date | int) -> bool:
        """A row of a new key may begin at once; another wording only from a coming day."""
        if not has_begun(begins):
            return True
        known = {name: self.cleaned_data.get(name) for name in self.page.keys}
        others = self.page.model._default_manager.filter(**known).exclude(pk=self.instance.pk)
        return not others.exists()

    def _check_signatory(self, cleaned: dict[str, Any]) -> None:
        unit, user = cleaned.get("unit"), cleaned.get("user")
        if self.instance.pk is None and unit and user:
            if user.pk == self.by.pk:
                self.add_error("user", _("Somebody else has to make you a signatory."))
            elif not UnitContact.objects.filter(unit=unit, user=user).exists():
                self.add_error("user", _("They are no contact of this unit. Choose one of its contacts."))
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day is before the first."))

    def keep(self) -> list[Meanwhile]:
        """Save the row as its list wants it; what a colleague saved meanwhile is returned, and then not."""
        with transaction.atomic():
            if self.instance.pk is not None:
                list(self.page.model._default_manager.select_for_update().filter(pk=self.instance.pk))
                if theirs := self.changed_meanwhile(self.saved()):
                    return theirs
            if self.page.model is UnitSignatory and self.instance.pk is None:
                self.instance.given_by = self.by
            if self.page.changes == Changes.REPLACED and self.instance.pk is not None:
                self._replace()
            else:
                self.save()
        return []

    def _replace(self) -> None:
        """Put the earlier wording aside and write the new one; answers keep the one they were given to."""
        if not self.has_changed():
            return
        if self.changed_data == ["is_active"] or not self.cleaned_data["is_active"]:
            self.page.model._default_manager.filter(pk=self.instance.pk).update(is_active=False)
            return
        self.page.model._default_manager.filter(pk=self.instance.pk).update(is_active=False)
        self.instance.pk = None
        self.instance._state.adding = True
        self.save()


def _read(row: Any, name: str) -> Any:
    """A field's value; the rows of a many-to-many field."""
    value = getattr(row, name)
    return value.all() if hasattr(value, "all") else value


def form_of(page: ListPage, by: Any) -> type[RowForm]:
    """The form of a list's rows."""
    base = type("Form", (RowForm,), {"page": page, "by": by})
    widgets: dict[str, Any] = {}
    for name in page.fields:
        kind = page.model._meta.get_field(name).get_internal_type()
        if kind == "DateField":
            widgets[name] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        elif kind == "TextField":
            widgets[name] = forms.Textarea(attrs={"rows": 4})
        elif kind == "ManyToManyField":
            widgets[name] = forms.CheckboxSelectMultiple
    made: Any = forms.modelform_factory(page.model, form=base, fields=page.fields, widgets=widgets)
    return made
