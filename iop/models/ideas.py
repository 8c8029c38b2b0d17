"""Ideas that associations leave, and the thread that somebody always holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Association, Call
from iop.models.lists import Area, ListQuerySet, TargetGroup
from portal.people import rules
from portal.people.models import Unit
from portal.registry.models import Case, Immutable, WrittenOnce

#: Days until an idea is followed up where the city has decided nothing.
DEFAULT_DAYS = 14


class FollowUpRuleQuerySet(ListQuerySet):
    def days_on(self, day: date) -> int:
        """How many days an idea that is left on a day waits at most."""
        latest = self.filter(valid_from__lte=day).order_by("-valid_from").first()
        return latest.days if latest else DEFAULT_DAYS


class FollowUpRule(models.Model):
    """Within how many days an idea is followed up, from a day on."""

    days = models.PositiveSmallIntegerField(_("Days until an idea is followed up"))
    valid_from = models.DateField(_("From"), unique=True)

    objects = FollowUpRuleQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(days__range=(1, 90)), name="iop_follow_up_within_90_days")
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.days}"


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, user: Any) -> IdeaQuerySet:
        """The association's people and the administration; a conflict of interest in its case hides it."""
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            return self.filter(case__in=Case.objects.visible_to(user))
        return self.filter(association__in=Association.objects.visible_to(user))

    def open(self) -> IdeaQuerySet:
        return self.filter(outcome="")

    def overdue(self, day: date) -> IdeaQuerySet:
        """Open ideas whose day to follow up has passed."""
        return self.open().filter(follow_up_on__lt=day)


class Idea(models.Model):
    """A few lines from an association; unfinished is fine. Never closed by silence (handbook 8.8).

    It has a named owner in the administration and a day to follow up from the moment it is left, and ends
    as one of `Outcome`, always with words to the association.
    """

    class Outcome(models.TextChoices):
        DIALOGUE = "dialog", _("We go on talking")
        GRANT = "bidrag", _("Apply for a grant")
        IOP = "iop", _("A partnership (IOP)")
        REFERRAL = "hanvisning", _("Referred to somebody else")
        NO = "nej", _("Not with us, and why")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="idea")
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="ideas")
    title = models.CharField(_("Your idea in a few words"), max_length=150)
    text = models.TextField(_("Tell us more"), blank=True)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Area")
    )
    target_groups = models.ManyToManyField(
        TargetGroup, blank=True, related_name="+", verbose_name=_("Whom it is about")
    )
    left_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(default=timezone.now, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="owned_ideas")
    follow_up_on = models.DateField(_("Follow up on"))
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    answer = models.TextField(_("Our answer to the association"), blank=True)
    what_else = models.TextField(_("What else might fit"), blank=True)
    #: Where the idea goes on: the unit it is talked over with, the call to apply in, or somebody else.
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Unit")
    )
    call = models.ForeignKey(
        Call, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Call")
    )
    referred_to = models.CharField(
        _("To whom"), max_length=200, blank=True, help_text=_("A role or an organisation, never a name.")
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = IdeaQuerySet.as_manager()

    class Meta:
        ordering = ["-left_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None, ended_by=None)
                | (
                    Q(
                        outcome__in=["dialog", "bidrag", "iop", "hanvisning", "nej"],
                        ended_at__isnull=False,
                        ended_by__isnull=False,
                    )
                    & ~Q(answer="")
                ),
                name="iop_idea_never_ends_without_words",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="nej") | ~Q(what_else=""), name="iop_a_no_says_what_else"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="dialog") | Q(unit__isnull=False), name="iop_dialogue_is_with_a_unit"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="hanvisning") | ~Q(referred_to=""), name="iop_referral_says_to_whom"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return not self.outcome

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.follow_up_on < timezone.localdate()


class IdeaNoteQuerySet(Immutable):
    def visible_to(self, user: Any) -> IdeaNoteQuerySet:
        """Seen by whoever sees the idea; what officers note among themselves, by the administration."""
        seen = self.filter(idea__in=Idea.objects.visible_to(user))
        return seen if rules.administration(user) else seen.filter(is_shared=True)


class IdeaNote(WrittenOnce):
    """A step in the thread: what was said, a new owner, or a new day with its reason."""

    class Kind(models.TextChoices):
        WORDS = "ord", _("Words")
        OWNER = "ansvarig", _("Another owner")
        DAY = "dag", _("Another day to follow up")

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.WORDS)
    text = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(null=True, blank=True)
    is_shared = models.BooleanField(_("The association reads it"), default=True)
    #: Nobody where Samspel itself found another owner.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = IdeaNoteQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="ord", owner=None, day=None) & ~Q(text=""))
                | Q(kind="ansvarig", owner__isnull=False, day=None)
                | (Q(kind="dag", owner=None, day__isnull=False, is_shared=True) & ~Q(text="")),
                name="iop_note_says_what_it_is",
            )
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} {self.written_at:%Y-%m-%d}"
