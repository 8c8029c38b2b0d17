"""Decision packs (handlingar): versions and parts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.committee.models.matters import Matter, PartOnCaseQuerySet
from portal.committee.models.meetings import Meeting
from portal.documents.leases import WorkQuerySet, WorkRow
from portal.documents.models import Document, StoredFile
from portal.people import rules
from portal.registry.models import Case, ConflictOfInterest


class PackState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RENDERING = "rendering", _("Rendering")
    ASSEMBLING = "assembling", _("Being put together")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


#: States in which a pack still waits for a worker.
PACK_WAITING_STATES = frozenset({PackState.QUEUED, PackState.RENDERING, PackState.ASSEMBLING})


class PackQuerySet(WorkQuerySet["Pack"]):
    def visible_to(self, user: Any) -> PackQuerySet:
        """The administration and the chair see every version; members the published ones.

        Whoever has a conflict of interest in any case of the pack does not get the whole pack; they
        read the rest of it matter by matter.
        """
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user) or rules.chair(user):
            seen = self
        elif rules.committee_reader(user):
            seen = self.filter(published_at__isnull=False)
        else:
            return self.none()
        conflicted = ConflictOfInterest.objects.declared_by(user).values("case")
        return seen.exclude(
            pk__in=PackPart.objects.filter(
                Q(case__in=conflicted)
                | Q(matter__case__in=conflicted)
                | Q(matter__lines__case__in=conflicted)
            ).values("pack")
        )

    def waiting(self) -> PackQuerySet:
        return self.filter(state__in=PACK_WAITING_STATES)


class Pack(WorkRow):
    """One version of a meeting's decision pack (handlingar): parts rendered apart, put together once."""

    WAITING_STATES = PACK_WAITING_STATES

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="packs")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=PackState.choices, default=PackState.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField(null=True, blank=True)
    supplement = models.PositiveSmallIntegerField(
        default=0,
        help_text=_("The number of the supplement whose late papers it holds; 0 is the whole pack."),
    )
    changes = models.JSONField(
        default=list,
        blank=True,
        help_text=_("What this version changes of the one before: a list of sentences."),
    )

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "version"], name="committee_pack_version"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(state__in=["queued", "rendering", "assembling"]),
                name="committee_one_pack_in_the_making",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(file__isnull=False, pages__isnull=False),
                name="committee_ready_pack_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} v{self.version}"

    @property
    def is_waiting(self) -> bool:
        return self.state in PACK_WAITING_STATES

    @property
    def is_ready(self) -> bool:
        return self.state == PackState.READY

    @property
    def filename(self) -> str:
        return f"handlingar-{self.meeting.date.isoformat()}-v{self.version}.pdf"


class PackPartQuerySet(PartOnCaseQuerySet):
    def visible_to(self, user: Any) -> PartOnCaseQuerySet:
        """Parts of published packs, minus matters and cases in which the person has a conflict."""
        seen = super().visible_to(user)
        if rules.administration(user) or rules.chair(user):
            return seen
        return seen.filter(pack__published_at__isnull=False)


class PackPart(models.Model):
    """One part of a pack: an officers' report, a chair's proposal, a table, a sheet."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="pack_parts")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    objects = PackPartQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "position"], name="committee_pack_part_position")
        ]

    def __str__(self) -> str:
        return self.title


class PackCopyQuerySet(WorkQuerySet["PackCopy"]):
    def visible_to(self, user: Any) -> PackCopyQuerySet:
        """Published copies that hold nothing of a case in which the person has a conflict of interest."""
        if not rules.committee_reader(user):
            return self.none()
        conflicted = ConflictOfInterest.objects.declared_by(user).values("case")
        hidden = PackPart.objects.filter(
            Q(case__in=conflicted)
            | Q(matter__case__in=conflicted)
            | Q(case=None, matter__lines__case__in=conflicted)
        )
        return self.filter(pack__published_at__isnull=False).exclude(parts__in=hidden)

    def waiting(self) -> PackCopyQuerySet:
        return self.filter(state__in=PACK_WAITING_STATES)


class PackCopy(WorkRow):
    """A pack without the matters in which somebody has a conflict of interest; number and title stay.

    People with the same conflicts share a copy: `key` is made of the hidden cases.
    """

    WAITING_STATES = PACK_WAITING_STATES

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="copies")
    parts = models.ManyToManyField(PackPart, related_name="+")
    key = models.CharField(max_length=64, help_text=_("SHA-256 of the hidden cases."))
    state = models.CharField(max_length=20, choices=PackState.choices, default=PackState.QUEUED)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField(null=True, blank=True)

    objects = PackCopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "key"], name="committee_one_copy_a_set_of_conflicts"),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.key[:8]}"


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    def visible_to(self, user: Any) -> PrivateNoteQuerySet:
        """Only the writer's own, and not where a conflict of interest has hidden the matter since."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(user_id=user.pk, matter__in=Matter.objects.wholly_visible_to(user))


class PrivateNote(models.Model):
    """What a member notes about a matter for themselves; follows the matter through versions of packs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="private_notes")
    text = models.TextField(_("Your note"), blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "matter"], name="committee_one_note_a_matter")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.matter_id}"
