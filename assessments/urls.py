"""Addresses of the case officers' pages, all under `handlaggning/`."""

from __future__ import annotations

from django.urls import path, re_path

from assessments.views import (
    anchoring,
    both_views,
    checking,
    comparing,
    correcting,
    desk,
    officer,
    paper,
    queue,
    reading,
    reading_rule,
    rounds,
    statement,
)

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
    path("<int:application_id>/bedomning/ratta/", correcting.correct, name="correct"),
    path("<int:application_id>/bedomning/version/<int:number>/", correcting.version, name="version"),
    path("<int:application_id>/till-namnden/", desk.single, name="single"),
    path("andralasningar/", reading.readings_list, name="readings"),
    path("andralasningar/<int:application_id>/", reading.reading, name="reading"),
    path("andralasningar/<int:application_id>/klar/", reading.reading_done, name="reading-done"),
    path("<int:application_id>/andralasning/lasare/", reading.choose_reader, name="choose-reader"),
    path("<int:application_id>/andralasning/bada/", both_views.both, name="both-views"),
    path("omgangar/<int:call_id>/andralasningar/", reading_rule.reading_rule, name="reading-rule"),
    path("yttranden/", statement.statements_list, name="statements"),
    path("yttranden/<int:statement_id>/", statement.statement, name="statement"),
    path("yttranden/<int:statement_id>/lamna/", statement.hand_in_statement, name="hand-in-statement"),
    path("<int:application_id>/yttrande/", statement.ask_statement, name="ask-statement"),
    path(
        "<int:application_id>/yttrande/<int:statement_id>/aterta/",
        statement.withdraw_statement,
        name="withdraw-statement",
    ),
    path("omgangar/", rounds.rounds, name="rounds"),
    path("omgangar/<int:call_id>/", rounds.round_board, name="round"),
    path("omgangar/<int:call_id>/formalia/", checking.check_list, name="check-list"),
    path("omgangar/<int:call_id>/nivaer/", anchoring.level_anchors, name="anchors"),
    path("omgangar/<int:call_id>/spridning/", anchoring.spread, name="calibration"),
    path("omgangar/<int:call_id>/till-namnden/", rounds.hand_over, name="hand-over"),
]
