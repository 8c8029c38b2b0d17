from django.urls import path

from portal.people import role_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("personuppgifter/", views.privacy, name="privacy"),
    path("roller/", role_views.all_roles, name="roles"),
    path("roller/ny/", role_views.give_role, name="give-role"),
    path("roller/<int:assignment_id>/avsluta/", role_views.end_role, name="end-role"),
]
