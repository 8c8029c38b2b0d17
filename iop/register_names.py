"""What the register says of partnerships' cases: who is on the other side, and what keeps a case open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from iop.models import Agreement, Idea, Party
from iop.states import State
from portal.registry import closing, parties
from portal.registry.models import Case

_OVER = (State.ENDED, State.DROPPED)


def names(case_ids: Collection[int]) -> Mapping[int, str]:
    """Case → the association that left the idea, or the associations of the agreement."""
    found = dict(Idea.objects.filter(case__in=case_ids).values_list("case", "association__name"))
    rows = Party.objects.filter(agreement__case__in=case_ids, association__isnull=False)
    of_agreements: dict[int, list[str]] = {}
    for case_id, name in rows.order_by("position").values_list("agreement__case", "association__name"):
        of_agreements.setdefault(case_id, []).append(name)
    return found | {case_id: ", ".join(dict.fromkeys(all_)) for case_id, all_ in of_agreements.items()}


def hindrances(case: Case) -> Iterable[str]:
    if Agreement.objects.filter(case=case).exclude(state__in=_OVER).exists():
        yield _("The partnership has not ended.")
    if Idea.objects.filter(case=case, ended_at=None).exists():
        yield _("The idea is not answered.")


def register() -> None:
    parties.register_names(names)
    closing.register_hindrance(hindrances)
