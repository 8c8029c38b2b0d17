"""What the chair's proposal and the decision carry over from the officers' proposal, beside the amounts."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from assessments.matters import propose_round
from grants.models import Application, Commitment, CommitmentSource, Terms, TermsReport, TermsStage
from portal.committee import minutes, point_writing, proposals
from portal.committee.agenda import put_on_agenda
from portal.committee.models import Decision, LineAmount, Matter, Outcome, Stage
from portal.people.models import Role
from tests.assessments.building import officer
from tests.assessments.rounds import assessed_round
from tests.committee.building import on_agenda, signed_in
from tests.factories import MeetingFactory, staff

pytestmark = pytest.mark.django_db
YEARS = (2027, 2028)


def round_with_a_referral() -> tuple[Matter, Application, Application]:
    """One granted for two years with report days of its own, and one referred to another committee."""
    person = officer()
    call, [granted, referred] = assessed_round(person, 80_000, 0, years=YEARS)
    Terms.objects.filter(application=referred, stage=TermsStage.PROPOSED).update(
        referral="committee", referred_to="vård- och omsorgsnämnden"
    )
    terms = Terms.objects.get(application=granted, stage=TermsStage.PROPOSED)
    TermsReport.objects.filter(terms=terms).delete()
    TermsReport.objects.bulk_create(
        TermsReport(terms=terms, year=year, due_on=date(year + 1, 2, 15)) for year in YEARS
    )
    return propose_round(call, [granted, referred], person), granted, referred


def terms_of(application: Application, stage: TermsStage) -> Terms:
    return Terms.objects.get(application=application, stage=stage)


def report_days(terms: Terms) -> dict[int, date]:
    return {report.year: report.due_on for report in terms.reports.all()}


def test_referral_and_report_days_follow_to_chair_and_decision() -> None:
    matter, granted, referred = round_with_a_referral()
    proposals.adopt(matter, staff(Role.CHAIR))
    secretary = staff(Role.SECRETARY)
    item = put_on_agenda(matter, MeetingFactory.create(), secretary)
    minutes.record_decision(item, Outcome.GRANTED, secretary)
    for stage in (TermsStage.CHAIR, TermsStage.DECIDED):
        no = terms_of(referred, stage)
        assert (no.referral, no.referred_to) == ("committee", "vård- och omsorgsnämnden")
        assert report_days(terms_of(granted, stage)) == {
            2027: date(2028, 2, 15),
            2028: date(2029, 2, 15),
        }
    points = [point.text for point in matter.decision_points.filter(stage=Stage.CHAIR)]
    assert f"att hänvisa {referred.association.name} till vård- och omsorgsnämnden" in points
    assert [point for point in points if "15\u00a0februari" in point]
    sources = set(Commitment.objects.values_list("year", "amount", "source"))
    assert sources == {(year, 80_000, CommitmentSource.GRANT) for year in YEARS}


def test_what_the_chair_s_amounts_take_away_is_not_carried_over() -> None:
    matter, granted, referred = round_with_a_referral()
    lines = {line.case_id: line.pk for line in matter.lines.all()}
    changed = {
        lines[granted.received_case.pk]: {2028: 0},
        lines[referred.received_case.pk]: {2027: 10_000},
    }
    chair = staff(Role.CHAIR)
    proposals.change(matter, chair, changed, "Båda behövs.")
    assert report_days(terms_of(granted, TermsStage.CHAIR)) == {2027: date(2028, 2, 15)}
    assert terms_of(referred, TermsStage.CHAIR).referral == ""
    proposals.adopt(matter, chair)
    assert set(report_days(terms_of(granted, TermsStage.CHAIR))) == set(YEARS)
    assert terms_of(referred, TermsStage.CHAIR).referral == "committee"


def test_the_points_are_written_from_the_amounts_and_nothing_is_kept() -> None:
    matter, granted, referred = round_with_a_referral()
    secretary = staff(Role.SECRETARY)
    item = put_on_agenda(matter, MeetingFactory.create(), secretary)
    proposals.adopt(matter, staff(Role.CHAIR))
    lines = {line.case_id: line for line in matter.lines.all()}
    own = lines[granted.received_case.pk].pk
    typed = {f"decided_{own}_2027": "60 000", f"decided_{own}_2028": "80000", "outcome": "bifall"}
    typed |= {f"decided_{lines[referred.received_case.pk].pk}_{year}": "" for year in YEARS}
    management = {"notes-TOTAL_FORMS": "1", "notes-INITIAL_FORMS": "0"}
    note = {"notes-0-kind": "protokollsanteckning", "notes-0-text": "Skriv så här."}
    url = reverse("committee:record", args=[item.pk])
    page = signed_in(secretary).post(url, typed | management | note | {"write_points": "1"})
    assert page.status_code == 200
    points = page.context["form"]["points"].value().splitlines()
    assert points[0].startswith(f"att bevilja {granted.association.name}")
    assert "60\u00a0000\u00a0kronor för 2027 och 80\u00a0000\u00a0kronor för 2028" in points[0]
    assert f"att hänvisa {referred.association.name} till vård- och omsorgsnämnden" in points
    assert page.context["form"]["outcome"].value() == "bifall"
    assert page.context["lines"][f"decided_{own}_2027"].value() == "60 000"
    assert page.context["notes"][0]["text"].value() == "Skriv så här."
    assert not page.context["form"].errors
    assert not Terms.objects.filter(stage=TermsStage.DECIDED).exists()
    assert not LineAmount.objects.filter(stage=Stage.DECIDED).exists()
    assert not Decision.objects.exists()


def test_a_matter_that_no_room_has_sentences_for_gets_no_points() -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    assert point_writing.points_for(item.matter, {}, []) == []
    assert not LineAmount.objects.filter(stage=Stage.DECIDED).exists()
