from django.urls import path

from portal.registry import views

app_name = "registry"
urlpatterns = [
    path("handlingar/<int:record_id>.pdf", views.record_document, name="record-document"),
    path("bilagor/<int:file_id>/", views.record_file, name="record-file"),
]
