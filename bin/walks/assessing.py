"""The pictures of the guide to assessing and distributing."""

from collections.abc import Iterator

from walks.picture import Picture


def pictures() -> Iterator[Picture]:
    from django.urls import reverse

    from assessments.models import Assessment, Scenario, Statement
    from grants.models import Application
    from portal.people.models import User
    from portal.registry.models import declare

    def page(name: str, who: str, route: str, *args: object, query: str = "") -> Picture:
        return Picture(f"bedomning-{name}", f"{who}@samspel.example.org", reverse(route, args=args) + query)

    officer, colleague, reader, unit = "handlaggare", "handlaggare2", "medbedomare", "verksamhet"
    youth = Application.objects.sent().get(association__name="Ung i Rörelse")
    opened = Assessment.objects.get(application__state="in_assessment").application
    call = youth.call
    equal = Scenario.objects.get(call=call, method=Scenario.Method.EQUAL)
    waiting = Statement.objects.open().get()
    # Without this the unit's contact is first asked about conflicts of interest.
    contact = User.objects.get(email=f"{unit}@samspel.example.org")
    declare(waiting.application.received_case, contact, has_conflict=False)
    yield page("nivaer", officer, "assessments:anchors", call.pk)
    yield page("regel", officer, "assessments:reading-rule", call.pk)
    yield page("ramar", officer, "assessments:frames")
    yield page("bord", colleague, "assessments:assess", opened.pk)
    yield page("bada", reader, "assessments:both-views", youth.pk)
    yield page("yttrande", unit, "assessments:statement", waiting.pk)
    yield page("spridning", officer, "assessments:calibration", call.pk)
    yield page("omgang", officer, "assessments:round", call.pk)
    yield page("jamfor", officer, "assessments:compare-scenarios", call.pk, query=f"?right={equal.pk}")
    yield page("versioner", officer, "assessments:assess", youth.pk)
