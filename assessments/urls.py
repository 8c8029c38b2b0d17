"""Addresses of the case officers' pages, all under `handlaggning/`."""

from __future__ import annotations

from django.urls import path, re_path

from assessments.views import board, checking, desk, frames, officer, paper, queue, rounds, scenarios

app_name = "assessments"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("tilldela/", queue.assign, name="assign"),
    re_path(r"^uttag/(?P<kind>csv|xlsx)/$", queue.export, name="export"),
    path("papper/", paper.choose, name="paper"),
    path("papper/<int:call_id>/", paper.paper, name="paper-entry"),
    path("<int:application_id>/", officer.application, name="application"),
    path("<int:application_id>/liknande/", officer.compared, name="compared"),
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
    path("omgangar/<int:call_id>/till-namnden/", rounds.hand_over, name="hand-over"),
    path("omgangar/<int:call_id>/belopp/<int:application_id>/", board.change, name="amounts"),
    path("omgangar/<int:call_id>/fordelningar/ny/", scenarios.new, name="new-scenario"),
    path("omgangar/<int:call_id>/fordelningar/jamfor/", scenarios.compare, name="compare-scenarios"),
    path("omgangar/<int:call_id>/fordelningar/<int:scenario_id>/", scenarios.scenario, name="scenario"),
    path(
        "omgangar/<int:call_id>/fordelningar/<int:scenario_id>/belopp/<int:application_id>/",
        board.change,
        name="scenario-amounts",
    ),
    path(
        "omgangar/<int:call_id>/fordelningar/<int:scenario_id>/namn/",
        scenarios.rename,
        name="rename-scenario",
    ),
    path(
        "omgangar/<int:call_id>/fordelningar/<int:scenario_id>/valj/",
        scenarios.choose,
        name="choose-scenario",
    ),
    path("ramar/", frames.frames, name="frames"),
    path("ramar/<int:authority_id>/<int:year>/", frames.frame, name="frame"),
]
