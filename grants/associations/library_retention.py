"""Papers of a library that no longer count go by their rule, after a mail to the association's people.

A paper that is valid is never taken from an association that may send it. One that was replaced, ran out or
was turned down goes when the rule's years have passed, unless an application that the city still keeps came
with it. What was never handed in is the association's own, held for it as technical
storage (tryckfrihetsförordningen 2:13), so that nobody at the city sees or counts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants import reminders
from grants.models import Association, Attachment, Paper, PromisedPaper, Reminder
from grants.people_of import people_of
from portal.documents.forgetting import forget_unused
from portal.people import trail
from portal.registry import retention
from portal.registry.models import DestructionState, Record, RetentionRule

CODE = "papper_i_bibliotek"
KIND = "papers_go"
#: How long before they go the association is told.
NOTICE = timedelta(days=30)
#: Papers of one run, and associations of one mailing; the next takes the rest.
AT_A_TIME = 200
#: Records that hold the papers that came with an application.
_WITH_PAPERS = (Record.Kind.APPLICATION, Record.Kind.PROMISED_PAPER)


def _limit(rule: RetentionRule, now: datetime) -> datetime:
    """What no longer counted before this moment is old: whole calendar years are counted."""
    return retention.last_day_closed(rule, timezone.localtime(now).date())


def _old(limit: datetime) -> QuerySet[Paper]:
    """Papers that have not counted since before the limit, and that nothing that is kept came with.

    A paper waits for the earlier versions that it replaced, so that none of them seems to be the newest.
    """
    kept = Record.objects.filter(case=OuterRef("application__case"), kind__in=_WITH_PAPERS).exclude(
        destruction__state=DestructionState.DONE
    )
    needed = Q(application__case=None) | Exists(kept)
    return (
        Paper.objects.filter(
            Q(replaced_by__added_at__lt=limit)
            | Q(valid_until__lt=timezone.localtime(limit).date())
            | Q(review=Paper.Review.NOT_APPROVED, reviewed_at__lt=limit),
            Q(handed_in_at=None) | Q(handed_in_at__lt=limit),
            added_at__lt=limit,
            replaces=None,
        )
        .exclude(pk__in=Attachment.objects.filter(needed).values("paper"))
        .exclude(pk__in=PromisedPaper.objects.filter(needed, paper__isnull=False).values("paper"))
    )


def _came_in() -> Q:
    """Papers that the city has received, also with an application that is destroyed."""
    sent = Attachment.objects.filter(paper=OuterRef("pk"), application__case__isnull=False)
    later = PromisedPaper.objects.filter(paper=OuterRef("pk"))
    return Q(handed_in_at__isnull=False) | Q(Exists(sent)) | Q(Exists(later))


def _key(association_id: int, limit: datetime) -> str:
    """Once a year for all papers of an association."""
    return f"papers-go:{association_id}:{timezone.localtime(limit).year}"


def _limit_of_warning(now: datetime) -> datetime | None:
    """What no longer counted before this moment goes within a month; None where no rule lets papers go."""
    rule = retention.rules_by_kind(timezone.localtime(now).date()).get(CODE)
    return _limit(rule, now + NOTICE) if rule and rule.destroys else None


def leaving(association: Association, now: datetime) -> set[int]:
    """The keys of an association's papers that go within a month, once its people have been told."""
    limit = _limit_of_warning(now)
    if limit is None:
        return set()
    return set(_old(limit).filter(association=association).values_list("pk", flat=True))


def soon_gone(now: datetime) -> Iterable[reminders.Due]:
    """To the people of associations with papers that go within a month."""
    limit = _limit_of_warning(now)
    if limit is None:
        return
    with_old = Association.objects.filter(papers__in=_old(limit)).distinct().order_by("pk")
    rows = list(with_old.values_list("pk", "name")[:AT_A_TIME])
    people = people_of(pk for pk, _name in rows)
    for pk, name in rows:
        for user_id in people[pk]:
            yield reminders.Due(user_id, _key(pk, limit), name)


def run(rule: RetentionRule, now: datetime) -> int:
    """Delete the papers that are old and were warned of in time; says how many. Twice changes nothing more.

    Those of an association that has nobody left who can be warned go without.
    """
    if not retention.was_shown(rule, now):
        return 0
    limit = _limit(rule, now)
    old = list(_old(limit).order_by("pk").values_list("pk", "association")[:AT_A_TIME])
    people = people_of(association for _pk, association in old)
    warned = set(
        Reminder.objects.filter(
            kind=KIND,
            key__in={_key(association, limit) for _pk, association in old},
            sent_at__lte=now - NOTICE,
        ).values_list("key", flat=True)
    )
    may_go = [pk for pk, association in old if _key(association, limit) in warned or not people[association]]
    told = Paper.objects.filter(_came_in(), pk__in=may_go)
    with transaction.atomic():
        received = set(told.values_list("pk", flat=True))
        gone = {pk for pk in may_go if _delete(pk, limit)}
        if gone & received:
            trail.note_destroyed(CODE, len(gone & received), limit)
    return len(gone)


def due(rule: RetentionRule, now: datetime) -> int:
    """How many of the papers that the city has received would go."""
    return _old(_limit(rule, now)).filter(_came_in()).count()


def _delete(paper_id: int, limit: datetime) -> bool:
    """Delete a paper with its bytes, unless other rows hold them; False when somebody uses it meanwhile."""
    with transaction.atomic():
        # Whoever picks, adds or hands in a paper takes the association's row first.
        association = Paper.objects.filter(pk=paper_id).values("association")
        Association.objects.select_for_update().get(pk__in=association)
        paper = _old(limit).filter(pk=paper_id).first()
        if paper is None:
            return False
        Attachment.objects.filter(paper=paper).delete()
        PromisedPaper.objects.filter(paper=paper).delete()
        stored_id = paper.stored_file_id
        paper.delete()
        transaction.on_commit(partial(forget_unused, [stored_id], []), robust=True)
    return True


def register() -> None:
    retention.register_own(retention.Own(CODE, _("Paper in an association's library"), run, due))
    reminders.register(
        reminders.Kind(
            KIND,
            _("A month before old papers in the library are deleted"),
            "Gamla papper tas snart bort: {what}",
            "mail/reminders/papers_go.txt",
            soon_gone,
            may_turn_off=False,
        )
    )
