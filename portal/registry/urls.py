from django.urls import path

from portal.registry import trail_views, views

app_name = "registry"
urlpatterns = [
    path("handlingar/<int:record_id>.pdf", views.record_document, name="record-document"),
    path("bilagor/<int:file_id>/", views.record_file, name="record-file"),
    path("atkomstlogg/", trail_views.page, name="trail"),
    path("atkomstlogg/uttag.csv", trail_views.export, name="trail-export"),
]
