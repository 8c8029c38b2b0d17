"""What happens in the room: who attends and serves, who steps aside, motions, votes, dissent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.committee.models.matters import Matter
from portal.committee.models.meetings import AgendaItem, Meeting
from portal.committee.models.seats import Seat


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: Any) -> AttendanceQuerySet:
        """Seen by whoever sees the meeting."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def serving(self) -> AttendanceQuerySet:
        """Those who take part in decisions (tjänstgörande)."""
        return self.filter(is_serving=True)


class Attendance(models.Model):
    """That a person of the committee was at a meeting, from when to when, and in whose stead."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    is_serving = models.BooleanField(default=False)
    serves_for = models.ForeignKey(
        Seat,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("A substitute's member."),
    )
    is_remote = models.BooleanField(default=False)
    arrived_at = models.TimeField(_("Came"), null=True, blank=True)
    left_at = models.TimeField(pgettext_lazy("attendance", "Left"), null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["seat__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="committee_attends_once"),
            models.UniqueConstraint(
                fields=["meeting", "serves_for"],
                condition=Q(serves_for__isnull=False),
                name="committee_one_substitute_a_member",
            ),
            models.CheckConstraint(
                condition=Q(serves_for=None) | Q(is_serving=True), name="committee_who_serves_for_serves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.seat}"


class OfItemQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfItemQuerySet:
        """Seen by whoever sees the whole matter: a conflict of interest hides what was said of it."""
        return self.filter(item__matter__in=Matter.objects.wholly_visible_to(user))


class RecusalReason(models.TextChoices):
    """Why somebody who serves at the meeting takes no part in one item."""

    CONFLICT = "jav", _("Conflict of interest")
    ABSENT = "franvarande", _("Not in the room: came later or left earlier")


class Recusal(models.Model):
    """That a person who serves takes no part in one item, and who serves instead.

    For a conflict of interest they have left the room (kommunallagen 6:28–32). Who came late or left early
    takes no part either, which the minutes tell for each item (5:66).
    """

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="recusals")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    substitute = models.ForeignKey(
        Seat,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who served instead."),
    )
    reason = models.CharField(max_length=20, choices=RecusalReason.choices, default=RecusalReason.CONFLICT)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfItemQuerySet.as_manager()

    class Meta:
        ordering = ["seat__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "seat"], name="committee_recused_once_an_item"),
            models.CheckConstraint(
                condition=Q(reason__in=RecusalReason.values), name="committee_recusal_reason_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.seat}"


class MotionKind(models.TextChoices):
    """What a motion (yrkande) asks for; the codes are practice's own words."""

    GRANT = "bifall", _("As proposed")
    REJECT = "avslag", _("Rejection")
    CHANGE = "andring", _("Change")
    TABLE = "bordlaggning", _("Tabling")
    REFER_BACK = "aterremiss", _("Refer back")


class Motion(models.Model):
    """What a serving member moves in one item; in the minutes unless withdrawn (kommunallagen 5:66)."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="motions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("Motion"), max_length=20, choices=MotionKind.choices)
    moved_by = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    supported_by = models.ManyToManyField(Seat, blank=True, related_name="+")
    text = models.TextField(
        _("What is moved"),
        blank=True,
        help_text=_("For a change: the decision points; for a referral: the task."),
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OfItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="committee_motion_position"),
            models.CheckConstraint(
                condition=Q(kind__in=MotionKind.values), name="committee_motion_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["andring", "aterremiss"]) | ~Q(text=""),
                name="committee_motion_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.moved_by}"


class Vote(models.Model):
    """A vote by name (votering) on one question that is answered yes or no (kommunallagen 5:53–56)."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="votes")
    position = models.PositiveSmallIntegerField()
    yes_means = models.CharField(_("Yes is a vote for"), max_length=300)
    no_means = models.CharField(_("No is a vote for"), max_length=300)

    objects = OfItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["item", "position"], name="committee_vote_position")]

    def __str__(self) -> str:
        return f"{self.yes_means} / {self.no_means}"


class BallotChoice(models.TextChoices):
    YES = "ja", _("Yes")
    NO = "nej", _("No")
    ABSTAIN = "avstar", _("Abstains")


class BallotQuerySet(models.QuerySet["Ballot"]):
    def visible_to(self, user: Any) -> BallotQuerySet:
        """Seen by whoever sees the vote."""
        return self.filter(vote__in=Vote.objects.visible_to(user))


class Ballot(models.Model):
    """How one serving person voted."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="ballots")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=BallotChoice.choices)

    objects = BallotQuerySet.as_manager()

    class Meta:
        ordering = ["seat__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["vote", "seat"], name="committee_one_ballot_a_person"),
            models.CheckConstraint(
                condition=Q(choice__in=BallotChoice.values), name="committee_ballot_choice_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vote_id} {self.seat}: {self.choice}"


class Dissent(models.Model):
    """A recorded dissent (reservation), announced before the meeting ends (kommunallagen 4:27)."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="dissents")
    position = models.PositiveSmallIntegerField()
    seats = models.ManyToManyField(Seat, related_name="+")
    text = models.TextField(_("The dissent in writing"), blank=True)
    announced_at = models.DateTimeField(default=timezone.now)

    objects = OfItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="committee_dissent_position")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.position}"
