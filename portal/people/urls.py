from django.urls import path

from portal.people import role_views, sign_in_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("personuppgifter/", views.privacy, name="privacy"),
    path("konto/via/<slug:provider_id>/", sign_in_views.begin, name="openid_login"),
    path("konto/via/<slug:provider_id>/svar/", sign_in_views.callback, name="openid_callback"),
    path("konto/besok/<int:session_id>/avsluta/", sign_in_views.end_session, name="end_session"),
    path("roller/", role_views.all_roles, name="roles"),
    path("roller/ny/", role_views.give_role, name="give-role"),
    path("roller/<int:assignment_id>/avsluta/", role_views.end_role, name="end-role"),
]
