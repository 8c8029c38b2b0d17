"""All addresses of Samspel; Swedish words, since people read and share them."""

from allauth.socialaccount import views as identities
from django.urls import include, path
from django.views.i18n import set_language

from portal.people.sign_in_views import AddressView

urlpatterns = [
    path("", include("portal.people.urls")),
    path("", include("portal.operations.urls")),
    path("", include("grants.urls")),
    path("handlaggning/", include("assessments.urls")),
    path("partnerskap/", include("iop.urls")),
    path("namnd/", include("portal.committee.urls")),
    path("", include("portal.registry.urls")),
    path("konto/", include("allauth.account.urls")),
    path("konto/tvafaktor/", include("allauth.mfa.urls")),
    path("konto/besok/", include("allauth.usersessions.urls")),
    # Of allauth's pages for identities of others: who has no address says one, who turns back is told so.
    path("konto/via/ny/adress/", AddressView.as_view(), name="socialaccount_signup"),
    path("konto/via/avbruten/inloggning/", identities.login_cancelled, name="socialaccount_login_cancelled"),
    path("sprak/", set_language, name="set_language"),
]

handler429 = "portal.people.limits.too_many"  # allauth looks here
