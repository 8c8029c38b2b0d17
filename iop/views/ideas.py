"""Ideas: left by an association, held by an officer, answered with words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.associations.acting import own_associations
from grants.models import Association
from iop import answering_ideas, idea_lists, owners
from iop.answering_ideas import CannotAnswer, Ending
from iop.ideas_forms import AnswerForm, DayForm, IdeaForm, OwnerForm, WordsForm
from iop.leaving_ideas import Thought, leave
from iop.models import Agreement, Area, Cooperation, Idea, IdeaNote, TargetGroup
from iop.rules import idea_reader
from iop.views.crumbs import crumbs
from portal.people import kept_form, rules, trail
from portal.people.rules import requires
from portal.registry.models import Authority, declare, has_declared

ROWS_A_PAGE = 25
#: Of the thread; older words are reached page by page.
NOTES_A_PAGE = 50


def known_idea(request: HttpRequest, idea_id: int) -> Idea:
    """An idea that the person sees, or 404."""
    seen = Idea.objects.visible_to(request.user)
    return get_object_or_404(
        seen.select_related("association", "case", "owner", "area", "unit", "call", "ended_by", "left_by"),
        pk=idea_id,
    )


@requires(idea_reader)
def ideas(request: HttpRequest) -> HttpResponse:
    """An association's own ideas; for officers all they see, narrowed by whose, area and group."""
    seen = Idea.objects.visible_to(request.user)
    is_officer = rules.administration(request.user)
    if not is_officer:
        seen = seen.filter(association__in=own_associations(request))
    view = request.GET.get("view") or ("open" if is_officer else "")
    chosen = idea_lists.IdeaFilter(
        {**request.GET.dict(), "view": view} if is_officer else None, queryset=seen, request=request
    )
    page = Paginator(idea_lists.listed(chosen.qs), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "is_officer": is_officer,
        "may_leave": rules.applicant(request.user),
        "views": idea_lists.VIEWS,
        "view": view,
        "areas": Area.objects.all(),
        "groups": TargetGroup.objects.all(),
        "chosen_area": request.GET.get("area", ""),
        "chosen_group": request.GET.get("group", ""),
        "breadcrumbs": crumbs(_("Ideas")),
    }
    return render(request, "iop/ideas/list.html", context)


