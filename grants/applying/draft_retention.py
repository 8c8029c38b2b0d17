"""Old drafts go by their rule, after a mail of warning; discarded ones when the time to undo is over.

Tryckfrihetsförordningen 2:13: a draft is the association's own, held for it as technical storage. So nobody
at the city sees or counts what this module does; it runs by itself, on notice to the association's people.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants import reminders
from grants.models import (
    UNDO_DISCARD,
    Answer,
    Application,
    Attachment,
    BudgetLine,
    CopiedAnswer,
    FieldVersion,
    Guarantee,
    Print,
    PromisedPaper,
    Reminder,
    Signature,
    Terms,
    TermsReport,
    YearAmount,
)
from grants.people_of import people_of
from grants.states import State
from portal.documents.forgetting import forget_unused
from portal.registry import retention
from portal.registry.models import RetentionRule

CODE = "utkast"
KIND = "draft_goes"
#: How long before it goes the association is told.
NOTICE = timedelta(days=30)
#: Drafts of one run; the next takes the rest.
AT_A_TIME = 200

#: What hangs on a draft, the leaves first: (model, how it points at the application).
_LEAVES = (
    (TermsReport, "terms__application"),
    (YearAmount, "terms__application"),
    (Terms, "application"),
    (Answer, "application"),
    (BudgetLine, "application"),
    (CopiedAnswer, "application"),
    (FieldVersion, "application"),
    (Signature, "application"),
    (Guarantee, "application"),
    (PromisedPaper, "application"),
    (Attachment, "application"),
    (Print, "application"),
)


def _limit(rule: RetentionRule, now: datetime) -> datetime:
    """Drafts not saved since this moment are old."""
    return now - timedelta(days=365 * (rule.years or 0))


def _key(draft_id: int, saved_at: datetime) -> str:
    """The same until somebody saves the draft again, which makes it young."""
    return f"draft-goes:{draft_id}:{timezone.localtime(saved_at).date()}"


def soon_gone(now: datetime) -> Iterable[reminders.Due]:
    """To the people of associations with a draft that goes within a month."""
    rule = retention.rules_by_kind(timezone.localtime(now).date()).get(CODE)
    if rule is None or rule.keep:
        return
    old = Application.objects.drafts().filter(saved_at__lt=_limit(rule, now) + NOTICE)
    rows = list(old.order_by("pk").values_list("pk", "saved_at", "association", "call__title")[:AT_A_TIME])
    people = people_of(association for _pk, _at, association, _title in rows)
    for pk, saved_at, association, title in rows:
        for user_id in people[association]:
            yield reminders.Due(user_id, _key(pk, saved_at), title)


def run(rule: RetentionRule, now: datetime) -> int:
    """Delete the drafts that are old and were warned of in time; says how many. Twice changes nothing more.

    One whose association has nobody left who can be warned goes a month later.
    """
    old = Q(discarded_at=None, saved_at__lt=_limit(rule, now))
    discarded = Q(discarded_at__lt=now - UNDO_DISCARD)
    drafts = Application.objects.filter(old | discarded, state=State.DRAFT, case=None).order_by("saved_at")
    gone = 0
    for draft in drafts[:AT_A_TIME]:
        if draft.discarded_at or _was_warned(draft, rule, now):
            gone += _delete(draft.pk, draft.saved_at)
    return gone


def _was_warned(draft: Application, rule: RetentionRule, now: datetime) -> bool:
    warned = Reminder.objects.filter(kind=KIND, key=_key(draft.pk, draft.saved_at), sent_at__lte=now - NOTICE)
    if warned.exists():
        return True
    return draft.saved_at < _limit(rule, now) - NOTICE and not people_of([draft.association_id])


def _delete(draft_id: int, saved_at: datetime) -> bool:
    """Delete a draft with all that hangs on it; False when somebody saved or sent it meanwhile."""
    with transaction.atomic():
        draft = (
            Application.objects.select_for_update()
            .filter(pk=draft_id, state=State.DRAFT, case=None, saved_at=saved_at)
            .first()
        )
        if draft is None or CopiedAnswer.objects.filter(source=draft).exists():
            return False
        documents = list(Print.objects.filter(application=draft).values_list("document", flat=True))
        for model, path in _LEAVES:
            model._base_manager.filter(**{path: draft}).delete()
        draft.delete()
        transaction.on_commit(partial(forget_unused, [], documents), robust=True)
    return True


def register() -> None:
    retention.register_own(retention.Own(CODE, _("Draft of an application"), run))
    reminders.register(
        reminders.Kind(
            KIND,
            _("A month before a draft that nobody has touched for long is deleted"),
            "Ert utkast tas snart bort: {what}",
            "mail/reminders/draft_goes.txt",
            soon_gone,
            may_turn_off=False,
        )
    )
