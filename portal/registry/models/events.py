"""Events: what happened in a case, who did it and when."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.registry.models.cases import Case
from portal.registry.models.written_once import Immutable, WrittenOnce


class EventQuerySet(Immutable):
    def visible_to(self, user: Any) -> EventQuerySet:
        """The events of the cases a person may see."""
        return self.filter(case__in=Case.objects.visible_to(user))


class Event(WrittenOnce):
    """Something that happened in a case: who, when, what."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("The case was opened")
        SUBMITTED = "submitted", _("The application was sent")
        PAPER_CAME = "paper_came", _("A paper promised for later came in")
        NO_CONFLICT = "no_conflict", _("Declared no conflict of interest")
        CONFLICT = "conflict", _("Declared a conflict of interest")
        ASSESSMENT_READY = "assessment_ready", _("The assessment was marked ready")
        ASSESSMENT_REOPENED = "assessment_reopened", _("The assessment was opened again")
        TO_COMMITTEE = "to_committee", _("Handed to the committee")
        REPORT_APPROVED = "report_approved", _("The head approved the officers' report")
        REPORT_SENT_BACK = "report_sent_back", _("The head sent the officers' report back")
        CHAIRS_PROPOSAL = "chairs_proposal", _("The chair made a proposal")
        ON_AGENDA = "on_agenda", _("Put on the agenda")
        DECIDED = "decided", _("The committee decided")
        RELEASED = "released", _("The association was told the decision")
        COMPLETION_ASKED = "completion_asked", _("Completion was asked for")
        COMPLETION_REMINDED = "completion_reminded", _("Reminded of the completion")
        COMPLETION_EXTENDED = "completion_extended", _("The completion got a new last day")
        COMPLETION_CLOSED = "completion_closed", _("The request for completion was closed")
        COMPLETED = "completed", _("The completion came in")
        MESSAGE_FROM_ASSOCIATION = "message_in", _("Message from the association")
        MESSAGE_TO_ASSOCIATION = "message_out", _("Message to the association")
        WITHDRAWN = "withdrawn", _("The association withdrew the application")
        CAME_LATE = "came_late", _("The application came after the call had closed")
        LATE_ADMITTED = "late_admitted", _("The late application was admitted")
        DISMISSED = "dismissed", _("The late application was dismissed")
        ENTERED = "entered", _("The application came on paper and was entered")
        ASSIGNED = "assigned", _("Assigned")
        UNASSIGNED = "unassigned", _("No longer assigned to anyone")
        CHECKED = "checked", _("The formal check was done")
        TITLE_CHANGED = "title_changed", _("The title in the register was changed")
        READING_ASKED = "reading_asked", _("A second reading was asked for")
        READER_CHOSEN = "reader_chosen", _("A second reader was chosen")
        READING_DONE = "reading_done", _("The second reading was finished")
        DIFFERENCE_EXPLAINED = (
            "difference_explained",
            _("A difference between the two readings was explained"),
        )
        STATEMENT_ASKED = "statement_asked", _("A statement was asked for")
        STATEMENT_ANSWERED = "statement_answered", _("The statement came in")
        STATEMENT_WITHDRAWN = "statement_withdrawn", _("The question for a statement was taken back")
        AMOUNT_CHANGED = "amount_changed", _("The proposed amount was changed")
        SCENARIO_CHOSEN = "scenario_chosen", _("A way to share the frame was chosen for the proposal")
        MINUTES_APPROVED = "minutes_approved", _("The minutes were approved")
        NOTICE_UP = "notice_up", _("The approval was announced on the notice board")
        APPEALED = "appealed", _("An appeal was registered")
        APPEAL_SETTLED = "appeal_settled", _("The appeal was settled")
        DELEGATED = "delegated", _("Decided by delegation")
        ASSESSMENT_CORRECTED = "assessment_corrected", _("The assessment was corrected")
        IDEA_LEFT = "idea_left", _("An association left an idea")
        IDEA_OWNER = "idea_owner", _("The idea got another owner")
        IDEA_ENDED = "idea_ended", _("The idea was answered")
        AGREEMENT_BEGUN = "agreement_begun", _("The parties began to write an agreement")
        MARKET_ASSESSED = "market_assessed", _("Market, procurement and state aid were assessed")
        AGREEMENT_RETURNED = "agreement_returned", _("The agreement came back to the parties")
        AGREEMENT_SIGNED = "agreement_signed", _("A party signed")
        AGREEMENT_IN_FORCE = "agreement_in_force", _("All parties have signed")
        ADDENDUM_BEGUN = "addendum_begun", _("An addendum was begun")
        CHECK_IN_HELD = "check_in_held", _("A check-in was held")
        FOLLOWED_UP = "followed_up", _("The parties finished a joint follow-up")
        PARTNERSHIP_TURN = "partnership_turn", _("A turn in the partnership")
        PAPER_ATTACHED = "paper_attached", _("A paper was attached for the committee")
        PAPER_TAKEN_OFF = "paper_taken_off", _("An attached paper was taken off")
        ENTRY_CHANGED = "entry_changed", _("What the public register says of a record was changed")
        SECRECY_MARKED = "secrecy_marked", _("Marked as possibly secret")
        SECRECY_LIFTED = "secrecy_lifted", _("The secrecy mark was lifted")
        DISCLOSURE_TRIED = "disclosure_tried", _("A request for documents was tried")
        COPIED = "copied", _("A copy with masking was made")
        CLOSED = "closed", _("The case was closed")
        REOPENED = "reopened", _("The case was opened again by a new record")
        NOTES_CLEANED = "notes_cleaned", _("Working notes were cleared")
        HELD = "held", _("Held back from destruction")
        HOLD_LIFTED = "hold_lifted", _("No longer held back from destruction")
        DESTROYED = "destroyed", _("A record was destroyed by rule (gallrad)")
        ARCHIVED = "archived", _("An archive package was made")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    detail = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_kind_display(self) -> str:  # type: ignore[no-redef]  # Django gives way to one of our own
        """The kind in words; Django's own reads all seventy anew for each event of a list."""
        return str(KINDS.get(self.kind, self.kind))


#: Each kind and its words, translated when they are read.
KINDS = dict(Event.Kind.choices)
