"""Applications: drafts that belong to the association, and what it sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.associations import Association, Membership
from grants.models.calls import Call, GrantType
from grants.models.questions import Question
from grants.states import SENT_STATES, State
from portal import ways_in
from portal.people import rules
from portal.registry.models import Case, ConflictOfInterest

#: How long a discarded draft can be taken back.
UNDO_DISCARD = timedelta(days=30)


class Lateness(models.TextChoices):
    """Whether an application came after its call had closed, and what an officer said about it."""

    IN_TIME = "in_time", _("In time")
    WAITING = "waiting", _("Late, not judged yet")
    ADMITTED = "admitted", _("Late, admitted")
    DISMISSED = "dismissed", _("Late, dismissed")


class Route(models.TextChoices):
    """How the application came to be here."""

    ONLINE = "online", _("Sent here")
    PAPER = "paper", _("On paper")


class ArrivedBy(models.TextChoices):
    """How an application on paper reached the authority."""

    POST = "post", _("By post")
    DESK = "desk", _("Handed in at the desk")
    EMAIL = "email", _("By e-mail")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Any) -> ApplicationQuerySet:
        """An association's people see their own; the administration what was sent, never a draft.

        Other staff see what a room opens to them, such as what they are to read a second time.

        Tryckfrihetsförordningen 2:13: a draft stays the sender's own as long as staff cannot open it.
        """
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            # Not through `Case.visible_to`: the same rows, but the queue can follow its own index.
            conflicts = ConflictOfInterest.objects.declared_by(user).values("case")
            return self.sent().exclude(case__in=conflicts)
        if rules.applicant(user):
            return self.filter(
                association__in=Membership.objects.current().held_by(user).values("association"),
                discarded_at=None,
            )
        conflicts = ConflictOfInterest.objects.declared_by(user).values("case")
        return self.sent().filter(ways_in.through(Application, user)).exclude(case__in=conflicts)

    def discarded_of(self, user: Any, now: datetime | None = None) -> ApplicationQuerySet:
        """Drafts that the person's associations have discarded and may still take back."""
        if not rules.applicant(user):
            return self.none()
        return self.filter(
            association__in=Membership.objects.current().held_by(user).values("association"),
            state=State.DRAFT,
            discarded_at__gt=(now or timezone.now()) - UNDO_DISCARD,
        )

    def with_completion(self) -> ApplicationQuerySet:
        """Each with `waits_for_completion`: whether a reply is awaited from the association."""
        from grants.models.completions import CompletionRequest

        waiting = CompletionRequest.objects.open().filter(application=OuterRef("pk"))
        return self.annotate(waits_for_completion=Exists(waiting))

    def sent(self) -> ApplicationQuerySet:
        return self.filter(state__in=SENT_STATES, case__isnull=False)

    def drafts(self) -> ApplicationQuerySet:
        return self.filter(state=State.DRAFT, discarded_at=None)


