"""Pages for everyone: the start page, the accessibility statement, and what is done with personal data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.people import front_page
from portal.people.navigation import ACTING_FOR
from portal.people.rules import anyone, requires


@requires(anyone)
def home(request: HttpRequest) -> HttpResponse:
    """What can be applied for and how to begin; signed in, what to do next."""
    user = request.user
    if user.is_authenticated and user.is_staff:
        return render(request, "people/home_staff.html", {"waiting": front_page.waiting(user)})
    if user.is_authenticated:
        user.acting_for = request.session.get(ACTING_FOR, {}).get("id")
    template = "people/home_applicant.html" if user.is_authenticated else "people/home.html"
    return render(request, template, {"parts": front_page.parts(user)})


@requires(anyone)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: lagen (2018:1937) om tillgänglighet till digital offentlig service."""
    return render(request, "people/accessibility.html")


@requires(anyone)
def privacy(request: HttpRequest) -> HttpResponse:
    """Information under articles 13–14 of the GDPR. No consent is asked: the basis is article 6.1 e."""
    return render(request, "people/privacy.html")
