from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Assessments")

    def ready(self) -> None:
        from assessments import awards, documents
        from portal.committee import appendices, signals

        appendices.register("assessment_sheet", documents.assessment_sheets)
        appendices.register("distribution_table", documents.distribution_tables)
        signals.chairs_proposal_made.connect(awards.take_chairs_proposal, dispatch_uid="assessments.chair")
        signals.matter_decided.connect(awards.take_decision, dispatch_uid="assessments.decided")
        signals.matter_returned.connect(awards.take_back, dispatch_uid="assessments.returned")
        signals.decision_released.connect(awards.release, dispatch_uid="assessments.released")
