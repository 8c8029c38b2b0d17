"""Setting a year's frame: its money, its reserve and the goal for children and young people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assessments.frame_use import FrameUse, frame_uses
from grants.models import Call, Commitment, Frame
from portal.documents.templatetags.swedish_text import kronor
from portal.registry.models import Authority


class CannotSet(Exception):
    """The frame cannot be set like that; `field` is where, and the message says why."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class ChangedMeanwhile(Exception):
    """A colleague has set the frame since it was read; `frame` is as it now stands."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(str(frame))
        self.frame = frame


def fingerprint(frame: Frame | None) -> str:
    """What a page carries of the frame that it showed; empty when there was none."""
    return f"{frame.amount}/{frame.reserve}/{frame.child_goal_percent}" if frame else ""


def set_frame(authority: Authority, year: int, values: Mapping[str, int], *, seen: str) -> Frame:
    """Decide or change a year's frame. Raises ChangedMeanwhile and CannotSet.

    `seen` is the `fingerprint` of what the page showed. Never below what is bound already.
    """
    with transaction.atomic():
        frame = Frame.objects.select_for_update().filter(authority=authority, year=year).first()
        if frame is not None and fingerprint(frame) not in (seen, _wanted(values)):
            raise ChangedMeanwhile(frame)
        _refuse_below_what_is_bound(authority, year, values)
        if frame is None:
            return _create(authority, year, values)
        for name, value in values.items():
            setattr(frame, name, value)
        frame.save()
    return frame


def _wanted(values: Mapping[str, int]) -> str:
    return fingerprint(Frame(**values))


def _create(authority: Authority, year: int, values: Mapping[str, int]) -> Frame:
    try:
        with transaction.atomic():
            return Frame.objects.create(authority=authority, year=year, **values)
    except IntegrityError:  # a colleague was a moment quicker
        raise ChangedMeanwhile(Frame.objects.get(authority=authority, year=year)) from None


def _refuse_below_what_is_bound(authority: Authority, year: int, values: Mapping[str, int]) -> None:
    bound = frame_uses(authority.pk, [year])[year].committed
    if values["amount"] < bound:
        raise CannotSet(
            "amount",
            _("Decisions already bind %(bound)s for %(year)s. Set a frame of at least that.")
            % {"bound": kronor(bound), "year": year},
        )
    if values["amount"] - values["reserve"] < bound:
        raise CannotSet(
            "reserve",
            _("When what is bound is taken, %(left)s of the frame is left. Set a reserve of at most that.")
            % {"left": kronor(values["amount"] - bound)},
        )


def known_years(authority: Authority, user: Any) -> list[FrameUse]:
    """All years that have a frame, bind money or can be applied for; the newest first."""
    calls = Call.objects.visible_to(user).filter(authority=authority)
    years = {
        *Frame.objects.filter(authority=authority).values_list("year", flat=True),
        *Commitment.objects.filter(case__authority=authority).values_list("year", flat=True),
        *(year for call in calls for year in call.years),
    }
    return [use for _year, use in sorted(frame_uses(authority.pk, years, user).items(), reverse=True)]
