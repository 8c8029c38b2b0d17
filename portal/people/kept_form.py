"""Keeps what somebody typed when their session ended in mid-form, and hands it back after sign-in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

SESSION_KEY = "kept_form"
#: Text of one form; larger bodies are not kept, so that nobody fills the session store.
MAX_CHARACTERS = 200_000


def keep(request: HttpRequest) -> None:
    """Remember the posted fields, never files or passwords, in the visitor's own session."""
    if request.method != "POST":
        return
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    if fields and len(encoded := fields.urlencode()) <= MAX_CHARACTERS:
        request.session[SESSION_KEY] = {"path": request.path, "fields": encoded}


def way_back(request: HttpRequest) -> str:
    """Where to return after sign-in: the page asked for, or the page whose form was sent."""
    return request.path if request.method == "POST" else request.get_full_path()


def data(request: HttpRequest) -> QueryDict | None:
    """What to bind the form on this page to: the posted fields, kept fields of this page, or nothing.

    Kept fields are shown once, with a message that asks the person to look and save again.
    """
    if request.method == "POST":
        return request.POST
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[SESSION_KEY]
    messages.warning(
        request,
        _("You had been signed out. What you wrote is still here, but not saved. Check it and save again."),
    )
    return QueryDict(kept["fields"])
