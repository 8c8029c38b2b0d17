"""Decision packs (handlingar): versions and parts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
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
    CLEARED = "cleared", _("Cleared by rule")


#: States in which a pack still waits for a worker.
PACK_WAITING_STATES = frozenset({PackState.QUEUED, PackState.RENDERING, PackState.ASSEMBLING})


class PackQuerySet(WorkQuerySet["Pack"]):
    def visible_to(self, user: Any) -> PackQuerySet:
        """The administration and the chair see every version; members the published ones.

        Whoever has a conflict of interest in any case that the pack speaks of does not get the whole
        pack; they get a copy without it (see `PackCopy`).
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
        return seen.exclude(pk__in=Pack.cases.through.objects.filter(case__in=conflicted).values("pack"))

    def waiting(self) -> PackQuerySet:
        return self.filter(state__in=PACK_WAITING_STATES)

    def newest_published(self) -> PackQuerySet:
        """Of each meeting and supplement the last version that the members got; none that was cleared."""
        newer = Pack.objects.filter(
            meeting=OuterRef("meeting"),
            supplement=OuterRef("supplement"),
            version__gt=OuterRef("version"),
            published_at__isnull=False,
        )
        return self.filter(~Exists(newer), published_at__isnull=False).exclude(state=PackState.CLEARED)


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
    cases = models.ManyToManyField(
        Case,
        related_name="+",
        help_text=_("All cases it speaks of; a conflict of interest in one closes it."),
    )
    compared_with = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The version before, whose readers want to know what is new."),
    )
    changes = models.JSONField(
        default=list,
        blank=True,
        help_text=_("What is new since the version before: sentences, each with the cases it speaks of."),
    )

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "supplement", "version"], name="committee_pack_version"
            ),
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
    def is_cleared(self) -> bool:
        """Whether it went with a record that it repeated, destroyed by rule."""
        return self.state == PackState.CLEARED

    @property
    def filename(self) -> str:
        kind = f"tillagg-{self.supplement}" if self.supplement else "handlingar"
        return f"{kind}-{self.meeting.date.isoformat()}-v{self.version}.pdf"


class PackPartQuerySet(PartOnCaseQuerySet):
    def visible_to(self, user: Any) -> PartOnCaseQuerySet:
        """Parts of published packs, minus matters and cases in which the person has a conflict.

        The summons speaks of every matter: seen by whoever sees the whole pack.
        """
        of_matters = super().visible_to(user).values("pk")
        summonses = Q(matter=None, pack__in=Pack.objects.visible_to(user).values("pk"))
        seen = self.filter(Q(pk__in=of_matters) | summonses)
        if rules.administration(user) or rules.chair(user):
            return seen
        return seen.filter(pack__published_at__isnull=False)


class PackPart(models.Model):
    """One part of a pack: the summons, an officers' report, a chair's proposal, a table, a sheet, a file."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    matter = models.ForeignKey(
        Matter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pack_parts",
        help_text=_("Empty for the summons, which is about all of them."),
    )
    number = models.PositiveSmallIntegerField(
        default=0, help_text=_("The matter's number on the agenda when the pack was ordered.")
    )
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    is_apart = models.BooleanField(
        default=False,
        help_text=_("A file that is not archival or not accessible: read beside the pack, not in it."),
    )

    objects = PackPartQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "position"], name="committee_pack_part_position")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        """Where it stands, as staff name it: "Föreningsbidrag 2027, Tjänsteskrivelse"; reads the matter."""
        return f"{self.matter}, {self.title}" if self.matter else self.title


class PackCopyQuerySet(WorkQuerySet["PackCopy"]):
    def visible_to(self, user: Any) -> PackCopyQuerySet:
        """Copies of published packs that hide every case in which the person has a conflict of interest.

        So a copy closes in the moment in which its reader declares one more.
        """
        if not rules.committee_reader(user):
            return self.none()
        conflicted = ConflictOfInterest.objects.declared_by(user).values("case")
        hidden = PackCopy.hidden.through.objects.filter(packcopy=OuterRef(OuterRef("pk")))
        told = Pack.cases.through.objects.filter(pack=OuterRef("pack"), case__in=conflicted)
        return self.filter(
            ~Exists(told.exclude(case__in=hidden.values("case"))), pack__published_at__isnull=False
        )

    def waiting(self) -> PackCopyQuerySet:
        return self.filter(state__in=PACK_WAITING_STATES)


class PackCopy(WorkRow):
    """A pack without what speaks of some cases, for whoever has a conflict of interest in them.

    Number and title of a hidden matter stay. People with the same conflicts share a copy: `key` is made
    of the hidden cases. It is put together from the parts of the pack and a summons of its own.
    """

    WAITING_STATES = PACK_WAITING_STATES

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="copies")
    parts = models.ManyToManyField(PackPart, related_name="+")
    hidden = models.ManyToManyField(Case, related_name="+")
    key = models.CharField(max_length=64, help_text=_("SHA-256 of the hidden cases."))
    summons = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=PackState.choices, default=PackState.QUEUED)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField(null=True, blank=True)

    objects = PackCopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "key"], name="committee_one_copy_a_set_of_conflicts"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(file__isnull=False, pages__isnull=False),
                name="committee_ready_copy_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.key[:8]}"

    @property
    def is_ready(self) -> bool:
        return self.state == PackState.READY


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
