"""What the audit trail calls the pages for those who run the installation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

NAMES = {
    "live": _("How the installation is"),
    "ready": _("How the installation is"),
    "figures": _("How the installation is"),
    "security-txt": _("Whom to tell of a security fault"),
}