class Application(models.Model):
    """One association's application in one call."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications")
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="applications")
    title = models.CharField(_("What is the application for?"), max_length=150, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    child_share = models.PositiveSmallIntegerField(
        _("Share for children and young people, percent"), null=True, blank=True
    )
    case = models.OneToOneField(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="application"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    lateness = models.CharField(max_length=20, choices=Lateness.choices, default=Lateness.IN_TIME)
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The case officer it is assigned to; who had it before stands in the case's events."),
    )
    route = models.CharField(max_length=10, choices=Route.choices, default=Route.ONLINE)
    arrived_by = models.CharField(max_length=10, choices=ArrivedBy.choices, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entry_key = models.UUIDField(
        null=True, blank=True, unique=True, help_text=_("Makes a form that is sent twice one application.")
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.DRAFT, case=None, submitted_at=None)
                | (~Q(state=State.DRAFT) & Q(case__isnull=False, submitted_at__isnull=False)),
                name="grants_sent_has_case",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="grants_application_state_known"
            ),
            models.CheckConstraint(
                condition=Q(child_share=None) | Q(child_share__lte=100), name="grants_child_share_percent"
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(state=State.DRAFT), name="grants_only_drafts_discarded"
            ),
            models.CheckConstraint(condition=Q(lateness__in=Lateness.values), name="grants_lateness_known"),
            models.CheckConstraint(
                condition=~Q(state=State.DISMISSED) | Q(lateness=Lateness.DISMISSED),
                name="grants_dismissed_came_late",
            ),
            models.CheckConstraint(
                condition=Q(route=Route.ONLINE, entered_by=None, arrived_by="")
                | Q(route=Route.PAPER, entered_by__isnull=False, arrived_by__in=ArrivedBy.values),
                name="grants_paper_says_who_entered",
            ),
        ]
        indexes = [
            models.Index(fields=["-submitted_at", "-id"], name="grants_queue_order"),
            models.Index(fields=["officer", "-submitted_at"], name="grants_queue_of_officer"),
            models.Index(
                fields=["officer", "id"],
                name="grants_queue_open",
                condition=Q(state__in=[State.SUBMITTED, State.IN_ASSESSMENT, State.ASSESSED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association}: {self.title or self.call}"

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_late(self) -> bool:
        """Whether it came after the call had closed, whatever was said about it."""
        return self.lateness != Lateness.IN_TIME

    @property
    def is_on_paper(self) -> bool:
        """Whether an officer entered it; its scan is what the association wrote."""
        return self.route == Route.PAPER

    @property
    def received_case(self) -> Case:
        """The case of what was sent. Raises ValueError for a draft, which has none."""
        if self.case is None:
            raise ValueError(f"Application {self.pk} is a draft and has no case")
        return self.case

    @property
    def is_released(self) -> bool:
        """Whether the association may see the decision."""
        return self.released_at is not None

    def terms_at(self, stage: str) -> Terms | None:
        """Type and amounts at one stage; uses prefetched rows."""
        return next((terms for terms in self.terms.all() if terms.stage == stage), None)

    @property
    def applied(self) -> Terms | None:
        return self.terms_at(TermsStage.APPLIED)

    @property
    def decided(self) -> Terms | None:
        return self.terms_at(TermsStage.DECIDED)

    @property
    def proposed(self) -> Terms:
        """The officers' proposal. Raises ValueError before there is one."""
        if (terms := self.terms_at(TermsStage.PROPOSED)) is None:
            raise ValueError(f"Application {self.pk} has no proposal yet")
        return terms

    def answers_by_key(self) -> dict[str, Any]:
        """Question key → value; uses prefetched rows."""
        return {answer.key: answer.value for answer in self.answers.all()}

    def answered(self) -> list[tuple[Question, Any]]:
        """The call's questions that are asked of this application with its answers, in the form's order."""
        values = self.answers_by_key()
        return [
            (question, values.get(question.key))
            for question in self.call.questions.all()
            if question.is_asked(values)
        ]


class OfApplicationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfApplicationQuerySet:
        """Seen by whoever sees the application."""
        return self.filter(application__in=Application.objects.visible_to(user))


class Answer(models.Model):
    """The answer to one question, under the question's stable key."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="answers")
    key = models.SlugField(max_length=40)
    value = models.JSONField()

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "key"], name="grants_one_answer_a_question")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.key}"


class TermsStage(models.TextChoices):
    """Applied ≠ proposed ≠ chair's proposal ≠ decided: four rows of the same shape."""

    APPLIED = "applied", _("Applied for")
    PROPOSED = "proposed", _("The officers' proposal")
    CHAIR = "chair", _("The chair's proposal")
    DECIDED = "decided", _("Decision")


class Referral(models.TextChoices):
    """Where an association is shown instead of getting money here."""

    COMMITTEE = "committee", _("Another committee")
    IOP = "iop", _("A partnership (IOP)")


