from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "portal.registry"
    label = "registry"
    verbose_name = _("Registry")

    def ready(self) -> None:
        from portal import ways_in
        from portal.documents.models import Document, StoredFile
        from portal.people import front_page as start
        from portal.people import navigation, page_names, trail
        from portal.registry import access, front_page, own_retention, pages, personal_data
        from portal.registry.models import (
            ArchivePackage,
            Case,
            DisclosureRequest,
            LegalHold,
            MaskedCopy,
            Record,
            RecordFile,
            SecrecyMark,
        )

        trail.register_case_of("registry", "case_id", lambda pk: Case.objects.filter(pk=pk).values("pk"))
        trail.register_case_of(
            "registry", "record_id", lambda pk: Record.objects.filter(pk=pk).values("case")
        )
        trail.register_case_of(
            "registry", "file_id", lambda pk: RecordFile.objects.filter(pk=pk).values("record__case")
        )
        trail.register_case_of(
            "registry", "copy_id", lambda pk: MaskedCopy.objects.filter(pk=pk).values("case")
        )
        trail.register_case_of(
            "registry", "request_id", lambda pk: DisclosureRequest.objects.filter(pk=pk).values("case")
        )
        trail.register_case_of(
            "registry", "package_id", lambda pk: ArchivePackage.objects.filter(pk=pk).values("case")
        )
        trail.register_case_of(
            "registry", "mark_id", lambda pk: SecrecyMark.objects.filter(pk=pk).values("case")
        )
        trail.register_case_of(
            "registry", "hold_id", lambda pk: LegalHold.objects.filter(pk=pk).values("case")
        )
        ways_in.register(Document, access.documents_on_visible_cases)
        ways_in.register(StoredFile, access.files_on_visible_cases)
        navigation.register(pages.MENU)
        page_names.register("registry", pages.NAMES)
        start.register_waiting(front_page.waiting)
        personal_data.register()
        own_retention.register()
