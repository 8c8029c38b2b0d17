"""Opens a case to who handles it, after the declaration that there is no conflict of interest in it.

A second reader who has not finished sees nothing of what the officer judges: `impartial` is closed to them,
so that a new page is closed too unless it says otherwise with `impartial_also_blind`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from assessments.models import SecondReading, Statement
from grants.models import Application
from grants.views import impartial as opening
from grants.views.impartial import ApplicationView
from portal.registry.models import ConflictOfInterest

#: Takes the request and the statement.
StatementView = Callable[[HttpRequest, Statement], HttpResponseBase]


def received(request: HttpRequest, application_id: int) -> Application:
    """A sent application as `grants.views.impartial.received` gives it, with its assessment and reading."""
    return opening.received(request, application_id, "assessment__officer", "second_reading__reader")


def reading_of(application: Application) -> SecondReading | None:
    """The application's second reading, as `received` joined it."""
    return getattr(application, "second_reading", None)


def is_blind(request: HttpRequest, application: Application) -> bool:
    """Whether the officer's view is still closed to the person, who is to read the case a second time."""
    reading = reading_of(application)
    return reading is not None and reading.reader_id == request.user.pk and not reading.is_open_to_both


def impartial(view: ApplicationView) -> Callable[..., HttpResponseBase]:
    """Hand the view the application once the officer has declared; 404 for its blind second reader.

    Goes below `@requires`.
    """
    return opening.impartial(view, _not_blind)


def impartial_also_blind(view: ApplicationView) -> Callable[..., HttpResponseBase]:
    """As `impartial`, for a page that shows a blind second reader nothing of the officer's view."""
    return opening.impartial(view, received)


def reads(view: ApplicationView) -> Callable[..., HttpResponseBase]:
    """Hand the view the application to its second reader, once they have declared. Goes below `@requires`."""
    return opening.impartial(view, _to_read)


def sees_both(view: ApplicationView) -> Callable[..., HttpResponseBase]:
    """Hand the view the application when both views of it are open to each other. Goes below `@requires`."""
    return opening.impartial(view, _open_to_both)


def _not_blind(request: HttpRequest, application_id: int) -> Application:
    application = received(request, application_id)
    if is_blind(request, application):
        raise Http404
    return application


def _to_read(request: HttpRequest, application_id: int) -> Application:
    application = received(request, application_id)
    own = SecondReading.objects.read_by(request.user)
    application.second_reading = get_object_or_404(own, application=application)
    return application


def _open_to_both(request: HttpRequest, application_id: int) -> Application:
    application = received(request, application_id)
    reading = reading_of(application)
    if reading is None or not reading.is_open_to_both:
        raise Http404
    return application


def answers(view: StatementView) -> Callable[..., HttpResponseBase]:
    """Hand the view what the person's unit is asked, once they have declared. Goes below `@requires`."""

    @wraps(view)
    def opened(request: HttpRequest, statement_id: int) -> HttpResponseBase:
        declared = ConflictOfInterest.objects.filter(
            case=OuterRef("application__case"), user=request.user.pk, has_conflict=False
        )
        asked = (
            Statement.objects.asked_of(request.user)
            .select_related("unit", "application__case", "application__association", "application__call")
            .annotate(is_declared=Exists(declared))
        )
        statement = get_object_or_404(asked, pk=statement_id)
        if not statement.is_declared:  # type: ignore[attr-defined]  # annotated above
            return redirect("assessments:declare", statement.application_id)
        return view(request, statement)

    return opened
