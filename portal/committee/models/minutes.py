"""The minutes of a meeting: text, approval, notice on the city's board, appeal, corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.committee.models.decisions import Decision
from portal.committee.models.matters import Matter
from portal.committee.models.meetings import Meeting
from portal.committee.models.seats import Seat
from portal.documents.models import Document
from portal.people import rules
from portal.registry.models import ConflictOfInterest, Immutable, WrittenOnce


class MinutesState(models.TextChoices):
    DRAFT = "draft", _("Being written")
    FOR_APPROVAL = "for_approval", _("Waiting to be approved")
    APPROVED = "approved", _("Approved")


#: What stands on page one: like the paragraphs' text it changes only while the minutes are being written.
FRONT_FIELDS = frozenset({"meeting", "is_immediate", "approval_place", "others_present", "kept_at"})
_FROZEN = "Minutes that are sent for approval are not changed; take them back, or write a correction."


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def update(self, **kwargs: Any) -> int:
        if FRONT_FIELDS.intersection(kwargs) and self.exclude(state=MinutesState.DRAFT).exists():
            raise TypeError(_FROZEN)
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise TypeError("Minutes are never deleted.")

    def visible_to(self, user: Any) -> MinutesQuerySet:
        """The administration's and the chair's always; members' when sent for approval, auditors' after."""
        if rules.administration(user) or rules.chair(user):
            return self.filter(meeting__in=Meeting.objects.visible_to(user))
        if rules.committee_reader(user):
            return self.filter(meeting__in=Meeting.objects.visible_to(user)).exclude(state=MinutesState.DRAFT)
        if rules.auditor(user):
            return self.filter(state=MinutesState.APPROVED)
        return self.none()

    def whole_for(self, user: Any) -> MinutesQuerySet:
        """Those that a person may read as one document: no conflict of interest hides a part of them."""
        conflicted = ConflictOfInterest.objects.declared_by(user).values("case")
        hidden = MinutesParagraph.objects.filter(
            Q(decision__matter__case__in=conflicted) | Q(decision__matter__lines__case__in=conflicted)
        )
        return (
            self.visible_to(user)
            .exclude(pk__in=hidden.values("minutes"))
            .exclude(is_immediate=False, meeting__delegation_decisions__case__in=conflicted)
        )

    def unannounced(self) -> MinutesQuerySet:
        """Approved, but the notice is not known to have gone up."""
        return self.filter(state=MinutesState.APPROVED, notice_up_on=None)


class Minutes(models.Model):
    """The minutes (protokoll) of one meeting, or of paragraphs that were approved at once.

    Approved within 14 days of the meeting (kommunallagen 5:69), announced on the city's notice board within
    two days of that (8:9–12), and final three weeks after the notice unless appealed (13:5).
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    state = models.CharField(max_length=20, choices=MinutesState.choices, default=MinutesState.DRAFT)
    is_immediate = models.BooleanField(
        default=False, help_text=_("For paragraphs declared approved at the meeting itself.")
    )
    approvers = models.ManyToManyField(
        Seat, related_name="+", help_text=_("Chosen at the meeting (justerare).")
    )
    approval_place = models.CharField(_("Where and when it is approved"), max_length=200, blank=True)
    others_present = models.TextField(
        _("Others who took part"), blank=True, help_text=_("One a line, by role.")
    )
    kept_at = models.CharField(_("Where the minutes are kept"), max_length=200, blank=True)
    sent_for_approval_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When those who had not approved were reminded of this sending.")
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    notice_up_on = models.DateField(_("The notice went up"), null=True, blank=True)
    notice_down_on = models.DateField(_("The notice may be taken down"), null=True, blank=True)
    appeal_until = models.DateField(_("Last day to appeal"), null=True, blank=True)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(is_immediate=False), name="committee_one_minutes_a_meeting"
            ),
            models.CheckConstraint(
                condition=Q(state__in=MinutesState.values), name="committee_minutes_state_known"
            ),
            models.CheckConstraint(
                condition=Q(notice_up_on=None) | Q(state="approved", appeal_until__isnull=False),
                name="committee_notice_after_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            stored = Minutes.objects.exclude(state=MinutesState.DRAFT).filter(pk=self.pk).first()
            if stored and any(getattr(stored, name) != getattr(self, name) for name in FRONT_FIELDS):
                raise TypeError(_FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Minutes are never deleted.")

    @property
    def is_draft(self) -> bool:
        return self.state == MinutesState.DRAFT

    @property
    def is_for_approval(self) -> bool:
        return self.state == MinutesState.FOR_APPROVAL

    @property
    def is_approved(self) -> bool:
        return self.state == MinutesState.APPROVED

    @property
    def content_sha256(self) -> str:
        """What those who approve put their names to: the frozen document of this sending.

        Sent again with the same words it is a new text to approve, since nobody has approved that sending.
        Once approved it is what the last of them approved; later prints carry signatures and notice too.
        """
        if self.is_approved:
            return str(self.approvals.values_list("content_sha256", flat=True).last() or "")
        if self.document is None or self.sent_for_approval_at is None:
            return ""
        sending = self.sent_for_approval_at.astimezone(UTC).isoformat()
        return hashlib.sha256(f"{sending}\n{self.document.html}".encode()).hexdigest()

    @property
    def approvals_that_count(self) -> models.QuerySet[MinutesApproval]:
        """Those of the text as it was last sent, with who gave them."""
        return self.approvals.filter(content_sha256=self.content_sha256).select_related("person")


@receiver(m2m_changed, sender=Minutes.approvers.through, dispatch_uid="committee.approvers_frozen")
def keep_approvers(instance: Minutes, action: str, **kwargs: Any) -> None:
    """Who approves is a part of page one: it stands once the minutes are sent."""
    sent = Minutes.objects.filter(pk=instance.pk).exclude(state=MinutesState.DRAFT)
    if action.startswith("pre_") and sent.exists():
        raise TypeError(_FROZEN)


class OfMinutesQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfMinutesQuerySet:
        """Seen by whoever sees the minutes."""
        return self.filter(minutes__in=Minutes.objects.visible_to(user))


class MinutesParagraphQuerySet(models.QuerySet["MinutesParagraph"]):
    def visible_to(self, user: Any) -> MinutesParagraphQuerySet:
        """Seen by whoever sees the minutes and has no conflict of interest in the matter or a line of it.

        Members read what they approve also where the papers of the matter were never published.
        """
        conflicted = ConflictOfInterest.objects.declared_by(user).values("case")
        return self.filter(minutes__in=Minutes.objects.visible_to(user)).exclude(
            Q(decision__matter__case__in=conflicted) | Q(decision__matter__lines__case__in=conflicted)
        )

    def update(self, **kwargs: Any) -> int:
        if self.exclude(minutes__state=MinutesState.DRAFT).exists():
            raise TypeError(_FROZEN)
        return super().update(**kwargs)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        rows = list(objs)
        of_these = Minutes.objects.filter(pk__in={row.minutes_id for row in rows})
        if of_these.exclude(state=MinutesState.DRAFT).exists():
            raise TypeError(_FROZEN)
        return super().bulk_create(rows, *args, **kwargs)

    def delete(self) -> NoReturn:
        raise TypeError("Paragraphs of minutes are never deleted.")


class MinutesParagraph(models.Model):
    """One paragraph's text: made from what was recorded, edited until approval, then frozen.

    `text` is a list of passages {"heading": str, "paragraphs": [str]} in the order they are printed.
    """

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="paragraphs")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="paragraph_text")
    text = models.JSONField()
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with each save."))
    is_edited = models.BooleanField(default=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)

    objects = MinutesParagraphQuerySet.as_manager()

    class Meta:
        ordering = ["decision__paragraph"]

    def __str__(self) -> str:
        return f"{self.decision}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if Minutes.objects.filter(pk=self.minutes_id).exclude(state=MinutesState.DRAFT).exists():
            raise TypeError(_FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Paragraphs of minutes are never deleted.")


class ApprovalRole(models.TextChoices):
    SECRETARY = "sekreterare", _("Secretary")
    CHAIR = "ordforande", _("Chair")
    APPROVER = "justerare", _("Approver")


class ApprovalQuerySet(Immutable):
    def visible_to(self, user: Any) -> ApprovalQuerySet:
        """Seen by whoever sees the minutes."""
        return self.filter(minutes__in=Minutes.objects.visible_to(user))


class MinutesApproval(WrittenOnce):
    """That one of those who approve did so, from their own sign-in, on the text with this checksum.

    They put their name to some paragraphs or all: nobody does to one they have a conflict of interest in.
    A person has one row a part, or one more where the conflict of somebody else gave them more to approve.
    """

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="approvals")
    role = models.CharField(max_length=20, choices=ApprovalRole.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    paragraphs = models.ManyToManyField(MinutesParagraph, related_name="approvals")
    content_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.role}"


class CorrectionQuerySet(Immutable):
    def visible_to(self, user: Any) -> CorrectionQuerySet:
        """Seen by whoever sees the minutes."""
        return self.filter(minutes__in=Minutes.objects.visible_to(user))


class MinutesCorrection(WrittenOnce):
    """A correction of approved minutes: a new entry, the old text stays."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="corrections")
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    text = models.TextField(_("What is corrected, and how"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: Any) -> AppealQuerySet:
        """The administration's and the chair's."""
        if not (rules.administration(user) or rules.chair(user)):
            return self.none()
        return self.filter(decision__matter__in=Matter.objects.wholly_visible_to(user))


class Appeal(models.Model):
    """A registered appeal (laglighetsprövning): as long as it is open the decision is not final."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appeals")
    came_on = models.DateField(_("Came in"))
    note = models.CharField(_("Note"), max_length=300, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_on = models.DateField(_("Settled"), null=True, blank=True)
    annulled = models.BooleanField(_("The decision was annulled"), default=False)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["came_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(annulled=False) | Q(settled_on__isnull=False),
                name="committee_annulled_is_settled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.came_on}"
