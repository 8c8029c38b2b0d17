"""The way to a page of partnerships."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

Crumb = dict[str, str]


def crumbs(*steps: tuple[str, str] | str) -> list[Crumb]:
    """From the room's home page over (label, address) to the page's own label."""
    rows = [{"label": _("Partnerships"), "url": reverse("iop:home")}]
    for step in steps:
        label, url = (step, "") if isinstance(step, str) else step
        rows.append({"label": label, "url": url})
    return rows
