"""The form by which an officer enters an application that came on paper."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.forms.fields import KronorField, PercentField, Postponable
from grants.models import ArrivedBy, Association, Call, LegalForm
from grants.organisation_number import normalise_organisation_number
from grants.received.paper_route import OnPaper
from portal.documents import uploads
from portal.documents.models import StoredFile
from portal.documents.templatetags.swedish_text import swedish_date
from portal.registry.personal_number import looks_like_personal_number

#: What must be written of an association that is not in the register; its letters go by post.
NEEDED_OF_NEW = ("name", "street", "postcode", "city")
#: Forms an association with an organisation number may have; a temporary group applies through its guarantor.
_LEGAL_FORMS = [choice for choice in LegalForm.choices if choice[0] != LegalForm.TILLFALLIG_GRUPP]
SALT = "assessments.paper.scan"


class ScanField(Postponable, forms.FileField):
    """Asked for, but one that was kept before will do; the form tells."""


class PaperForm(forms.Form):
    """One application to one call. Everything is written before anything is saved.

    A scan that was accepted is kept while other fields are corrected: `kept_scan` says which, signed, so
    that no other file can be named.
    """

    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    kept_scan = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, call: Call, officer: Any, data: Any = None, files: Any = None, *, oversized: bool = False
    ) -> None:
        self.call = call
        self.officer = officer
        self.oversized = oversized
        super().__init__(data, files, initial={"key": uuid4()})
        self._ask_of_association()
        self._ask_of_application()
        self._ask_of_paper()

    def _ask_of_association(self) -> None:
        self.fields["organisation_number"] = forms.CharField(
            label=_("Organisation number"),
            max_length=40,
            help_text=_("Ten digits, for example 802002-8711."),
            widget=forms.TextInput(attrs={"size": 14, "autocomplete": "off"}),
        )
        texts = {
            "name": (_("Name of the association"), 150),
            "phone": (_("Telephone"), 30),
            "street": (_("Postal address"), 150),
            "postcode": (_("Postcode"), 10),
            "city": (_("Town"), 80),
        }
        for name, (label, length) in texts.items():
            self.fields[name] = forms.CharField(label=label, max_length=length, required=False)
        self.fields["legal_form"] = forms.ChoiceField(
            label=_("Legal form"), choices=_LEGAL_FORMS, required=False
        )
        self.fields["email"] = forms.EmailField(label=_("The association's e-mail address"), required=False)
        self.fields["protected_address"] = forms.BooleanField(
            label=_("The address is secret"), required=False
        )

    def _ask_of_application(self) -> None:
        self.fields["title"] = forms.CharField(
            label=_("What is the application for?"),
            max_length=150,
            error_messages={"required": _("Write in a few words what the application is for.")},
        )
        for year in self.call.years:
            self.fields[f"amount_{year}"] = KronorField(
                label=_("Sum for %(year)s") % {"year": year}, lowest=1, required=False
            )
        self.fields["child_share"] = PercentField(
            label=_("Share for children and young people, percent"),
            help_text=_("Leave it empty if the paper does not say."),
            required=False,
        )

    def _ask_of_paper(self) -> None:
        self.fields["arrived_on"] = forms.DateField(
            label=_("The day it reached us"),
            help_text=_("The date of the stamp. It decides whether the application is late."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"required": _("Write the day the paper reached us.")},
        )
        self.fields["arrived_by"] = forms.ChoiceField(
            label=_("How it came"),
            choices=ArrivedBy.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose how the paper came.")},
        )
        self.fields["scan"] = ScanField(
            label=_("The scanned application"),
            help_text=_("PDF, JPG or PNG with all its pages. It is kept as the application itself."),
            widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        )

    @property
    def association_fields(self) -> list[forms.BoundField]:
        """What is written only of an association that is not registered."""
        names = ("name", "legal_form", "email", "phone", "street", "postcode", "city", "protected_address")
        return [self[name] for name in names]

    @property
    def application_fields(self) -> list[forms.BoundField]:
        return [self["title"], *(self[f"amount_{year}"] for year in self.call.years), self["child_share"]]

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        return [self["arrived_on"], self["arrived_by"], self["scan"]]

    @cached_property
    def kept(self) -> tuple[StoredFile, str] | None:
        """The scan that was accepted before, and its name."""
        try:
            found = signing.loads(self.data.get("kept_scan", ""), salt=SALT, max_age=24 * 3600)
        except signing.BadSignature:
            return None
        if found["officer"] != self.officer.pk:
            return None
        stored = StoredFile.objects.filter(pk=found["file"]).first()
        return (stored, found["name"]) if stored else None

    def clean_organisation_number(self) -> str:
        return normalise_organisation_number(self.cleaned_data["organisation_number"])

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if looks_like_personal_number(title):
            raise ValidationError(
                _("This looks like a personal identity number. Take it out: the title becomes public."),
                code="personal_number",
            )
        return title

    def clean_arrived_on(self) -> date:
        day: date = self.cleaned_data["arrived_on"]
        opened = timezone.localdate(self.call.opens_at)
        if day > timezone.localdate():
            raise ValidationError(_("The day has not come yet. Write the date of the stamp."), code="future")
        if day < opened:
            raise ValidationError(
                _("The call opened on %(day)s. Choose the call that was open when the paper came.")
                % {"day": swedish_date(opened)},
                code="before_opening",
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self._clean_scan(cleaned)
        number = cleaned.get("organisation_number")
        self.association = (
            Association.objects.visible_to(self.officer).filter(organisation_number=number).first()
            if number
            else None
        )
        if number and self.association is None:
            for name in NEEDED_OF_NEW:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(
                        name,
                        ValidationError(
                            _("The association is not registered yet, so this is needed."), code="required"
                        ),
                    )
        if (postcode := cleaned.get("postcode")) and not re.fullmatch(r"[0-9]{3}\s?[0-9]{2}", postcode):
            self.add_error("postcode", _("Write the postcode with five digits, for example 252 20."))
        if not any(cleaned.get(f"amount_{year}") for year in self.call.years) and not any(
            name.startswith("amount_") for name in self.errors
        ):
            self.add_error(f"amount_{self.call.first_year}", _("Write the sum for at least one year."))
        return cleaned

    def _clean_scan(self, cleaned: dict[str, Any]) -> None:
        """Keep a good scan at once, so that it need not be chosen again when something else is wrong."""
        upload = cleaned.get("scan")
        if self.oversized:
            self.add_error("scan", uploads.too_large())
        elif upload:
            try:
                stored = uploads.store(upload)
            except ValidationError as refusal:
                self.add_error("scan", refusal)
                return
            self.kept = (stored, uploads.clean_name(upload.name))
        elif self.kept is None and "scan" not in self.errors:
            self.add_error("scan", _("Choose the scanned application."))
        if self.kept:
            stored, name = self.kept
            data = QueryDict(mutable=True)
            data.update(self.data)
            data["kept_scan"] = signing.dumps(
                {"file": stored.pk, "name": name, "officer": self.officer.pk}, salt=SALT
            )
            self.data = data

    def on_paper(self) -> OnPaper:
        """What was written, for `grants.received.paper_route.enter`; the form must be valid."""
        cleaned = self.cleaned_data
        assert self.kept is not None
        scan, filename = self.kept
        return OnPaper(
            key=cleaned["key"],
            call=self.call,
            association=self.association or self._new_association(),
            title=cleaned["title"],
            amounts={
                year: cleaned[f"amount_{year}"] for year in self.call.years if cleaned.get(f"amount_{year}")
            },
            child_share=cleaned["child_share"],
            arrived_on=cleaned["arrived_on"],
            arrived_by=cleaned["arrived_by"],
            scan=scan,
            filename=filename,
        )

    def _new_association(self) -> Association:
        cleaned = self.cleaned_data
        digits = re.sub(r"\s", "", cleaned["postcode"])
        return Association(
            organisation_number=cleaned["organisation_number"],
            name=cleaned["name"],
            legal_form=cleaned["legal_form"] or LegalForm.IDEELL_FORENING,
            email=cleaned["email"],
            phone=cleaned["phone"],
            street=cleaned["street"],
            postcode=f"{digits[:3]} {digits[3:]}",
            city=cleaned["city"],
            protected_address=cleaned["protected_address"],
        )
