from django.urls import path

from portal.committee.views import appendices, chair, notes, packs, reader, search, secretary

app_name = "committee"
urlpatterns = [
    path("ordforande/", chair.matters, name="chair"),
    path("ordforande/<int:matter_id>/", chair.matter, name="chair-matter"),
    path("ordforande/<int:matter_id>/instamma/", chair.adopt, name="chair-adopt"),
    path("arenden/", secretary.matters, name="matters"),
    path("arenden/<int:matter_id>/bilagor/", appendices.appendices, name="appendices"),
    path("bilagor/<int:appendix_id>/ta-bort/", appendices.take_off, name="appendix-take-off"),
    path("sammantraden/", reader.meetings, name="meetings"),
    path("sammantraden/nytt/", secretary.new_meeting, name="new-meeting"),
    path("sammantraden/<int:meeting_id>/", reader.meeting, name="meeting"),
    path("sammantraden/<int:meeting_id>/arenden/<int:matter_id>/", reader.matter, name="matter"),
    path("sammantraden/<int:meeting_id>/arenden/<int:matter_id>/jav/", reader.conflict, name="conflict"),
    path("sammantraden/<int:meeting_id>/arenden/<int:matter_id>/anteckning/", notes.note, name="note"),
    path("sammantraden/<int:meeting_id>/sok/", search.search, name="search"),
    path("sammantraden/<int:meeting_id>/arbete/", secretary.desk, name="desk"),
    path("sammantraden/<int:meeting_id>/handlingar/", packs.make, name="pack-make"),
    path("sammantraden/<int:meeting_id>/handlingar/lage/", packs.status, name="pack-status"),
    path("sammantraden/<int:meeting_id>/meddela/", secretary.release_all, name="release-all"),
    path("dagordning/<int:item_id>/ta-bort/", secretary.take_off, name="take-off"),
    path("dagordning/<int:item_id>/beslut/", secretary.record, name="record"),
    path("beslut/<int:decision_id>/meddela/", secretary.release, name="release"),
    path("beslut/<int:decision_id>/protokollsutdrag.pdf", reader.extract, name="extract"),
    path("handlingar/<int:pack_id>.pdf", reader.pack_file, name="pack-file"),
    path("handlingar/<int:pack_id>/publicera/", packs.publish, name="pack-publish"),
    path("handlingar/<int:pack_id>/forsok-igen/", packs.retry, name="pack-retry"),
    path("handlingar/exemplar/<int:copy_id>.pdf", reader.copy_file, name="copy-file"),
    path("handlingar/exemplar/<int:copy_id>/forsok-igen/", packs.copy_retry, name="copy-retry"),
    path("handlingar/delar/<int:part_id>.pdf", reader.part_file, name="part-file"),
    path("dokument/", packs.documents, name="documents"),
    path("dokument/<int:document_id>/forsok-igen/", packs.document_retry, name="document-retry"),
]
