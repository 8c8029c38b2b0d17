"""Opens an application to an officer who has declared that there is no conflict of interest in it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from grants.models import Application
from grants.views import impartial as opening
from grants.views.impartial import ApplicationView


def received(request: HttpRequest, application_id: int) -> Application:
    """A sent application with its assessment, as `grants.views.impartial.received` gives it."""
    return opening.received(request, application_id, "assessment__officer")


def impartial(view: ApplicationView) -> Callable[..., HttpResponseBase]:
    """Hand the view the application once the officer has declared. Goes below `@requires`."""
    return opening.impartial(view, received)
