"""Addresses of partnerships: the test of suitability, the shared agreement, decision and signing."""

from __future__ import annotations

from django.urls import path

from iop.views import (
    agreements,
    clauses,
    contributing,
    facts,
    market,
    promises,
    sending,
    signing,
    suitability,
)

ONE = "overenskommelser/<int:agreement_id>"

urlpatterns = [
    path("overenskommelser/", agreements.agreements, name="agreements"),
    path("overenskommelser/borja/", agreements.begin, name="agreement-begin"),
    path(f"{ONE}/", agreements.agreement, name="agreement"),
    path(f"{ONE}/jav/", agreements.declare_conflict, name="agreement-declare"),
    path(f"{ONE}/lagg-ned/", agreements.drop_agreement, name="agreement-drop"),
    path(f"{ONE}/uppgifter/", facts.agreement_facts, name="agreement-facts"),
    path(f"{ONE}/parter/", facts.parties, name="parties"),
    path(f"{ONE}/parter/<int:party_id>/", facts.process_leader, name="process-leader"),
    path(f"{ONE}/ar-iop-ratt/", suitability.suitability, name="suitability"),
    path(f"{ONE}/ar-iop-ratt/<int:question_id>/", suitability.question, name="suitability-question"),
    path(f"{ONE}/provning/", market.market_assessment, name="market"),
    path(f"{ONE}/provning/underteckna/", market.sign_assessment, name="market-sign"),
    path(f"{ONE}/provning/stod/", market.add_aid, name="de-minimis"),
    path(f"{ONE}/provning/stod/<int:aid_id>/", market.remove_aid, name="de-minimis-remove"),
    path(f"{ONE}/punkter/ja/", clauses.yes_to_all, name="clauses-yes"),
    path(f"{ONE}/punkter/<int:number>/", clauses.clause, name="clause"),
    path(f"{ONE}/punkter/<int:number>/ja/", clauses.yes, name="clause-yes"),
    path(f"{ONE}/punkter/<int:number>/kommentar/", clauses.comment, name="clause-comment"),
    path(
        f"{ONE}/punkter/<int:number>/kommentar/<int:comment_id>/",
        clauses.settle_comment,
        name="clause-settle",
    ),
    path(f"{ONE}/bidrar/", contributing.contributions, name="contributions"),
    path(f"{ONE}/bidrar/<int:party_id>/", contributing.party_contributions, name="party-contributions"),
    path(f"{ONE}/budget/", contributing.budget, name="budget"),
    path(f"{ONE}/ta-over/", contributing.take_over, name="take-over"),
    path(f"{ONE}/mal/", promises.goals, name="goals"),
    path(f"{ONE}/mal/<int:goal_id>/", promises.goal, name="goal"),
    path(f"{ONE}/mal/<int:goal_id>/ta-bort/", promises.remove_goal, name="goal-remove"),
    path(f"{ONE}/matt/<int:indicator_id>/ta-bort/", promises.remove_indicator, name="indicator-remove"),
    path(f"{ONE}/grupper/", promises.groups, name="groups"),
    path(f"{ONE}/grupper/<int:seat_id>/ta-bort/", promises.remove_seat, name="seat-remove"),
    path(f"{ONE}/plan/", promises.plan, name="plan"),
    path(f"{ONE}/plan/avstamning/<int:check_in_id>/ta-bort/", promises.remove_check_in, name="plan-remove"),
    path(
        f"{ONE}/plan/uppfoljning/<int:follow_up_id>/ta-bort/",
        promises.remove_follow_up,
        name="plan-remove-follow-up",
    ),
    path(f"{ONE}/till-namnden/", sending.to_committee, name="to-committee"),
    path(f"{ONE}/till-underskrift/", sending.to_signing, name="to-signing"),
    path(f"{ONE}/skriv-om/", sending.write_again, name="write-again"),
    path(f"{ONE}/underteckna/", signing.sign_agreement, name="sign"),
    path(f"{ONE}/texter/<int:number>/", signing.text_document, name="agreement-text"),
]
