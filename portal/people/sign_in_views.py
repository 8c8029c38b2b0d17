"""To a provider of identities and back, and the person's own visits."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2LoginView
from allauth.socialaccount.views import SignupView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from requests import RequestException

from portal.people.openid import OpenIDAdapter, OpenIDCallbackView
from portal.people.rules import anyone, requires, signed_in

#: What a provider that is down, or answers something else, makes its library raise.
FAILURES = (RequestException, OAuth2Error, ValueError, KeyError)


@requires(anyone)
@require_POST
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the visitor on to the provider, by a page of our own.

    A redirect that answers a form may by our content security policy lead to ourselves only, and where a
    broker sends people next is not ours to know.
    """
    answer = _talk(request, provider_id, OAuth2LoginView)
    if answer.status_code == 302:
        return render(request, "socialaccount/onward.html", {"onward": answer.headers["Location"]})
    return answer


@requires(anyone)
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends the visitor back with a code."""
    return _talk(request, provider_id, OpenIDCallbackView)


def _talk(request: HttpRequest, provider_id: str, view: type) -> HttpResponse:
    try:
        provider = get_adapter().get_provider(request, provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    try:
        answer: HttpResponse = view.adapter_view(OpenIDAdapter(request, provider_id))(request)  # type: ignore[attr-defined]
    except FAILURES as error:
        answer = render_authentication_error(request, provider, exception=error)
    return answer


class AddressView(SignupView):
    """Where somebody whose e-identity says no address writes one."""

    def get_authenticated_redirect_url(self) -> str:
        return reverse("account_email")


@requires(signed_in)
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of the person's own visits, such as that on a lost telephone."""
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    session.end()
    messages.success(request, _("That visit is ended."))
    return redirect("usersessions_list")
