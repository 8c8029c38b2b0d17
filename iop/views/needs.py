"""Needs: everyone reads what is published; units write, associations answer."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.associations.acting import own_associations
from grants.models import Association
from iop import matching, need_inventory, publishing_needs
from iop.models import Area, Need, NeedAnswer, TargetGroup
from iop.needs_forms import CloseForm, NeedAnswerForm, NeedForm, ReplyForm
from iop.publishing_needs import CannotChange
from iop.rules import city_reader, city_side
from iop.views.crumbs import Crumb, crumbs
from portal.documents.sheets import sheet
from portal.people import kept_form, rules, trail
from portal.people.rules import anyone, requires

ROWS_A_PAGE = 25


class NeedFilter(django_filters.FilterSet):
    area = django_filters.ModelChoiceFilter(queryset=Area.objects.all(), to_field_name="code")
    group = django_filters.ModelChoiceFilter(
        field_name="target_groups", queryset=TargetGroup.objects.all(), to_field_name="code"
    )

    class Meta:
        model = Need
        fields = ["area", "group"]


def known_need(request: HttpRequest, need_id: int) -> Need:
    """A need that the person sees, or 404."""
    seen = Need.objects.visible_to(request.user).select_related("unit__profile", "area")
    return get_object_or_404(seen.prefetch_related("target_groups"), pk=need_id)


def own_need(request: HttpRequest, need_id: int) -> Need:
    """A need of a unit that the person speaks for, or 404."""
    need = known_need(request, need_id)
    if not publishing_needs.may_write(need, request.user):
        raise Http404
    return need


def _trail(*steps: tuple[str, str] | str) -> list[Crumb]:
    return crumbs((_("Needs"), reverse("iop:needs")), *steps)


@requires(anyone)
def needs(request: HttpRequest) -> HttpResponse:
    """What is missing for residents: open needs first, then closed ones with how it went."""
    chosen = NeedFilter(request.GET or None, queryset=Need.objects.visible_to(request.user), request=request)
    found = (
        chosen.qs.exclude(published_at=None)
        .select_related("unit", "area")
        .prefetch_related("target_groups")
        .order_by(F("closed_at").desc(nulls_first=True), "-published_at", "pk")
    )
    context = {
        "page_obj": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "unpublished": _unpublished(request),
        "may_write": city_side(request.user),
        "may_read_inventory": city_reader(request.user),
        "areas": Area.objects.all(),
        "groups": TargetGroup.objects.all(),
        "chosen_area": request.GET.get("area", ""),
        "chosen_group": request.GET.get("group", ""),
        "is_narrowed": bool(request.GET.get("area") or request.GET.get("group")),
        "breadcrumbs": _trail(),
    }
    return render(request, "iop/needs/list.html", context)


def _unpublished(request: HttpRequest) -> list[Need]:
    """The person's units' needs that nobody else reads yet."""
    if not city_side(request.user):
        return []
    own = Need.objects.visible_to(request.user).filter(published_at=None)
    return list(own.filter(unit__in=publishing_needs.units_of(request.user)).select_related("unit"))


@requires(anyone)
def need(request: HttpRequest, need_id: int) -> HttpResponse:
    """One need; its answers for who sees them, and for the unit whom it could suit."""
    shown = known_need(request, need_id)
    user = request.user
    may_write = publishing_needs.may_write(shown, user)
    answers = NeedAnswer.objects.visible_to(user).filter(need=shown).select_related("association")
    context = {
        "need": shown,
        "groups": shown.target_groups.all(),
        "answers": list(answers),
        "may_write": may_write,
        "may_answer": shown.is_open and not (user.is_authenticated and user.is_staff),
        "matches": matching.associations_for(shown, user) if may_write and shown.is_open else [],
        "breadcrumbs": _trail(shown.title),
    }
    return render(request, "iop/needs/need.html", context)


@requires(city_side)
def new_need(request: HttpRequest) -> HttpResponse:
    """Write a need; nobody else reads it until it is published."""
    form = NeedForm(publishing_needs.units_of(request.user), kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = publishing_needs.write(
            _own_fields(form.cleaned_data), form.cleaned_data["target_groups"], request.user
        )
        messages.success(request, _("The need is saved. Read it through and publish it."))
        return redirect("iop:need", written.pk)
    return _form_page(
        request,
        form,
        title=_("Write a need"),
        lead=_("Nobody else reads it until you publish it."),
        submit=_("Save"),
        back=reverse("iop:needs"),
        breadcrumbs=_trail(_("Write a need")),
    )


_FIELDS = ("unit", "title", "text", "contributes", "area")


def _own_fields(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {name: cleaned[name] for name in _FIELDS}


def _saved(need: Need) -> dict[str, Any]:
    """What the form shows of a need, by its fields."""
    return {name: getattr(need, name) for name in _FIELDS} | {"target_groups": need.target_groups.all()}


@requires(city_side)
def need_edit(request: HttpRequest, need_id: int) -> HttpResponse:
    """Change a need that is not closed."""
    shown = own_need(request, need_id)
    if shown.closed_at is not None:
        messages.info(request, _("The need is closed and stays as it is."))
        return redirect("iop:need", shown.pk)
    units = publishing_needs.units_of(request.user)
    form = NeedForm(units, kept_form.data(request), initial=_saved(shown))
    form.watch(_saved(shown))
    title, submit = _("Change the need"), _("Save")
    if request.method != "POST" or not form.is_valid():
        return _about(request, shown, form, title, submit)
    with transaction.atomic():
        current = Need.objects.select_for_update(of=("self",)).select_related("unit", "area").get(pk=shown.pk)
        if theirs := form.changed_meanwhile(_saved(current)):
            return _about(request, shown, form, title, submit, theirs=theirs)
        for name, value in _own_fields(form.cleaned_data).items():
            setattr(current, name, value)
        current.save(update_fields=_FIELDS)
        current.target_groups.set(form.cleaned_data["target_groups"])
    messages.success(request, _("The need is saved."))
    return redirect("iop:need", shown.pk)


@requires(city_side)
def need_publish(request: HttpRequest, need_id: int) -> HttpResponse:
    """Let everyone read the need (POST)."""
    shown = own_need(request, need_id)
    if request.method == "POST":
        publishing_needs.publish(shown)
        messages.success(request, _("The need is published. Everyone can read it now."))
    return redirect("iop:need", shown.pk)


@requires(city_side)
def need_close(request: HttpRequest, need_id: int) -> HttpResponse:
    """Close the need with words on how it went."""
    shown = own_need(request, need_id)
    form = CloseForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            publishing_needs.close(shown, form.cleaned_data["words"])
        except CannotChange as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, _("The need is closed."))
            return redirect("iop:need", shown.pk)
    return _about(request, shown, form, _("Close the need"), _("Close the need"))


@requires(rules.applicant)
def need_answer(request: HttpRequest, need_id: int) -> HttpResponse:
    """An association says in which role it could do something, and what."""
    shown = known_need(request, need_id)
    if not Association.objects.visible_to(request.user).exists():
        messages.info(request, _("Register your association first, then answer."))
        return redirect("grants:register-association")
    own = own_associations(request)
    before = NeedAnswer.objects.visible_to(request.user).filter(need=shown, association__in=own).first()
    initial = {"role": before.role, "text": before.text, "association": before.association} if before else {}
    form = NeedAnswerForm(own, kept_form.data(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            publishing_needs.answer(
                shown, cleaned["association"], cleaned["role"], cleaned["text"], request.user
            )
        except CannotChange as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your answer is sent to the unit."))
            return redirect("iop:need", shown.pk)
    return _about(request, shown, form, _("Answer the need"), _("Send the answer"))


@requires(city_side)
def need_reply(request: HttpRequest, answer_id: int) -> HttpResponse:
    """The unit replies to an association's answer."""
    seen = NeedAnswer.objects.visible_to(request.user).select_related("need", "association")
    given = get_object_or_404(seen, pk=answer_id)
    shown = own_need(request, given.need_id)
    form = ReplyForm(kept_form.data(request), initial={"reply": given.reply})
    if request.method == "POST" and form.is_valid():
        publishing_needs.reply(given, form.cleaned_data["reply"], request.user)
        messages.success(request, _("The reply is sent to the association."))
        return redirect("iop:need", shown.pk)
    return _about(request, shown, form, _("Reply to the association"), _("Send the reply"), quoted=given)


@requires(city_reader)
def inventory(request: HttpRequest) -> HttpResponse:
    """All that units have published, by area, with how many answered in which role."""
    found = need_inventory.published(request.user)
    context = {
        "page_obj": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "breadcrumbs": _trail(_("Inventory of needs")),
    }
    return render(request, "iop/needs/inventory.html", context)


@requires(city_reader)
@trail.takes_out
def inventory_sheet(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """The inventory as CSV or Excel."""
    rows = need_inventory.InventoryRows(request.user)
    return sheet(kind, "behov", _("Needs"), need_inventory.columns(), rows)


def _about(
    request: HttpRequest, shown: Need, form: Any, title: str, submit: str, **more: Any
) -> HttpResponse:
    here = reverse("iop:need", args=[shown.pk])
    return _form_page(
        request,
        form,
        title=title,
        lead=shown.title,
        submit=submit,
        back=here,
        breadcrumbs=_trail((shown.title, here), title),
        **more,
    )


def _form_page(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, "iop/form.html", {"form": form, **context}, status=status)
