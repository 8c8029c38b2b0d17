"""An officer looks at a paper that was handed in: "godkänd", or not, with a note for the association."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations.accounts import has_conflict
from grants.models import AssociationEvent, Membership, Paper, note_event
from grants.notices import tell


class CannotReview(Exception):
    """The paper cannot be reviewed; the message says why."""


def review(paper_id: int, *, approved: bool, note: str, by: Any) -> Paper:
    """Write what the officer says of a paper; the last word counts and each is an event.

    Raises CannotReview for a paper the officer may not see, with a conflict of interest, and for a no
    without a reason.
    """
    with transaction.atomic():
        locked = Paper.objects.select_for_update(of=("self",)).select_related("association", "type")
        paper = locked.filter(pk__in=Paper.objects.visible_to(by).filter(pk=paper_id)).first()
        if paper is None:
            raise CannotReview(_("The paper has not been handed in."))
        if has_conflict(by, paper.association):
            raise CannotReview(
                _("You have declared a conflict of interest with this association. A colleague looks at it.")
            )
        if not approved and not note.strip():
            raise CannotReview(_("Write why, so that the association knows what to do."))
        paper.review = Paper.Review.APPROVED if approved else Paper.Review.NOT_APPROVED
        paper.review_note = note.strip()
        paper.reviewed_by, paper.reviewed_at = by, timezone.now()
        paper.save(update_fields=["review", "review_note", "reviewed_by", "reviewed_at"])
        kind = AssociationEvent.Kind.PAPER_APPROVED if approved else AssociationEvent.Kind.PAPER_NOT_APPROVED
        note_event(paper.association, kind, by=by, detail=f"{paper.type.name_sv} {paper.year or ''}".strip())
        managers = paper.association.memberships.current().filter(
            role=Membership.Role.MANAGER, user__is_active=True
        )
        if not approved:
            tell(
                [paper.association.email, *managers.values_list("user__email", flat=True)],
                "Vi har läst ett av era papper",
                "mail/paper_not_approved.txt",
                {"association": paper.association},
            )
    return paper
