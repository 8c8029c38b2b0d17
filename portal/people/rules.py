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

from portal.people import kept_form, trail
from portal.people.models import ADMINISTRATION_ROLES, COMMITTEE_ROLES, Role

logger = structlog.get_logger(__name__)

#: Header of requests that a page sends by itself: they are never sent on to the sign-in page.
BACKGROUND = "X-Autosave"
#: Methods that change nothing.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Rule = Callable[[Any], bool]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def anyone(user: Any) -> bool:
    """Also people who have not signed in."""
    return True


def signed_in(user: Any) -> bool:
    """Everybody with an account; which rows they see says each model."""
    return bool(user.is_authenticated)


def _holds(user: Any, *roles: str) -> bool:
    return bool(user.is_authenticated and user.has_role(*roles))


def applicant(user: Any) -> bool:
    """People who act for associations; staff apply for nothing with their staff account."""
    return bool(user.is_authenticated and not user.is_staff)


def case_officer(user: Any) -> bool:
    """Who handles cases: completes, assesses and proposes, and looks after calls and associations."""
    return _holds(user, Role.CASE_OFFICER)


def reader(user: Any) -> bool:
    """Who can be asked for a second reading: a colleague, or someone who only reads."""
    return _holds(user, Role.CASE_OFFICER, Role.SECOND_READER)


def unit_contact(user: Any) -> bool:
    """Who answers for a unit of the administration."""
    return _holds(user, Role.UNIT_CONTACT)


def statement_party(user: Any) -> bool:
    """Who asks units for statements, and who answers for a unit."""
    return _holds(user, Role.CASE_OFFICER, Role.UNIT_CONTACT)


def handles_cases(user: Any) -> bool:
    """Who has to declare conflicts of interest before a case opens (kommunallagen 7:4)."""
    return _holds(user, Role.CASE_OFFICER, Role.HEAD, Role.SECOND_READER, Role.UNIT_CONTACT)


def secretary(user: Any) -> bool:
    """Who prepares meetings, keeps the minutes and sends what was decided."""
    return _holds(user, Role.SECRETARY)


def chair(user: Any) -> bool:
    """Who makes the chair's proposals."""
    return _holds(user, Role.CHAIR)


def head(user: Any) -> bool:
    """Who approves the officers' reports before the chair and the committee get them."""
    return _holds(user, Role.HEAD)


def finance(user: Any) -> bool:
    """Who pays out what others have decided."""
    return _holds(user, Role.FINANCE)


def auditor(user: Any) -> bool:
    """Who reviews afterwards and changes nothing."""
    return _holds(user, Role.AUDITOR)


def administrator(user: Any) -> bool:
    """Who gives and ends roles and sees how the installation is. The role opens no case."""
    return _holds(user, Role.ADMINISTRATOR)


def case_reader(user: Any) -> bool:
    """Who opens what case officers work with: the officers, and their head, who assesses nothing."""
    return _holds(user, Role.CASE_OFFICER, Role.HEAD)


def checks_accounts(user: Any) -> bool:
    """Who compares an association's account with its evidence."""
    return _holds(user, Role.CASE_OFFICER, Role.FINANCE)


def keeps_settings(user: Any) -> bool:
    """Who changes what holds for all cases, such as the city's lists."""
    return _holds(user, Role.CASE_OFFICER, Role.ADMINISTRATOR)


def reads_ledger(user: Any) -> bool:
    """Who sees the frames and what is bound of them."""
    return _holds(user, Role.CASE_OFFICER, Role.HEAD, Role.FINANCE, Role.AUDITOR)


def reviews_access(user: Any) -> bool:
    """Who reads the audit trail."""
    return _holds(user, Role.DATA_PROTECTION_OFFICER, Role.AUDITOR)


def administration(user: Any) -> bool:
    """Who sees all cases; what each of them does in a case is for the rule of their own role to say."""
    return _holds(user, *ADMINISTRATION_ROLES)


def committee_reader(user: Any) -> bool:
    """Who reads the committee's papers once they are published."""
    return _holds(user, *COMMITTEE_ROLES)


def requires(rule: Rule, *, post: Rule | None = None) -> Callable[[View], View]:
    """Let only people whom `rule` accepts open the view, and only whom `post` accepts too send its form.

    The route test reads `view.rule` and `view.post_rule`. A refusal, also one by the objects' own
    `visible_to`, is written in the audit trail.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            asked = [rule] if post is None or request.method in SAFE else [rule, post]
            refusing = next((each for each in asked if not each(user)), None)
            if refusing is None:
                try:
                    return view(request, *args, **kwargs)
                except Http404:
                    trail.refused(request, "")
                    raise
            if not user.is_authenticated and BACKGROUND in request.headers:
                return HttpResponse(status=401)
            if not user.is_authenticated:
                kept_form.keep(request)
                return redirect_to_login(kept_form.way_back(request))
            logger.warning("refused", view=view.__name__, rule=refusing.__name__, user_id=user.pk)
            trail.refused(request, refusing.__name__)
            raise Http404

        guarded.rule = rule  # type: ignore[attr-defined]
        guarded.post_rule = post or rule  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate
