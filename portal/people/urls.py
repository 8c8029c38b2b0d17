from django.urls import path

from portal.people import sign_in_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("personuppgifter/", views.privacy, name="privacy"),
    path("konto/via/<slug:provider_id>/", sign_in_views.begin, name="openid_login"),
    path("konto/via/<slug:provider_id>/svar/", sign_in_views.callback, name="openid_callback"),
    path("konto/besok/<int:session_id>/avsluta/", sign_in_views.end_session, name="end_session"),
]
