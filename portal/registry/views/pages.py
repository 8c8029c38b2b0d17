"""What the registrar's views share: the page of one form, the way back, and the case that is worked on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.registry.models import Case


def crumbs(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """The registrar's start page, then each (label, address)."""
    start = {"label": _("Register and archive"), "url": reverse("registry:desk")}
    return [start, *({"label": label, "url": url} for label, url in steps)]


def case_step(case: Case) -> tuple[str, str]:
    return case.registry_number, reverse("registry:case", args=[case.pk])


def known_case(request: HttpRequest, case_id: int) -> Case:
    """A case that the registrar may see: 404 otherwise, also for who has a conflict of interest in it."""
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("authority"), pk=case_id)


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: str,
    submit: str,
    back: str,
    breadcrumbs: list[dict[str, str]],
    intro: str = "",
) -> HttpResponse:
    """A page with one form; 422 when what was sent comes back with errors."""
    context = {
        "form": form,
        "title": title,
        "intro": intro,
        "submit": submit,
        "back": back,
        "breadcrumbs": breadcrumbs,
    }
    return render(request, "registry/form.html", context, status=422 if request.method == "POST" else 200)


def attempt(request: HttpRequest, act: Callable[[], Any], done: str, *refusals: type[Exception]) -> bool:
    """Run an act and show `done`, or the text of why it was refused; says whether it was done."""
    try:
        act()
    except refusals as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True
