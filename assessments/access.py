"""What a second reader opens in the rooms below: the cases they are to read, and what was sent in them.

`SecondReading.read_by` says who that is.

Nothing is opened to a unit's contact: all they see hangs on `Statement`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from assessments.models import SecondReading, Statement
from grants.models import Application
from portal.registry.models import ConflictOfInterest, Record


def applications_to_read(user: Any) -> Q:
    return Q(pk__in=SecondReading.objects.read_by(user).values("application"))


def cases_to_read(user: Any) -> Q:
    return Q(pk__in=SecondReading.objects.read_by(user).values("application__case"))


def records_to_read(user: Any) -> Q:
    """What passed between association and officers, after the declaration, as for an officer."""
    declared = ConflictOfInterest.objects.filter(user_id=user.pk, has_conflict=False).values("case")
    own = SecondReading.objects.read_by(user).filter(application__case__in=declared)
    return Q(case__in=own.values("application__case"), kind__in=Record.OF_THE_PARTIES)


def to_declare_in(user: Any) -> QuerySet[Application]:
    """The applications in which the person has to declare: what they see, and what their unit is asked.

    Of the latter a contact sees no more than what the declaration names.
    """
    asked = Statement.objects.asked_of(user).values("application")
    return Application.objects.visible_to(user) | Application.objects.filter(pk__in=asked)
