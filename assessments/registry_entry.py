"""What a case is called in the register: a public title, and one for those who may open the case.

Offentlighets- och sekretesslagen 5:2: what may be secret is left out of what anyone may read, or kept apart
from it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.models import Application, Association, GrantType
from grants.received import searching
from grants.received.likeness import words
from portal.registry.models import Case, TitleChanged
from portal.registry.personal_number import looks_like_personal_number

#: Words that every title has, which reveal nothing.
HARMLESS = frozenset(
    {*GrantType.values, "ansökan", "bidrag", "föreningen", "förening", "från", "till", "och", "för", "med"}
)
SHORTEST_TELLING_WORD = 3
SALT = "assessments.registry_entry.seen"


def revealed(public: str, protected: str, association: Association) -> list[str]:
    """What of the public title also stands among what is protected, in the title's order."""
    secret = set(words(protected))
    if association.protected_address:
        secret.update(
            words(
                f"{association.street} {association.visiting_address} {association.email} {association.phone}"
            )
        )
    telling = (word for word in words(public) if len(word) >= SHORTEST_TELLING_WORD and word not in HARMLESS)
    return list(dict.fromkeys(word for word in telling if word in secret))


class RegistryEntryForm(forms.Form):
    """The two titles. A public title that seems to reveal something is saved only once that is confirmed."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput)
    public_title = forms.CharField(
        label=gettext_lazy("Public title"),
        max_length=300,
        help_text=gettext_lazy(
            "Anyone may read it in the register. Write nothing that may be secret: no person, no protected "
            "address, nothing of what somebody has told about themselves."
        ),
        error_messages={"required": gettext_lazy("Write a public title.")},
    )
    protected_title = forms.CharField(
        label=gettext_lazy("Protected title"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Only for those who may open the case. Write the whole title here when the public one has to "
            "leave something out; otherwise leave it empty."
        ),
    )

    def __init__(self, application: Application, data: Any = None) -> None:
        self.application = application
        case = application.received_case
        titles = {"public_title": case.public_title, "protected_title": case.protected_title}
        super().__init__(data, initial={**titles, "seen": _signed(case)})
        self.telling = (
            revealed(
                str(self.data.get("public_title", "")),
                str(self.data.get("protected_title", "")),
                application.association,
            )
            if self.is_bound
            else []
        )
        self.has_number = self.is_bound and looks_like_personal_number(str(self.data.get("public_title", "")))
        if self.telling or self.has_number:
            self.fields["confirmed"] = forms.BooleanField(
                label=_("The public title reveals nothing that may be secret; save it as it is"),
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("confirmed"):
            return cleaned
        if self.has_number:
            self.add_error("public_title", _("This looks like a personal identity number. Take it out."))
        if self.telling:
            self.add_error(
                "public_title",
                _("These words are protected: %(words)s. Take them out, or tick the box below.")
                % {"words": ", ".join(self.telling)},
            )
        return cleaned

    def see_latest(self, case: Case) -> None:
        """Let the next save build on the case's titles as they are now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = _signed(case)
        self.data = data

    def save(self, by: Any) -> bool:
        """Rename the case and index its words; returns whether anything changed.

        Raises TitleChanged when somebody else renamed it meanwhile.
        """
        cleaned = self.cleaned_data
        try:
            public, protected = signing.loads(cleaned["seen"], salt=SALT)
        except signing.BadSignature as error:
            raise TitleChanged from error
        with transaction.atomic():
            changed = self.application.received_case.rename(
                public_title=cleaned["public_title"],
                protected_title=cleaned["protected_title"],
                seen=(public, protected),
                by=by,
            )
            if changed:
                searching.index([self.application.pk])
        return changed


def _signed(case: Case) -> str:
    """The titles as they are read now; signed, so that nobody makes up what they have seen."""
    return signing.dumps([case.public_title, case.protected_title], salt=SALT)
