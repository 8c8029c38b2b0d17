"""Turns in a partnership's life: to talk it over anew, to pause, to resume, to end. Dialogue comes first."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iop import states
from iop.check_ins import locked
from iop.follow_up_plan import plan as plan_follow_ups
from iop.models import Agreement, Party, Turn
from iop.states import State
from iop.telling import tell_partners
from iop.writing import Refused
from portal.registry.models import Event


def ask_renegotiation(agreement: Agreement, party: Party | None, reason: str, by: Any) -> Turn:
    """Any party may ask to talk the agreement over at any time; what they agree on becomes an addendum."""
    with transaction.atomic():
        turn = _write(
            locked(agreement),
            Turn.Kind.RENEGOTIATION,
            party,
            by,
            reason=reason,
            from_day=timezone.localdate(),
        )
        tell_partners(agreement, "Er part vill prata om överenskommelsen", "renegotiation")
    return turn


def pause(agreement: Agreement, party: Party | None, reason: str, talked_on: date, by: Any) -> Turn:
    """Let the partnership rest from today. Raises Refused when it rests already or has ended."""
    with transaction.atomic():
        current = locked(agreement)
        if current.state == State.PAUSED:
            raise Refused(_("The partnership rests already."))
        states.move(current, State.PAUSED)
        turn = _write(
            current, Turn.Kind.PAUSE, party, by,
            reason=reason, talked_on=talked_on, from_day=timezone.localdate(),
        )  # fmt: skip
        tell_partners(current, "Partnerskapet pausas", "paused")
    return turn


def resume(agreement: Agreement, party: Party | None, reason: str, by: Any) -> Turn:
    """Go on after a pause. Raises Refused when it does not rest."""
    with transaction.atomic():
        current = locked(agreement)
        if current.state != State.PAUSED:
            raise Refused(_("The partnership goes on already."))
        states.move(current, State.RUNNING)
        turn = _write(current, Turn.Kind.RESUMED, party, by, reason=reason, from_day=timezone.localdate())
        tell_partners(current, "Partnerskapet fortsätter", "resumed")
    return turn


def give_notice(
    agreement: Agreement, party: Party | None, reason: str, talked_on: date, last_day: date, by: Any
) -> Turn:
    """End the partnership on an earlier day than agreed, as the clause on notice says.

    What the parties then evaluate moves with the end. Raises Refused for a day that has passed or is no
    earlier than the end.
    """
    with transaction.atomic():
        current = locked(agreement)
        if not timezone.localdate() <= last_day < current.last_day:
            raise Refused(
                _("Choose a last day from today on, before the day when the partnership ends anyway.")
            )
        turn = _write(
            current, Turn.Kind.NOTICE, party, by, reason=reason, talked_on=talked_on, from_day=last_day
        )
        current.ends_on = last_day
        current.version += 1
        current.save(update_fields=["ends_on", "version"])
        plan_follow_ups(current, end_moved=True)
        tell_partners(current, "Partnerskapet avslutas i förtid", "notice")
    return turn


def end_what_is_over(today: date) -> int:
    """End each partnership whose last day has passed and remind of its evaluation; returns how many.

    Run again, it ends nothing twice.
    """
    over = Agreement.objects.live().filter(ends_on__lt=today).order_by("pk").values_list("pk", flat=True)
    return sum(_end(agreement_id, today) for agreement_id in list(over))


def _end(agreement_id: int, today: date) -> bool:
    with transaction.atomic():
        current = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
        if not current.is_live or current.last_day >= today:
            return False
        states.move(current, State.ENDED)
        _write(current, Turn.Kind.ENDED, None, None, from_day=current.last_day)
        if current.follow_ups.filter(finished_at=None).exists():
            tell_partners(current, "Partnerskapet är slut: utvärdera tillsammans", "ended")
    return True


def _write(agreement: Agreement, kind: Turn.Kind, party: Party | None, by: Any, **fields: Any) -> Turn:
    turn = Turn.objects.create(agreement=agreement, kind=kind, party=party, written_by=by, **fields)
    agreement.case.log(Event.Kind.PARTNERSHIP_TURN, by=by, detail=str(kind.label))
    return turn
