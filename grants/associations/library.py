"""The association's library of papers: adding a version, handing one in, taking one back.

Everything takes the association's row first, so that two who add the same paper at once get two
versions in a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying.asked_papers import answers
from grants.models import Application, Association, Attachment, Membership, Paper, PaperType
from portal.documents.models import StoredFile


class PaperRefused(Exception):
    """The paper cannot be added, handed in or taken back; the message says why and what to do."""


@dataclass(frozen=True)
class NewPaper:
    """What somebody adds: kind, year where the kind has one, the paper's own date, and the checked file."""

    type: PaperType
    filename: str
    stored_file: StoredFile
    year: int | None = None
    dated_on: date | None = None


def add_paper(association: Association, new: NewPaper, by: Any) -> Paper:
    """Put a paper in the library. One of the same kind and year becomes its earlier version.

    Drafts that had the earlier version have this one instead, and drafts that lacked it have it now;
    what was sent keeps what it was sent with. Raises PaperRefused.
    """
    year = new.year if new.type.carries_year else None
    if new.type.carries_year and year is None:
        raise PaperRefused(_("Write which year the paper is for."))
    with transaction.atomic():
        Association.objects.select_for_update().get(pk=association.pk)
        same = Paper.objects.filter(association=association, type=new.type, year=year)
        earlier = None if new.type.stands_beside else same.current().order_by("-version").first()
        paper = Paper.objects.create(
            association=association,
            type=new.type,
            year=year,
            dated_on=new.dated_on,
            version=(same.aggregate(last=Max("version"))["last"] or 0) + 1,
            filename=new.filename,
            stored_file=new.stored_file,
            added_by=by,
            valid_until=new.type.valid_until(year, new.dated_on or timezone.localdate()),
        )
        drafts = Application.objects.drafts().filter(association=association)
        if earlier is not None:
            earlier.replaced_by = paper
            earlier.save(update_fields=["replaced_by"])
            Attachment.objects.filter(application__in=drafts, paper=earlier).update(paper=paper)
        for draft in drafts.select_related("call"):
            if draft.call.is_open:
                pick_valid(draft, by)
    return paper


def take_back(paper_id: int) -> None:
    """Take a paper out of the library, and out of drafts; the version before it counts again.

    Its bytes stay until nothing refers to them. Raises PaperRefused when it has been handed in: what the
    authority has received stays.
    """
    with transaction.atomic():
        paper = Paper.objects.select_related("association").get(pk=paper_id)
        Association.objects.select_for_update().get(pk=paper.association_id)
        paper.refresh_from_db()
        sent = Attachment.objects.filter(paper=paper, application__case__isnull=False)
        if paper.handed_in_at or sent.exists() or paper.promises.exists():
            raise PaperRefused(
                _("The paper has been handed in and stays. Upload a new version if something is wrong in it.")
            )
        if paper.replaced_by_id is not None:
            raise PaperRefused(_("There is a newer version. Only the newest can be removed."))
        Attachment.objects.filter(paper=paper).delete()
        Paper.objects.filter(replaced_by=paper).update(replaced_by=None)
        paper.delete()


def hand_in(paper_id: int, by: Any) -> Paper:
    """Hand in a paper by itself for an officer to look at; doing so twice changes nothing.

    Raises PaperRefused when the person does not manage the association.
    """
    with transaction.atomic():
        paper = Paper.objects.select_for_update(of=("self",)).select_related("association").get(pk=paper_id)
        if not is_manager(by, paper.association):
            raise PaperRefused(_("Only those who manage the association can hand in a paper for review."))
        if paper.handed_in_at is None:
            paper.handed_in_at, paper.handed_in_by = timezone.now(), by
            paper.save(update_fields=["handed_in_at", "handed_in_by"])
    return paper


def pick_valid(draft: Application, by: Any) -> list[Attachment]:
    """Choose from the library what the call asks for and nothing is chosen or promised for yet.

    Of an asked year only that year's paper; of others the newest that is valid. What a new association
    has instead is chosen when there is nothing else.
    """
    asked_for = list(draft.call.asked_papers.select_related("type", "instead", "call"))
    if not asked_for:
        return []
    library = list(
        Paper.objects.filter(association=draft.association_id, type__stands_beside=False)
        .valid()
        .order_by("-year", "-added_at")
    )
    chosen = [attachment.paper for attachment in draft.attachments.select_related("paper")]
    promised = set(draft.promised_papers.values_list("type", flat=True))
    picked = []
    for asked in asked_for:
        if asked.type_id in promised or any(answers(paper, asked) and paper.is_valid for paper in chosen):
            continue
        fitting = [p for p in library if p.type_id == asked.type_id and asked.year in (None, p.year)]
        fitting += [p for p in library if asked.instead_id and p.type_id == asked.instead_id]
        if fitting:
            attachment, created = Attachment.objects.get_or_create(
                application=draft, paper=fitting[0], defaults={"added_by": by}
            )
            chosen.append(fitting[0])
            if created:
                picked.append(attachment)
    return picked


def is_manager(user: Any, association: Association) -> bool:
    """Whether the person manages the association here."""
    held = association.memberships.current().held_by(user)
    return held.filter(role=Membership.Role.MANAGER).exists()
