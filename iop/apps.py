from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IopConfig(AppConfig):
    name = "iop"
    verbose_name = _("Partnerships")

    def ready(self) -> None:
        from iop import access
        from portal import ways_in
        from portal.registry.models import Case, Record

        ways_in.register(Case, access.cases_of_partners)
        ways_in.register(Record, access.records_of_partners)
