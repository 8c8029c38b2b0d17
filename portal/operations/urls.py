from django.urls import path

from portal.operations import views

app_name = "operations"

urlpatterns = [
    path("halsa/lever/", views.live, name="live"),
    path("halsa/redo/", views.ready, name="ready"),
    path("matvarden/", views.figures, name="figures"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
]
