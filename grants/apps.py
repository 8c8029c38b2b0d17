from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrantsConfig(AppConfig):
    name = "grants"
    verbose_name = _("Grants")

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from grants import access, front_page, own_dates, pages, personal_data, reminders
        from grants.applying import draft_retention
        from grants.associations import (
            association_news,
            association_register,
            eligibility,
            library_retention,
            members,
        )
        from grants.calls import call_reminders
        from grants.models import (
            Application,
            AskedPaper,
            Association,
            BudgetHeading,
            Call,
            CallCondition,
            Contact,
            Frame,
            GrantProgramme,
            Membership,
            OfficeHolder,
            PaymentRule,
            Question,
            ReportDate,
            YearlyFigures,
        )
        from grants.received import clearing, closing, dialogue_news, in_register, late_papers
        from portal import ways_in
        from portal.people import front_page as start
        from portal.people import navigation, page_names, roles, trail
        from portal.registry.models import Case, Record

        for model in (Association, Membership, OfficeHolder, GrantProgramme, Contact, Frame, PaymentRule):
            auditlog.register(model)
        auditlog.register(Call, exclude_fields=["form_version"])
        for row in (Question, AskedPaper, BudgetHeading, CallCondition, ReportDate):
            auditlog.register(row, exclude_fields=["position"])
        auditlog.register(YearlyFigures, exclude_fields=["saved_at"])
        for room in ("grants", "assessments"):
            trail.register_case_of(
                room, "application_id", lambda pk: Application.objects.filter(pk=pk).values("case")
            )
        navigation.register(pages.MENU)
        page_names.register("grants", pages.NAMES)
        roles.register_bar(members.bar)
        ways_in.register(Case, access.own_cases)
        ways_in.register(Record, access.own_records)
        ways_in.register(Case, access.cases_to_pay)
        ways_in.register(Application, access.applications_to_pay)
        start.register_parts(association_news.parts)
        start.register_parts(dialogue_news.parts)
        start.register_parts(front_page.parts)
        start.register_waiting(front_page.waiting)
        start.register_waiting(association_register.waiting)
        start.register_waiting(dialogue_news.waiting)
        reminders.register_own_kinds()
        own_dates.register_own_makers()
        late_papers.register_reminders()
        eligibility.register_reminders()
        start.register_waiting(call_reminders.waiting)
        personal_data.register()
        in_register.register()
        clearing.register()
        closing.register()
        draft_retention.register()
        library_retention.register()
