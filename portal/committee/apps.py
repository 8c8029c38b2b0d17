from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitteeConfig(AppConfig):
    name = "portal.committee"
    label = "committee"
    verbose_name = _("Committee")

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from portal import ways_in
        from portal.committee import (
            access,
            clearing,
            copies,
            front_page,
            letter_making,
            minutes_waiting,
            pack,
            pages,
            personal_data,
        )
        from portal.committee.models import Matter
        from portal.documents.models import Document, StoredFile
        from portal.documents.signals import document_settled
        from portal.people import front_page as start
        from portal.people import navigation, page_names, trail
        from portal.registry.models import Case, ConflictOfInterest

        trail.register_case_of(
            "committee", "matter_id", lambda pk: Matter.objects.filter(pk=pk).values("case")
        )
        ways_in.register(Case, access.cases_in_published_packs)
        ways_in.register(Document, access.documents_for_committee)
        ways_in.register(StoredFile, access.files_for_committee)
        document_settled.connect(pack.ring_for_packs_waiting_on, dispatch_uid="committee.pack")
        document_settled.connect(letter_making.ring_for_letters_waiting_on, dispatch_uid="committee.letters")
        post_save.connect(
            copies.order_for_declaration, sender=ConflictOfInterest, dispatch_uid="committee.copies"
        )
        navigation.register(pages.MENU)
        page_names.register("committee", pages.NAMES)
        start.register_waiting(front_page.waiting)
        start.register_waiting(minutes_waiting.waiting)
        personal_data.register()
        clearing.register()
