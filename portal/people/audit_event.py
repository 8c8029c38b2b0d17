"""What the audit trail holds: who did what to which row and when; ids and codes, never contents."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: Any) -> AuditEventQuerySet:
        """The data protection officer's and the auditor's alone."""
        from portal.people import rules

        return self if rules.reviews_access(user) else self.none()

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit trail is never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit trail is never thinned here.")


class AuditEvent(models.Model):
    """One thing that the audit trail remembers. The database refuses to change a row."""

    class Kind(models.TextChoices):
        READ = "read", _("Read about people")
        EXPORTED = "exported", _("Took out a list")
        REFUSED = "refused", _("Was refused")
        ROLE_GIVEN = "role_given", _("Gave a role")
        ROLE_ENDED = "role_ended", _("Ended a role")
        SIGNED_IN = "signed_in", _("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("Failed to sign in")
        DESTROYED = "destroyed", _("Destroyed by rule")

    at = models.DateTimeField(default=timezone.now, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty where nobody had signed in."),
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Whom it was about, where that is one person with an account."),
    )
    case_id = models.BigIntegerField(null=True, help_text=_("The registry's case."))
    route = models.CharField(max_length=80, blank=True, help_text=_("The page's name in the code."))
    ids = models.JSONField(default=dict, help_text=_("The numbers in the page's address."))
    detail = models.CharField(max_length=60, blank=True, help_text=_("A code: the rule, role or method."))

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="people_audit_newest"),
            models.Index(fields=["actor", "-at"], name="people_audit_who"),
            models.Index(fields=["case_id", "-at"], name="people_audit_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.route}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The audit trail is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit trail is never thinned here.")
