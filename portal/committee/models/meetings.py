"""The committee, its meetings and their agendas."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.registry.models import Authority

if TYPE_CHECKING:
    from portal.committee.models.packs import Pack


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: Any) -> CommitteeQuerySet:
        """That a committee exists is public."""
        return self


class Committee(models.Model):
    """A committee (nämnd) and how its documents sign."""

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="committee")
    administration_name = models.CharField(max_length=100, help_text=_("For example Socialförvaltningen"))
    director_title = models.CharField(max_length=100, help_text=_("For example Socialdirektör"))

    objects = CommitteeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.authority.name


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Any) -> MeetingQuerySet:
        """Secretary and officers see every meeting; members those they are summoned to or have papers for."""
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user) or rules.chair(user):
            return self
        if rules.committee_reader(user):
            told = Q(packs__published_at__isnull=False) | Q(summoned_at__isnull=False)
            return self.filter(told).distinct()
        return self.none()


class Meeting(models.Model):
    """A meeting (sammanträde) of the committee."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField(_("Starts at"))
    place = models.CharField(_("Place"), max_length=200)
    remote_link = models.URLField(
        _("Link for taking part remotely"), blank=True, help_text=_("Empty when all meet in one place.")
    )
    papers_due_on = models.DateField(
        _("Last day for papers"), null=True, blank=True, help_text=_("What comes later is a supplement.")
    )
    summoned_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the summons went out; since then the agenda stands.")
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When the chair closed it; dissent is announced before (kommunallagen 4:27)."),
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "starts_at"], name="committee_one_meeting_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False), name="committee_closed_was_opened"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee} {timezone.localtime(self.starts_at).date().isoformat()}"

    @property
    def date(self) -> date:
        """The day of the meeting in Europe/Stockholm."""
        return timezone.localtime(self.starts_at).date()

    @property
    def is_summoned(self) -> bool:
        """Whether the summons has gone out, so that the agenda is locked."""
        return self.summoned_at is not None

    @property
    def is_in_session(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def latest_pack(self) -> Pack | None:
        """The newest version of the whole pack; supplements lie beside it."""
        return self.packs.filter(supplement=0).order_by("-version").first()


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: Any) -> AgendaItemQuerySet:
        """The items of the meetings a person sees: number and title stay public even in a conflict."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class AgendaItem(models.Model):
    """A matter's place on a meeting's agenda."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    matter = models.ForeignKey("committee.Matter", on_delete=models.PROTECT, related_name="agenda_items")
    position = models.PositiveSmallIntegerField()
    is_secret = models.BooleanField(
        _("Secret"), default=False, help_text=_("Dealt with apart from the public matters.")
    )
    presenter = models.CharField(
        _("Who presents it"), max_length=100, blank=True, help_text=_("A role, for example Handläggare")
    )
    due_at = models.TimeField(_("Time"), null=True, blank=True)
    supplement = models.PositiveSmallIntegerField(
        default=0, help_text=_("The number of the supplement it came with; 0 is the summons itself.")
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "matter"], name="committee_matter_once_an_agenda"),
            models.UniqueConstraint(fields=["meeting", "position"], name="committee_agenda_position"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.matter}"

    @property
    def public_title(self) -> str:
        """What the agenda calls it: for a secret item the case's public title in the register."""
        return self.matter.case.public_title if self.is_secret else self.matter.title


class StandingItemQuerySet(models.QuerySet["StandingItem"]):
    def visible_to(self, user: Any) -> StandingItemQuerySet:
        """Seen by whoever sees the meeting."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class StandingItem(models.Model):
    """What every meeting begins with: roll call, who approves the minutes, conflicts, the agenda itself."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="standing_items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    objects = StandingItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="committee_standing_position")
        ]

    def __str__(self) -> str:
        return self.title
