"""The levels of a co-operation over time: a picture, its text alternative, and the words for a table."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iop.models import CivilRole, CooperationEntry, Level
from portal.documents.drawing import Point, steps_over_time
from portal.documents.templatetags.swedish_text import swedish_date

#: Marks in the order of the picture's legend; the first is for what happened in no particular role.
MARKS = ("", *CivilRole.values)


def picture(
    entries: Sequence[CooperationEntry], levels: Sequence[Level], name: str, ident: str
) -> SafeString:
    """The picture of a log that holds something; `name` says whose, `levels` are all there are, in order."""
    marks = [_("No role named"), *(str(short_role(role)) for role in CivilRole.values)]
    used = {entry.level_id for entry in entries}
    steps = [level for level in levels if level.is_active or level.pk in used]
    step_of = {level.pk: step for step, level in enumerate(steps, start=1)}
    return steps_over_time(
        [Point(entry.on, step_of[entry.level_id], MARKS.index(entry.role)) for entry in entries],
        [level.name for level in steps],
        marks,
        title=_("Levels of co-operation over time: %(name)s") % {"name": name},
        description=in_words(entries),
        ident=ident,
    )


def short_role(role: str) -> str:
    """The role in a word that fits a legend."""
    return {
        CivilRole.ROSTBARARE: _("Voice"),
        CivilRole.UTFORARE: _("Performer"),
        CivilRole.INNOVATOR: _("Innovator"),
    }[CivilRole(role)]


def in_words(entries: Sequence[CooperationEntry]) -> str:
    """What the picture shows, for who does not see it."""
    ordered = sorted(entries, key=lambda entry: entry.on)
    first, last = ordered[0], ordered[-1]
    if len(ordered) == 1:
        return _("One entry, %(level)s on %(day)s.") % {
            "level": first.level.name.lower(),
            "day": swedish_date(first.on),
        }
    highest = max(ordered, key=lambda entry: (entry.level.position, entry.level.code))
    number = ngettext("%(count)s entry", "%(count)s entries", len(ordered)) % {"count": len(ordered)}
    return _(
        "%(number)s, from %(first_level)s on %(first_day)s to %(last_level)s on %(last_day)s. "
        "The highest level is %(highest)s."
    ) % {
        "number": number,
        "first_level": first.level.name.lower(),
        "first_day": swedish_date(first.on),
        "last_level": last.level.name.lower(),
        "last_day": swedish_date(last.on),
        "highest": highest.level.name.lower(),
    }