@requires(rules.applicant)
def new_idea(request: HttpRequest) -> HttpResponse:
    """Leave an idea; a title is enough."""
    own = Association.objects.visible_to(request.user)
    if not own.exists():
        messages.info(request, _("Register your association first, then leave the idea."))
        return redirect("grants:register-association")
    authorities = list(Authority.objects.visible_to(request.user).order_by("pk"))
    form = IdeaForm(own_associations(request), authorities, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        thought = Thought(cleaned["title"], cleaned["text"], cleaned["area"], cleaned["target_groups"])
        try:
            idea = leave(cleaned["association"], thought, request.user, cleaned.get("authority"))
        except owners.NobodyToOwn:
            form.add_error(None, _("We cannot receive ideas here right now. Call us instead."))
        else:
            text = _("Thank you. %(owner)s holds your idea and gets in touch.") % {"owner": idea.owner}
            messages.success(request, text)
            return redirect("iop:idea", idea.pk)
    return _form_page(
        request,
        form,
        title=_("Leave an idea"),
        lead=_("A few words are enough. You get a contact with us at once, and you always get an answer."),
        submit=_("Leave the idea"),
        back=reverse("iop:home"),
        breadcrumbs=crumbs((_("Ideas"), reverse("iop:ideas")), _("Leave an idea")),
    )


@requires(idea_reader)
@trail.reads_people
def idea(request: HttpRequest, idea_id: int) -> HttpResponse:
    """The idea with its thread and its answer; both sides write more."""
    shown = known_idea(request, idea_id)
    is_officer = rules.case_officer(request.user)
    may_write = is_officer or rules.applicant(request.user)
    form = WordsForm(kept_form.data(request), is_officer=is_officer) if may_write else None
    if request.method == "POST" and form is not None and form.is_valid():
        is_shared = not form.cleaned_data.get("is_internal")
        answering_ideas.say(shown, form.cleaned_data["text"], request.user, is_shared=is_shared)
        messages.success(request, _("Your words are in the thread."))
        return redirect("iop:idea", shown.pk)
    notes = (
        IdeaNote.objects.visible_to(request.user)
        .filter(idea=shown)
        .select_related("written_by", "owner")
        .order_by("-written_at", "-pk")
    )
    page = Paginator(notes, NOTES_A_PAGE).get_page(request.GET.get("page"))
    theirs = set(shown.association.memberships.values_list("user", flat=True))
    context = {
        "idea": shown,
        "groups": shown.target_groups.all(),
        "page_obj": page,
        "notes": [(note, note.written_by_id in theirs) for note in page],
        "cooperation": Cooperation.objects.visible_to(request.user)
        .filter(association=shown.association_id, unit=shown.unit_id)
        .first(),
        "agreement": Agreement.objects.visible_to(request.user).filter(idea=shown).first(),
        "form": form,
        "is_officer": is_officer,
        "breadcrumbs": crumbs((_("Ideas"), reverse("iop:ideas")), shown.title),
    }
    return render(request, "iop/ideas/idea.html", context, status=422 if request.method == "POST" else 200)


@requires(rules.case_officer)
def idea_day(request: HttpRequest, idea_id: int) -> HttpResponse:
    """Follow up on another day, with words to the association."""
    shown = known_idea(request, idea_id)
    form = DayForm(kept_form.data(request))

    def move() -> None:
        answering_ideas.move_day(shown, form.cleaned_data["day"], form.cleaned_data["words"], request.user)

    if request.method == "POST" and form.is_valid() and _done(form, "day", move):
        messages.success(request, _("The new day is saved, and the association is told why."))
        return redirect("iop:idea", shown.pk)
    return _idea_form(request, shown, form, _("Follow up on another day"), _("Save the new day"))


@requires(rules.case_officer)
def idea_owner(request: HttpRequest, idea_id: int) -> HttpResponse:
    """Hand the idea over to a colleague."""
    shown = known_idea(request, idea_id)
    form = OwnerForm(shown, kept_form.data(request))

    def hand_over() -> None:
        answering_ideas.hand_over(shown, form.cleaned_data["to"], form.cleaned_data["words"], request.user)

    if request.method == "POST" and form.is_valid() and _done(form, "to", hand_over):
        messages.success(request, _("The idea has a new owner, and the association is told."))
        return redirect("iop:idea", shown.pk)
    return _idea_form(request, shown, form, _("Hand over the idea"), _("Hand over"))


@requires(rules.case_officer)
def idea_answer(request: HttpRequest, idea_id: int) -> HttpResponse:
    """Answer the idea and lead it on."""
    shown = known_idea(request, idea_id)
    is_declared = has_declared(shown.case, request.user)
    form = AnswerForm(shown, kept_form.data(request), is_declared=is_declared)

    def end() -> None:
        if not is_declared:
            declare(shown.case, request.user, has_conflict=False)
        fields = ("outcome", "answer", "what_else", "unit", "area", "call", "referred_to")
        answering_ideas.end(shown, Ending(**{name: form.cleaned_data[name] for name in fields}), request.user)

    if request.method == "POST" and form.is_valid() and _done(form, "outcome", end):
        messages.success(request, _("The answer is sent to the association."))
        return redirect("iop:idea", shown.pk)
    return _idea_form(request, shown, form, _("Answer the idea"), _("Send the answer"))


@requires(rules.case_officer)
def idea_conflict(request: HttpRequest, idea_id: int) -> HttpResponse:
    """Declare a conflict of interest: the idea closes to the person, and somebody else holds it at once."""
    shown = known_idea(request, idea_id)
    if request.method == "POST":
        declare(shown.case, request.user, has_conflict=True)
        messages.success(request, _("Thank you. A colleague holds the idea now, and it is closed to you."))
        return redirect("iop:ideas")
    title = _("Declare a conflict of interest")
    here = reverse("iop:idea", args=[shown.pk])
    context = {
        "idea": shown,
        "title": title,
        "breadcrumbs": crumbs((_("Ideas"), reverse("iop:ideas")), (shown.title, here), title),
    }
    return render(request, "iop/ideas/conflict.html", context)


def _done(form: Any, field: str, act: Any) -> bool:
    """Whether the act went well; what stopped it stands at the field otherwise."""
    try:
        act()
    except CannotAnswer as refused:
        form.add_error(field, str(refused))
        return False
    return True


def _idea_form(request: HttpRequest, shown: Idea, form: Any, title: str, submit: str) -> HttpResponse:
    here = reverse("iop:idea", args=[shown.pk])
    return _form_page(
        request,
        form,
        association=shown.association,
        title=title,
        lead=shown.title,
        submit=submit,
        back=here,
        breadcrumbs=crumbs((_("Ideas"), reverse("iop:ideas")), (shown.title, here), title),
    )


def _form_page(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, "iop/form.html", {"form": form, **context}, status=status)
