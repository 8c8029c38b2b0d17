"""The lists that staff edit: one simple page each, the same for all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.calls.call_history import history_of
from iop.list_forms import form_of
from iop.list_pages import PAGES, Changes, ListPage, has_begun
from iop.views.crumbs import Crumb, crumbs
from portal.documents.templatetags.swedish_text import swedish_date
from portal.people import kept_form
from portal.people.rules import case_officer, keeps_settings, requires

ROWS_A_PAGE = 50


def _page(slug: str) -> ListPage:
    if slug not in PAGES:
        raise Http404
    return PAGES[slug]


def _trail(request: HttpRequest, *steps: tuple[str, str] | str) -> list[Crumb]:
    """The way here; an administrator's begins with the lists."""
    way = crumbs((_("Lists"), reverse("iop:lists")), *steps)
    return way if case_officer(request.user) else way[1:]


@requires(keeps_settings)
def lists(request: HttpRequest) -> HttpResponse:
    """All lists."""
    return render(request, "iop/lists/all.html", {"pages": PAGES.values(), "breadcrumbs": _trail(request)})


@requires(keeps_settings)
def list_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of a list."""
    page = _page(slug)
    rows = Paginator(page.rows(request.user), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "list": page,
        "headings": [_heading(page, name) for name in page.columns],
        "page_obj": rows,
        "rows": [
            (row, [_cell(getattr(row, name)) for name in page.columns], _state(page, row)) for row in rows
        ],
        "breadcrumbs": _trail(request, str(page.title)),
    }
    return render(request, "iop/lists/list.html", context)


def _heading(page: ListPage, name: str) -> str:
    return page.label(name.removeprefix("get_").removesuffix("_display"))


def _cell(value: Any) -> str:
    value = value() if callable(value) else value
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if hasattr(value, "year"):
        return swedish_date(value)
    return str(value)


def _read(row: Any, name: str) -> str:
    """A field of a row in words."""
    return _cell(getattr(row, f"get_{name}_display", None) or getattr(row, name))


def _state(page: ListPage, row: Any) -> tuple[str, str]:
    """How the row stands, in words, and the tag's colour; nothing for a row in plain use."""
    if page.has_use and not row.is_active:
        return _("Out of use"), "neutral"
    if page.changes == Changes.FROM_A_DAY and not has_begun(row.valid_from):
        return _("Not yet"), "info"
    return "", ""


@requires(keeps_settings)
def list_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a row; with `fran`, a new wording of the row with that key, from a later day."""
    page = _page(slug)
    asked = request.GET.get("fran", "")
    earlier = page.rows(request.user).filter(pk=asked).first() if asked.isdecimal() else None
    initial = {}
    if earlier is not None:
        initial = {
            name: value for name, value in model_to_dict(earlier, page.fields).items() if name != "valid_from"
        }
    form = form_of(page, request.user)(kept_form.data(request), initial=initial, is_copy=earlier is not None)
    return _edit(request, page, form, _("New wording") if earlier else _("New row"), [])


@requires(keeps_settings)
def list_row(request: HttpRequest, slug: str, row_id: int) -> HttpResponse:
    """Change a row, or see one that is in force and take over from it."""
    page = _page(slug)
    row = get_object_or_404(page.rows(request.user), pk=row_id)
    if not page.may_edit(row) or (page.changes == Changes.REPLACED and not row.is_active):
        context = {
            "list": page,
            "row": row,
            "rows": [{"label": _heading(page, name), "value": _read(row, name)} for name in page.fields],
            "may_take_over": page.changes == Changes.FROM_A_DAY,
            "history": history_of(row),
            "breadcrumbs": _row_trail(request, page, str(row)),
        }
        return render(request, "iop/lists/row.html", context)
    form = form_of(page, request.user)(kept_form.data(request), instance=row)
    return _edit(request, page, form, str(row), history_of(row))


def _row_trail(request: HttpRequest, page: ListPage, label: str) -> list[Crumb]:
    return _trail(request, (str(page.title), reverse("iop:list", args=[page.slug])), label)


def _edit(request: HttpRequest, page: ListPage, form: Any, title: str, history: list[Any]) -> HttpResponse:
    theirs = []
    if request.method == "POST" and form.is_valid():
        theirs = form.keep()
        if not theirs:
            messages.success(request, _("The row is saved."))
            return redirect("iop:list", page.slug)
    context = {
        "form": form,
        "theirs": theirs,
        "title": title,
        "lead": page.lead,
        "submit": _("Save"),
        "back": reverse("iop:list", args=[page.slug]),
        "history": history,
        "breadcrumbs": _row_trail(request, page, title),
    }
    return render(request, "iop/form.html", context, status=422 if request.method == "POST" else 200)
