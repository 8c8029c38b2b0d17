"""The home page of partnerships for each audience, and whom to talk to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from grants.associations.acting import own_associations
from grants.models import Contact
from iop import cooperation_lists, matching, room, whom_to_talk_to
from iop.models import Agreement, Area, Idea, NeedAnswer, TargetGroup
from iop.rules import partner
from iop.views.crumbs import crumbs
from portal.people import rules
from portal.people.rules import anyone, requires

ROWS = 5


@requires(partner)
def home(request: HttpRequest) -> HttpResponse:
    """What the person does next, and the ways on, for an association, a unit's contact or an officer."""
    user = request.user
    agreements = Agreement.objects.visible_to(user).select_related("case")
    logs = cooperation_lists.listed(user)
    context = {
        "to_do": room.to_do(user),
        "is_applicant": rules.applicant(user),
        "is_contact": rules.unit_contact(user),
        "is_officer": rules.case_officer(user),
        "agreements": agreements[:ROWS],
        "cooperations": cooperation_lists.with_levels(logs[:ROWS]),
    }
    if rules.applicant(user):
        own = own_associations(request)
        answers = NeedAnswer.objects.visible_to(user).filter(association__in=own)
        context |= {
            "ideas": Idea.objects.visible_to(user)
            .filter(association__in=own)
            .select_related("case", "owner")
            .order_by("outcome", "follow_up_on", "-ended_at")[:ROWS],
            "matches": matching.needs_for(own, user)[:ROWS],
            "answers": answers.select_related("need__unit").order_by("-answered_at")[:ROWS],
        }
    return render(request, "iop/home.html", context)


@requires(anyone)
def whom(request: HttpRequest) -> HttpResponse:
    """Units and their contacts by target group and area, beside whom to ask about grants."""
    chosen_area, chosen_group = request.GET.get("area", ""), request.GET.get("group", "")
    found = whom_to_talk_to.profiles(request.user, area=chosen_area, group=chosen_group)
    groups = list(TargetGroup.objects.active())
    shown = [group for group in groups if group.code == chosen_group] if chosen_group else groups
    context = {
        "rows": whom_to_talk_to.by_group(found, shown),
        "rest": [profile for profile in found if not profile.target_groups.all()],
        "contacts": Contact.objects.visible_to(request.user),
        "areas": Area.objects.active(),
        "groups": groups,
        "chosen_area": chosen_area,
        "chosen_group": chosen_group,
        "is_narrowed": bool(chosen_area or chosen_group),
        "breadcrumbs": crumbs(_("Whom to talk to")),
    }
    return render(request, "iop/whom.html", context)
