from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IopConfig(AppConfig):
    name = "iop"
    verbose_name = _("Partnerships")

    def ready(self) -> None:
        from auditlog.registry import auditlog
        from django.db.models import Model
        from django.db.models.signals import post_save

        from grants import payables as grants_payables
        from iop import (
            access,
            addendum_decision,
            addendum_text,
            clearing,
            deciding,
            documents,
            front_page,
            idea_lists,
            near,
            owners,
            pages,
            payables,
            personal_data,
            register_names,
            room,
            worklist,
        )
        from iop.models import (
            AdviceText,
            Agreement,
            Area,
            FollowUpRule,
            HourlyRate,
            Idea,
            IndicatorKind,
            Level,
            StandardClause,
            SuitabilityQuestion,
            SurveyAnswer,
            SurveyQuestion,
            TargetGroup,
            UnitProfile,
            UnitSignatory,
        )
        from portal import ways_in
        from portal.committee import appendices, signals
        from portal.people import front_page as start
        from portal.people import navigation, page_names, trail
        from portal.registry.models import Case, ConflictOfInterest, Record

        trail.register_case_of(
            "iop", "agreement_id", lambda pk: Agreement.objects.filter(pk=pk).values("case")
        )
        trail.register_case_of("iop", "idea_id", lambda pk: Idea.objects.filter(pk=pk).values("case"))
        ways_in.register(Case, access.cases_of_partners)
        ways_in.register(Record, access.records_of_partners)
        logged: list[type[Model]] = [
            *(Area, TargetGroup, FollowUpRule, HourlyRate, StandardClause, SuitabilityQuestion),
            *(IndicatorKind, SurveyQuestion, SurveyAnswer, UnitProfile, UnitSignatory, Level, AdviceText),
        ]
        for model in logged:
            auditlog.register(model)
        post_save.connect(
            owners.give_away_conflicted, sender=ConflictOfInterest, dispatch_uid="iop.idea_owners_conflict"
        )
        appendices.register("iop_agreement", documents.agreement_appendices)
        signals.chairs_proposal_made.connect(deciding.take_chairs_proposal, dispatch_uid="iop.chair")
        signals.matter_decided.connect(deciding.take_decision, dispatch_uid="iop.decided")
        signals.matter_returned.connect(deciding.take_back, dispatch_uid="iop.returned")
        signals.report_sent_back.connect(deciding.take_back_report, dispatch_uid="iop.sent_back")
        start.register_waiting(worklist.waiting)
        start.register_parts(worklist.parts)
        start.register_waiting(idea_lists.waiting)
        start.register_waiting(front_page.waiting)
        start.register_parts(front_page.parts)
        idea_lists.register_reminders()
        room.register(room.ideas_to_do)
        room.register(room.answers_to_do)
        room.register(worklist.to_do)
        near.register()
        start.register_waiting(near.waiting)
        appendices.register("iop_addendum", addendum_text.appendices)
        signals.chairs_proposal_made.connect(
            addendum_decision.take_chairs_proposal, dispatch_uid="iop.addendum_chair"
        )
        signals.matter_decided.connect(addendum_decision.take_decision, dispatch_uid="iop.addendum_decided")
        signals.matter_returned.connect(addendum_decision.take_back, dispatch_uid="iop.addendum_returned")
        signals.report_sent_back.connect(
            addendum_decision.take_back_report, dispatch_uid="iop.addendum_sent_back"
        )
        navigation.register(pages.MENU)
        page_names.register("iop", pages.NAMES)
        personal_data.register()
        register_names.register()
        clearing.register()
        grants_payables.register(payables.payables)
