"""Choosing papers for a draft from the library, or promising them for later."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying.asked_papers import answers, last_day_to_promise
from grants.applying.drafts import open_draft, touch
from grants.models import AskedPaper, Attachment, Paper, PromisedPaper
from portal.documents.templatetags.swedish_text import swedish_date


class CannotPromise(Exception):
    """The paper cannot be handed in on that day; the message says what to do."""


def pick(draft_id: int, paper: Paper, by: Any) -> Attachment:
    """Choose a paper of the association's own library; it takes the place of another of the same kind.

    Raises DraftClosed, and ValueError for a paper of another association.
    """
    with transaction.atomic():
        draft = open_draft(draft_id)
        if paper.association_id != draft.association_id:
            raise ValueError(f"Paper {paper.pk} is not of association {draft.association_id}")
        for asked in draft.call.asked_papers.all():
            if answers(paper, asked):
                draft.promised_papers.filter(type=asked.type_id).delete()
                if not paper.type.stands_beside:
                    others = draft.attachments.filter(paper__type__in=[asked.type_id, asked.instead_id])
                    # Minutes of formation may stand instead of several papers, beside those that are there.
                    others.filter(paper__type=paper.type_id).exclude(paper=paper).delete()
        attachment, _created = Attachment.objects.get_or_create(
            application=draft, paper=paper, defaults={"added_by": by}
        )
        touch(draft)
    return attachment


def unpick(draft_id: int, attachment_id: int) -> None:
    """Take a paper out of a draft; it stays in the library. Raises DraftClosed."""
    with transaction.atomic():
        draft = open_draft(draft_id)
        draft.attachments.filter(pk=attachment_id).delete()
        touch(draft)


def promise(draft_id: int, asked: AskedPaper, due_on: date, by: Any) -> PromisedPaper:
    """Say that a paper comes later, and when. Raises DraftClosed, or CannotPromise."""
    with transaction.atomic():
        draft = open_draft(draft_id)
        if asked.call_id != draft.call_id or not asked.may_come_later:
            raise CannotPromise(_("This paper must be there when you send the application."))
        last = last_day_to_promise(asked)
        if not timezone.localdate() <= due_on <= last:
            raise CannotPromise(_("Choose a day from today to %(day)s.") % {"day": swedish_date(last)})
        draft.attachments.filter(paper__type=asked.type_id).delete()
        promised, _created = PromisedPaper.objects.update_or_create(
            application=draft,
            type=asked.type,
            defaults={"year": asked.year, "due_on": due_on, "promised_by": by, "promised_at": timezone.now()},
        )
        touch(draft)
    return promised


def take_back_promise(draft_id: int, asked: AskedPaper) -> None:
    """The paper is not handed in later after all; no promise is no error. Raises DraftClosed."""
    with transaction.atomic():
        draft = open_draft(draft_id)
        draft.promised_papers.filter(type=asked.type_id).delete()
        touch(draft)
