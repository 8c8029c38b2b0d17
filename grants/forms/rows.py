"""A question that is answered with rows: as many as are needed, each a small form of the question's columns.

Works as plain fields: one empty row always stands last, an emptied row is gone when the section is saved,
and a button saves and leaves out one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.forms.fields import Postponable, field_for
from grants.models import Column, is_answer

MAX_ROWS = 40
#: The button that saves the section without one row posts the row's name under this one.
REMOVE_ROW = "remove_row"


class RowForm(forms.Form):
    """One row."""

    use_required_attribute = False

    def __init__(self, columns: Sequence[Column], prefix: str, **kwargs: Any) -> None:
        super().__init__(prefix=prefix, **kwargs)
        for column in columns:
            self.fields[column.key] = field_for(column)

    @property
    def row(self) -> dict[str, Any]:
        """What was answered, by column; nothing for what was left empty."""
        return {key: value for key, value in self.cleaned_data.items() if is_answer(value)}

    @property
    def is_empty(self) -> bool:
        return not any(str(self.data.get(self.add_prefix(key), "")).strip() for key in self.fields)


class RowsWidget(forms.Widget):
    """Draws a form for each row and an empty one after them."""

    template_name = "grants/rows_widget.html"
    use_fieldset = True

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = columns

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[RowForm]:
        posted = [
            RowForm(self.columns, f"{name}-{n}", data=data)
            for n in range(MAX_ROWS + 1)
            if any(f"{name}-{n}-{column.key}" in data for column in self.columns)
        ]
        removed = data.get(REMOVE_ROW)
        return [form for form in posted if not form.is_empty and form.prefix != removed]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}-0-{column.key}" in data for column in self.columns)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        forms_of_rows = [self._form(name, n, row) for n, row in enumerate(value or [])]
        if len(forms_of_rows) < MAX_ROWS:
            forms_of_rows.append(RowForm(self.columns, f"{name}-{len(forms_of_rows)}"))
        context["rows"] = forms_of_rows
        context["remove_row"] = REMOVE_ROW
        context["depends_on"] = context["widget"]["attrs"].get("data-depends-on", "")
        return context

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        """With the project's own templates, which know the form pack."""
        return render_to_string(template_name, context)

    def _form(self, name: str, n: int, row: Any) -> RowForm:
        if isinstance(row, RowForm):
            return row
        return RowForm(self.columns, f"{name}-{n}", initial=row)


class RowsField(Postponable, forms.Field):
    """A list of rows, each a dictionary by column. Errors stand at their cell and are counted here."""

    def __init__(self, columns: Sequence[Column], **kwargs: Any) -> None:
        super().__init__(widget=RowsWidget(columns), **kwargs)

    def to_python(self, value: list[RowForm] | None) -> list[dict[str, Any]]:
        forms_of_rows = value or []
        if len(forms_of_rows) > MAX_ROWS:
            raise ValidationError(
                _("Write at most %(limit)s rows. Put some of them together.") % {"limit": MAX_ROWS},
                code="too_many_rows",
            )
        wrong = [n for n, form in enumerate(forms_of_rows, start=1) if not form.is_valid()]
        if wrong:
            raise ValidationError(
                ngettext("Look over row %(rows)s.", "Look over rows %(rows)s.", len(wrong))
                % {"rows": ", ".join(map(str, wrong))},
                code="wrong_rows",
            )
        return [form.row for form in forms_of_rows]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True
