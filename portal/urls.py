"""All addresses of Samspel; Swedish words, since people read and share them."""

from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("portal.people.urls")),
    path("", include("grants.urls")),
    path("handlaggning/", include("assessments.urls")),
    path("partnerskap/", include("iop.urls")),
    path("namnd/", include("portal.committee.urls")),
    path("", include("portal.registry.urls")),
    path("konto/", include("allauth.account.urls")),
    path("sprak/", set_language, name="set_language"),
]
