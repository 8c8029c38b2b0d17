from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IopConfig(AppConfig):
    name = "iop"
    verbose_name = _("Partnerships")

    def ready(self) -> None:
        from iop import access, addendum_decision, addendum_text, near
        from portal import ways_in
        from portal.committee import appendices, signals
        from portal.people import front_page as start
        from portal.registry.models import Case, Record

        ways_in.register(Case, access.cases_of_partners)
        ways_in.register(Record, access.records_of_partners)
        near.register()
        start.register_waiting(near.waiting)
        appendices.register("iop_addendum", addendum_text.appendices)
        signals.chairs_proposal_made.connect(
            addendum_decision.take_chairs_proposal, dispatch_uid="iop.addendum_chair"
        )
        signals.matter_decided.connect(addendum_decision.take_decision, dispatch_uid="iop.addendum_decided")
        signals.matter_returned.connect(addendum_decision.take_back, dispatch_uid="iop.addendum_returned")