class Outcome(models.TextChoices):
    """What terms mean beside what was applied for."""

    GRANT = "grant", _("Grant")
    PART = "part", _("Part of what was applied for")
    OTHER_TYPE = "other_type", _("Another grant than applied for")
    REJECT = "reject", _("Rejection")
    REFER_COMMITTEE = "refer_committee", _("Refer to another committee")
    REFER_IOP = "refer_iop", _("Refer to a partnership (IOP)")


_OUTCOME_WITHOUT_MONEY = {
    "": Outcome.REJECT,
    Referral.COMMITTEE: Outcome.REFER_COMMITTEE,
    Referral.IOP: Outcome.REFER_IOP,
}


class Terms(models.Model):
    """Grant type, amount per year and conditions of one application at one stage.

    No amounts means a no. Conditions are att-satser without "att", one a line.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="terms")
    stage = models.CharField(max_length=20, choices=TermsStage.choices)
    grant_type = models.CharField(max_length=30, choices=GrantType.choices)
    conditions = models.TextField(blank=True)
    referral = models.CharField(_("Refer to"), max_length=20, choices=Referral.choices, blank=True)
    referred_to = models.CharField(
        _("To whom"), max_length=100, blank=True, help_text=_("For example: vård- och omsorgsnämnden")
    )

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "stage"], name="grants_terms_once_a_stage"),
            models.CheckConstraint(
                condition=Q(referral="") | Q(referral__in=Referral.values), name="grants_referral_known"
            ),
            models.CheckConstraint(
                condition=~Q(referral="committee") | ~Q(referred_to=""), name="grants_referral_says_to_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.stage}"

    @property
    def amounts(self) -> dict[int, int]:
        """Whole kronor by year; uses prefetched rows."""
        return {row.year: row.amount for row in self.year_amounts.all()}

    @property
    def years(self) -> list[int]:
        return sorted(self.amounts)

    @property
    def total(self) -> int:
        return sum(self.amounts.values())

    @property
    def first_amount(self) -> int:
        """The first year's amount; 0 when there is none."""
        amounts = self.amounts
        return amounts[min(amounts)] if amounts else 0

    @property
    def is_grant(self) -> bool:
        return self.total > 0

    def outcome(self, applied: Terms | None) -> Outcome:
        """What these terms mean for one who applied for `applied`; uses prefetched rows."""
        if not self.is_grant:
            return _OUTCOME_WITHOUT_MONEY[self.referral]
        if applied is None:
            return Outcome.GRANT
        if self.grant_type != applied.grant_type:
            return Outcome.OTHER_TYPE
        return Outcome.GRANT if self.amounts == applied.amounts else Outcome.PART

    def set_amounts(self, amounts: dict[int, int]) -> None:
        """Replace the amounts; years without money are left out."""
        self.year_amounts.all().delete()
        YearAmount.objects.bulk_create(
            YearAmount(terms=self, year=year, amount=amount) for year, amount in amounts.items() if amount
        )


class OfTermsQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Any:
        """Seen by whoever sees the application."""
        return self.filter(terms__application__in=Application.objects.visible_to(user))


class YearAmountQuerySet(OfTermsQuerySet):
    def before_committee(self, authority_id: int) -> YearAmountQuerySet:
        """What is proposed and lies before the authority's committee, undecided."""
        return self.filter(
            terms__stage=TermsStage.PROPOSED,
            terms__application__state=State.BEFORE_COMMITTEE,
            terms__application__call__authority_id=authority_id,
        )

    def by_year(self) -> dict[int, int]:
        """Whole kronor by year."""
        return dict(self.order_by().values_list("year").annotate(models.Sum("amount")))


class YearAmount(models.Model):
    """Whole kronor for one year."""

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="year_amounts")
    year = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField()

    objects = YearAmountQuerySet.as_manager()

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["terms", "year"], name="grants_one_amount_a_year"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="grants_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.amount}"


class TermsReport(models.Model):
    """When the use of one year's grant is to be reported, under one stage's terms."""

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("Last day to report"))

    objects = OfTermsQuerySet.as_manager()

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["terms", "year"], name="grants_one_report_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.due_on}"
