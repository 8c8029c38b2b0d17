"""Who may open which view: small named predicates, and the decorator by which a view names its own.

What is denied answers 404, so that nobody learns what exists, and the refusal is logged. Someone not
signed in is asked to sign in; what they had typed is kept (see `kept_form`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import structlog
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from portal.people import kept_form
from portal.people.models import ADMINISTRATION_ROLES, COMMITTEE_ROLES, Role

logger = structlog.get_logger(__name__)

#: Header of requests that a page sends by itself: they are never sent on to the sign-in page.
BACKGROUND = "X-Autosave"

Rule = Callable[[Any], bool]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def anyone(user: Any) -> bool:
    """Also people who have not signed in."""
    return True


def signed_in(user: Any) -> bool:
    return bool(user.is_authenticated)


def _holds(user: Any, *roles: str) -> bool:
    return bool(user.is_authenticated and user.has_role(*roles))


def applicant(user: Any) -> bool:
    """People who act for associations; staff apply for nothing with their staff account."""
    return bool(user.is_authenticated and not user.is_staff)


def case_officer(user: Any) -> bool:
    return _holds(user, Role.CASE_OFFICER)


def second_reader(user: Any) -> bool:
    """Someone who reads cases a second time without being a case officer."""
    return _holds(user, Role.SECOND_READER)


def reader(user: Any) -> bool:
    """Who can be asked for a second reading: a colleague, or someone who only reads."""
    return _holds(user, Role.CASE_OFFICER, Role.SECOND_READER)


def unit_contact(user: Any) -> bool:
    return _holds(user, Role.UNIT_CONTACT)


def statement_party(user: Any) -> bool:
    """Who asks units for statements, and who answers for a unit."""
    return _holds(user, Role.CASE_OFFICER, Role.UNIT_CONTACT)


def handles_cases(user: Any) -> bool:
    """Who has to declare conflicts of interest before a case opens (kommunallagen 7:4)."""
    return _holds(user, Role.CASE_OFFICER, Role.SECOND_READER, Role.UNIT_CONTACT)


def secretary(user: Any) -> bool:
    return _holds(user, Role.SECRETARY)


def chair(user: Any) -> bool:
    return _holds(user, Role.CHAIR)


def administration(user: Any) -> bool:
    return _holds(user, *ADMINISTRATION_ROLES)


def committee_reader(user: Any) -> bool:
    return _holds(user, *COMMITTEE_ROLES)


def requires(rule: Rule) -> Callable[[View], View]:
    """Let only people whom `rule` accepts open the view; the route test reads `view.rule`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if rule(request.user):
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated and BACKGROUND in request.headers:
                return HttpResponse(status=401)
            if not request.user.is_authenticated:
                kept_form.keep(request)
                return redirect_to_login(kept_form.way_back(request))
            logger.warning("refused", view=view.__name__, rule=rule.__name__, user_id=request.user.pk)
            raise Http404

        guarded.rule = rule  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate
