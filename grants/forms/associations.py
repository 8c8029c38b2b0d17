"""Registering an association and choosing for which one to apply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Application, Association, LegalForm
from grants.organisation_number import normalise_organisation_number


class AssociationForm(forms.ModelForm):
    """A new association; the organisation number is normalised and refused when it cannot be one."""

    use_required_attribute = False
    organisation_number = forms.CharField(max_length=40, required=False)
    website = forms.URLField(required=False, assume_scheme="https")

    class Meta:
        model = Association
        fields = [
            "organisation_number",
            "name",
            "legal_form",
            "about",
            "email",
            "phone",
            "website",
            "street",
            "postcode",
            "city",
            "protected_address",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = self.fields["organisation_number"]
        number.label = _("Organisation number")
        number.help_text = _(
            "Ten digits, for example 802002-8711, from the certificate of registration (Skatteverket). A "
            "temporary group has none."
        )
        number.widget.attrs |= {"size": 14, "autocomplete": "off"}
        self.fields["website"].label = _("Web page")
        self.fields["email"].help_text = _("Receipts and news about your applications are sent here.")
        self.fields["protected_address"].help_text = _("For example a shelter. Officers are then warned.")
        for name, purpose in {
            "name": "organization",
            "email": "email",
            "phone": "tel",
            "street": "street-address",
            "postcode": "postal-code",
            "city": "address-level2",
        }.items():
            self.fields[name].widget.attrs["autocomplete"] = purpose
        self.fields["postcode"].widget.attrs |= {"size": 7, "inputmode": "numeric"}

    def clean_organisation_number(self) -> str | None:
        """Whether it may be left out is for `clean` to say, when the legal form is known."""
        if not self.cleaned_data["organisation_number"].strip():
            return None
        number = normalise_organisation_number(self.cleaned_data["organisation_number"])
        if Association.objects.filter(organisation_number=number).exclude(pk=self.instance.pk).exists():
            raise self.already_registered()
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_group = cleaned.get("legal_form") == LegalForm.TILLFALLIG_GRUPP
        number = cleaned.get("organisation_number")
        if "organisation_number" in self.errors or "legal_form" in self.errors:
            return cleaned
        if is_group and number:
            self.add_error(
                "organisation_number",
                ValidationError(
                    _("A temporary group has no organisation number. Leave it out, or choose another form."),
                    code="group_with_number",
                ),
            )
        if not is_group and not number:
            self.add_error(
                "organisation_number",
                ValidationError(
                    _("Write the association's organisation number with ten digits."),
                    code="required",
                ),
            )
        return cleaned

    def clean_postcode(self) -> str:
        digits = re.sub(r"\s", "", self.cleaned_data["postcode"])
        if not re.fullmatch(r"[0-9]{5}", digits):
            raise ValidationError(
                _("Write the postcode with five digits, for example 252 20."), code="postcode"
            )
        return f"{digits[:3]} {digits[3:]}"

    @staticmethod
    def already_registered() -> ValidationError:
        """Says what to do, never who manages the association."""
        return ValidationError(
            _(
                "The association is already registered. Ask those who manage it in the association to add "
                "you. If nobody knows who they are, contact us."
            ),
            code="already_registered",
        )


class StartForm(forms.Form):
    """For which of their associations a person applies, and whether answers come from an earlier year."""

    use_required_attribute = False

    def __init__(
        self,
        associations: QuerySet[Association],
        data: Any = None,
        *,
        chosen: int | None = None,
        earlier: Sequence[Application] = (),
    ) -> None:
        super().__init__(data)
        found = list(associations)
        self.earlier = {application.pk: application for application in earlier}
        self.fields["association"] = forms.ModelChoiceField(
            queryset=associations,
            label=_("Which association applies?"),
            widget=forms.RadioSelect,
            empty_label=None,
            initial=found[0] if len(found) == 1 else chosen,
            error_messages={"required": _("Choose the association.")},
        )
        if earlier:
            self.fields["copy_from"] = forms.TypedChoiceField(
                label=_("Copy answers from an earlier application?"),
                help_text=_(
                    "Texts and choices come with it. Sums, figures, dates, declarations and papers do not. "
                    "You read through each answer before it counts as done."
                ),
                choices=[("", _("No, begin with an empty form")), *map(self._offer, earlier)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )

    @staticmethod
    def _offer(application: Application) -> tuple[int, str]:
        assert application.submitted_at is not None
        words = {
            "title": application.title or application.call.name,
            "association": application.association.name,
            "year": timezone.localtime(application.submitted_at).year,
        }
        return application.pk, _("%(title)s, %(association)s, sent in %(year)s") % words

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        source, association = self.source, cleaned.get("association")
        if source and association and source.association_id != association.pk:
            self.add_error(
                "copy_from",
                ValidationError(
                    _("That application is another association's. Choose one of %(name)s's own.")
                    % {"name": association.name},
                    code="of_another",
                ),
            )
        return cleaned

    @property
    def source(self) -> Application | None:
        """The application to copy from, if any was chosen."""
        return self.earlier.get(self.cleaned_data.get("copy_from") or 0)


class SignForm(forms.Form):
    """The signature: without the tick nothing is sent."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["signed"] = forms.BooleanField(
            label=_("We sign the application and what stands above"),
            error_messages={"required": _("Tick the box if you sign for the association.")},
        )
