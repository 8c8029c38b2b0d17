"""Addresses of the case officers' pages, all under `handlaggning/`."""

from __future__ import annotations

from django.urls import path, re_path

from assessments.views import anchoring, checking, comparing, desk, officer, paper, queue, rounds

app_name = "assessments"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("tilldela/", queue.assign, name="assign"),
    re_path(r"^uttag/(?P<kind>csv|xlsx)/$", queue.export, name="export"),
    path("papper/", paper.choose, name="paper"),
    path("papper/<int:call_id>/", paper.paper, name="paper-entry"),
    path("<int:application_id>/", officer.application, name="application"),
    path("<int:application_id>/liknande/", officer.compared, name="compared"),
    path("<int:application_id>/jamforbara/", comparing.comparable, name="comparables"),
    path("<int:application_id>/jav/", officer.declare, name="declare"),
    path("<int:application_id>/formalia/", checking.checks, name="checks"),
    path("<int:application_id>/registrering/", checking.registry_entry, name="registry-entry"),
    path("<int:application_id>/borja/", desk.begin, name="begin"),
    path("<int:application_id>/bedomning/", desk.assess, name="assess"),
    path("<int:application_id>/bedomning/klar/", desk.ready, name="ready"),
    path("<int:application_id>/bedomning/oppna/", desk.reopen, name="reopen"),
    path("<int:application_id>/till-namnden/", desk.single, name="single"),
    path("omgangar/", rounds.rounds, name="rounds"),
    path("omgangar/<int:call_id>/", rounds.round_board, name="round"),
    path("omgangar/<int:call_id>/formalia/", checking.check_list, name="check-list"),
    path("omgangar/<int:call_id>/nivaer/", anchoring.level_anchors, name="anchors"),
    path("omgangar/<int:call_id>/spridning/", anchoring.spread, name="calibration"),
    path("omgangar/<int:call_id>/till-namnden/", rounds.hand_over, name="hand-over"),
]
