from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IopConfig(AppConfig):
    name = "iop"
    verbose_name = _("Partnerships")

    def ready(self) -> None:
        from iop import access, addendum_decision, addendum_text, deciding, documents, near, worklist
        from portal import ways_in
        from portal.committee import appendices, signals
        from portal.people import front_page
        from portal.registry.models import Case, Record

        ways_in.register(Case, access.cases_of_partners)
        ways_in.register(Record, access.records_of_partners)
        appendices.register("iop_agreement", documents.agreement_appendices)
        signals.chairs_proposal_made.connect(deciding.take_chairs_proposal, dispatch_uid="iop.chair")
        signals.matter_decided.connect(deciding.take_decision, dispatch_uid="iop.decided")
        signals.matter_returned.connect(deciding.take_back, dispatch_uid="iop.returned")
        front_page.register_waiting(worklist.waiting)
        front_page.register_parts(worklist.parts)
        near.register()
        front_page.register_waiting(near.waiting)
        appendices.register("iop_addendum", addendum_text.appendices)
        signals.chairs_proposal_made.connect(
            addendum_decision.take_chairs_proposal, dispatch_uid="iop.addendum_chair"
        )
        signals.matter_decided.connect(addendum_decision.take_decision, dispatch_uid="iop.addendum_decided")
        signals.matter_returned.connect(addendum_decision.take_back, dispatch_uid="iop.addendum_returned")
