"""Addresses of partnerships: ideas, needs, co-operation and the lists that staff edit."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from iop.views import cooperation, home, ideas, lists, needs, survey

IDEA = "ideer/<int:idea_id>/"
NEED = "behov/<int:need_id>/"
YEAR = "samverkan/rapport/<int:year>/"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("kontakter/", home.whom, name="whom"),
    path("ideer/", ideas.ideas, name="ideas"),
    path("ideer/ny/", ideas.new_idea, name="new-idea"),
    path(IDEA, ideas.idea, name="idea"),
    path(f"{IDEA}dag/", ideas.idea_day, name="idea-day"),
    path(f"{IDEA}ansvarig/", ideas.idea_owner, name="idea-owner"),
    path(f"{IDEA}jav/", ideas.idea_conflict, name="idea-conflict"),
    path(f"{IDEA}svar/", ideas.idea_answer, name="idea-answer"),
    path("behov/", needs.needs, name="needs"),
    path("behov/nytt/", needs.new_need, name="new-need"),
    path("behov/inventering/", needs.inventory, name="inventory"),
    re_path(r"^behov/inventering\.(?P<kind>csv|xlsx)$", needs.inventory_sheet, name="inventory-sheet"),
    path(NEED, needs.need, name="need"),
    path(f"{NEED}andra/", needs.need_edit, name="need-edit"),
    path(f"{NEED}publicera/", needs.need_publish, name="need-publish"),
    path(f"{NEED}avsluta/", needs.need_close, name="need-close"),
    path(f"{NEED}svara/", needs.need_answer, name="need-answer"),
    path("behov/svar/<int:answer_id>/", needs.need_reply, name="need-reply"),
    path("samverkan/", cooperation.cooperations, name="cooperations"),
    path("samverkan/ny/", cooperation.new_cooperation, name="new-cooperation"),
    path("samverkan/<int:cooperation_id>/", cooperation.cooperation, name="cooperation"),
    path(
        "samverkan/forening/<int:association_id>/",
        cooperation.of_association,
        name="cooperation-of-association",
    ),
    path("samverkan/enhet/<int:unit_id>/", cooperation.of_unit, name="cooperation-of-unit"),
    path("samverkan/rapport/", survey.survey_now, name="survey-now"),
    path(YEAR, survey.survey_page, name="survey"),
    path(f"{YEAR}pdf/", survey.survey_print, name="survey-print"),
    path(f"{YEAR}svar/<slug:code>/", survey.survey_answers, name="survey-answers"),
    re_path(
        r"^samverkan/rapport/(?P<year>[0-9]{4})\.(?P<kind>csv|xlsx)$",
        survey.survey_sheet,
        name="survey-sheet",
    ),
    path("samverkan/rapport/fil/<int:print_id>/", survey.survey_file, name="survey-file"),
    path("listor/", lists.lists, name="lists"),
    path("listor/<slug:slug>/", lists.list_page, name="list"),
    path("listor/<slug:slug>/ny/", lists.list_new, name="list-new"),
    path("listor/<slug:slug>/<int:row_id>/", lists.list_row, name="list-row"),
]
