"""Whom people talk to, by target group: roles and addresses, never persons."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.registry.models import Authority


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: Any) -> ContactQuerySet:
        """Everyone's to read."""
        return self


class Contact(models.Model):
    """Whom to write or call about one target group."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="contacts")
    position = models.PositiveSmallIntegerField()
    about_sv = models.CharField(_("About, in Swedish"), max_length=150)
    about_en = models.CharField(_("About, in English"), max_length=150)
    role_sv = models.CharField(_("Whom, in Swedish"), max_length=150, help_text=_("A role, never a name."))
    role_en = models.CharField(_("Whom, in English"), max_length=150)
    email = models.EmailField(_("E-mail"))
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["authority", "position"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "position"], name="grants_contact_position")
        ]

    def __str__(self) -> str:
        return f"{self.about_sv}: {self.role_sv}"

    @property
    def about(self) -> str:
        return self.about_en if translation.get_language() == "en" else self.about_sv

    @property
    def role(self) -> str:
        return self.role_en if translation.get_language() == "en" else self.role_sv
