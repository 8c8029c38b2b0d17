from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Assessments")

    def ready(self) -> None:
        from auditlog.registry import auditlog
        from django.db.models.signals import post_save

        from assessments import (
            access,
            anchors,
            assigning,
            awards,
            clearing,
            decided,
            documents,
            formal_checks,
            guidelines,
            letters,
            pages,
            personal_data,
            reading_lists,
            reading_rules,
            readings,
            statement_lists,
        )
        from assessments.models import FormalCheck, LevelAnchor, ReadingRule
        from grants import decided as grants_decided
        from grants.calls import judged_by
        from grants.calls.call_copying import copied_with_call
        from grants.models import Application, Call
        from portal import ways_in
        from portal.committee import appendices, letter_facts, point_writing, signals
        from portal.people import front_page as start
        from portal.people import navigation, page_names
        from portal.registry.models import Case, ConflictOfInterest, Record

        judged_by.register(guidelines.judged_by)
        grants_decided.register(decided.decided)
        copied_with_call(FormalCheck)
        copied_with_call(ReadingRule, reading_rules.with_new_seed)
        ways_in.register(Application, access.applications_to_read)
        ways_in.register(Case, access.cases_to_read)
        ways_in.register(Record, access.records_to_read)
        start.register_waiting(reading_lists.waiting)
        start.register_waiting(statement_lists.waiting)
        copied_with_call(LevelAnchor)
        auditlog.register(LevelAnchor)
        appendices.register("assessment_sheet", documents.assessment_sheets)
        appendices.register("distribution_table", documents.distribution_tables)
        point_writing.register(awards.points_of_decided_amounts)
        signals.chairs_proposal_made.connect(awards.take_chairs_proposal, dispatch_uid="assessments.chair")
        signals.matter_decided.connect(awards.take_decision, dispatch_uid="assessments.decided")
        signals.matter_returned.connect(awards.take_back, dispatch_uid="assessments.returned")
        signals.report_sent_back.connect(awards.take_back, dispatch_uid="assessments.sent_back")
        post_save.connect(
            formal_checks.install_for_new, sender=Call, dispatch_uid="assessments.formal_checks"
        )
        post_save.connect(reading_rules.install_for_new, sender=Call, dispatch_uid="assessments.reading_rule")
        post_save.connect(
            readings.give_back_conflicted,
            sender=ConflictOfInterest,
            dispatch_uid="assessments.readers_conflict",
        )
        post_save.connect(anchors.install_for_new, sender=Call, dispatch_uid="assessments.anchors")
        post_save.connect(
            assigning.give_back_conflicted,
            sender=ConflictOfInterest,
            dispatch_uid="assessments.conflict_declared",
        )
        letter_facts.register(
            "assessments",
            letter_facts.Writer(letters.cases_written_to, letters.facts_of, letters.tell),
        )
        navigation.register(pages.MENU)
        page_names.register("assessments", pages.NAMES)
        personal_data.register()
        clearing.register()
