"""The register's pages: their entries in the menu, and what the audit trail calls them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.people.navigation import Entry
from portal.registry.rules import exports_personal_data, registrar

MENU = (
    Entry(500, _("Audit trail"), "registry:trail", rules.reviews_access),
    Entry(700, _("Register and archive"), "registry:desk", registrar),
    Entry(710, _("Requests for documents"), "registry:requests", registrar),
    Entry(720, _("Keeping and destroying"), "registry:retention", registrar),
    Entry(730, _("Obstacles"), "registry:obstacles", registrar),
    Entry(740, _("Extracts"), "registry:extracts", exports_personal_data),
)
NAMES = {
    "register": _("The register"),
    "ask": _("Ask to read a document"),
    "tell": _("Tell us about an obstacle"),
    "record": _("A document of a case"),
    "own-extracts": _("What is stored about you"),
    "extract": _("Extracts about persons"),
    "trail": _("Audit trail"),
    "desk": _("Register and archive"),
    "case": _("A case in the register"),
    "title": _("The title of a case"),
    "mark": _("Secrecy mark"),
    "lift": _("Secrecy mark"),
    "lift-hold": _("Held back from destruction"),
    "hold": _("Held back from destruction"),
    "entry": _("Registry entry"),
    "request": _("Requests for documents"),
    "enter-request": _("Requests for documents"),
    "copy": _("Copy with masking"),
    "masked-copy": _("Copy with masking"),
    "close": _("Close the case"),
    "retention": _("Keeping and destroying"),
    "rule": _("Rules of keeping and destroying"),
    "new-rule": _("Rules of keeping and destroying"),
    "order-package": _("Archive package"),
    "package": _("Archive package"),
    "obstacle": _("Obstacles that people told of"),
}
