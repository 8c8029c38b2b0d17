"""Requests for completion: what an officer asks for, question by question, and what comes back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.applications import Application
from grants.models.associations import Membership
from grants.states import CompletionState
from portal.documents.models import StoredFile
from portal.people import rules
from portal.registry.models import Record


class CompletionRequestQuerySet(models.QuerySet["CompletionRequest"]):
    def visible_to(self, user: Any) -> CompletionRequestQuerySet:
        """Seen by whoever sees the application: a request exists from the moment it is sent."""
        return self.filter(application__in=Application.objects.visible_to(user))

    def open(self) -> CompletionRequestQuerySet:
        """Waiting for the association's reply."""
        return self.filter(state=CompletionState.OPEN)

    def overdue(self, today: date | None = None) -> CompletionRequestQuerySet:
        """Open, and the last day has passed."""
        return self.open().filter(last_day__lt=today or timezone.localdate())


class CompletionRequest(models.Model):
    """An officer's request (komplettering) for more, with a last day and what happens otherwise.

    `asked` is the registered request; `before` the application's record as it stood then, `after` the new
    record that came in. Nothing happens by itself when the last day passes (kommunallagen 6:38).
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="completion_requests")
    state = models.CharField(max_length=20, choices=CompletionState.choices, default=CompletionState.OPEN)
    introduction = models.TextField(blank=True)
    last_day = models.DateField(_("Last day"))
    consequence = models.CharField(_("What happens otherwise"), max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ending_note = models.CharField(max_length=500, blank=True)
    #: Set when the reply came after the last day; it counts all the same.
    was_late = models.BooleanField(default=False)

    objects = CompletionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state=CompletionState.OPEN),
                name="grants_one_open_completion",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CompletionState.values), name="grants_completion_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=CompletionState.OPEN, ended_at=None, after=None)
                | (~Q(state=CompletionState.OPEN) & Q(ended_at__isnull=False)),
                name="grants_completion_ended_when_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=CompletionState.ANSWERED) | Q(after__isnull=False),
                name="grants_completion_answered_has_record",
            ),
        ]
        indexes = [
            models.Index(
                fields=["last_day"],
                condition=Q(state=CompletionState.OPEN),
                name="grants_completion_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.last_day}"

    @property
    def is_open(self) -> bool:
        return self.state == CompletionState.OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether the reply is awaited and the last day has passed."""
        return self.is_open and self.last_day < timezone.localdate()

    @property
    def asked_keys(self) -> set[str]:
        """The codes of what is asked for; uses prefetched rows."""
        return {item.code for item in self.items.all()}


class OfRequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfRequestQuerySet:
        """Seen by whoever sees the request."""
        return self.filter(request__in=CompletionRequest.objects.visible_to(user))


class CompletionItem(models.Model):
    """One thing asked for: a question, a paper, or one of the form's own fields, by its stable code.

    A question has the code `answer_<key>`, a paper `paper_<kind>`; the form's own fields have their names
    in `grants.applying.drafts`. The title is kept as it read when the request was sent.
    """

    request = models.ForeignKey(CompletionRequest, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    wanted = models.TextField()
    position = models.PositiveSmallIntegerField()

    objects = OfRequestQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "code"], name="grants_completion_asks_once")
        ]

    def __str__(self) -> str:
        return self.title


class ReplyQuerySet(models.QuerySet["CompletionReply"]):
    def visible_to(self, user: Any) -> ReplyQuerySet:
        """The association's people alone: what is not handed in is its own (TF 2:13)."""
        if not rules.applicant(user):
            return self.none()
        own = Membership.objects.current().held_by(user).values("association")
        return self.filter(request__application__association__in=own)


class CompletionReply(models.Model):
    """The association's reply while it is written; private to it until handed in."""

    request = models.OneToOneField(CompletionRequest, on_delete=models.PROTECT, related_name="reply")
    #: Section → the section's values, as `grants.applying.drafts` names them; only sections that were saved.
    values = models.JSONField(default=dict, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    objects = ReplyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.request_id}"


class ReplyPaperQuerySet(models.QuerySet["ReplyPaper"]):
    def visible_to(self, user: Any) -> ReplyPaperQuerySet:
        """As the reply it belongs to."""
        return self.filter(reply__in=CompletionReply.objects.visible_to(user))


class ReplyPaper(models.Model):
    """A file added to a reply; it joins the application when the reply is handed in."""

    reply = models.ForeignKey(CompletionReply, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(_("What is it?"), max_length=40)
    filename = models.CharField(max_length=160)
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReplyPaperQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.filename
