"""Addresses of associations and of everyone who reads about the calls."""

from __future__ import annotations

from django.urls import path

from grants import call_urls, case_urls, officer_urls
from grants.views import (
    accounts,
    acting,
    association,
    cowriting,
    drafts,
    facts,
    guarantees,
    papers,
    people,
    public,
    sent,
    statements,
    triage,
)

app_name = "grants"
urlpatterns = [
    *case_urls.patterns,
    path("hitta-ratt/", triage.triage, name="triage"),
    path("omgangar/<int:call_id>/", public.call, name="call"),
    *call_urls.urlpatterns,
    *officer_urls.urlpatterns,
    path("omgangar/<int:call_id>/ansok/", association.start, name="start"),
    path("foreningar/", acting.associations, name="associations"),
    path("foreningar/valj/", acting.choose, name="choose-association"),
    path("foreningar/ny/", association.register, name="register-association"),
    path("foreningar/<int:association_id>/", facts.association, name="association"),
    path("foreningar/<int:association_id>/bekrafta/", facts.confirm, name="confirm-facts"),
    path("foreningar/<int:association_id>/uppgifter/<slug:group>/", facts.edit, name="facts"),
    path("foreningar/<int:association_id>/fortroendevalda/", facts.office_holder, name="new-office-holder"),
    path(
        "foreningar/<int:association_id>/fortroendevalda/<int:holder_id>/",
        facts.office_holder,
        name="office-holder",
    ),
    path("foreningar/<int:association_id>/siffror/<int:year>/", facts.figures, name="figures"),
    path("foreningar/<int:association_id>/andringar/", facts.history, name="association-history"),
    path("foreningar/<int:association_id>/personer/", people.people, name="people"),
    path("foreningar/<int:association_id>/personer/bjud-in/", people.invite, name="invite"),
    path("foreningar/<int:association_id>/personer/<int:user_id>/", people.person, name="person"),
    path(
        "foreningar/<int:association_id>/personer/<int:user_id>/avsluta/",
        people.end_access,
        name="end-access",
    ),
    path(
        "foreningar/<int:association_id>/inbjudningar/<int:invitation_id>/aterkalla/",
        people.withdraw,
        name="withdraw-invitation",
    ),
    path("foreningar/<int:association_id>/villkor/", statements.statements, name="statements"),
    path(
        "foreningar/<int:association_id>/villkor/<int:statement_id>/",
        statements.statement,
        name="statement",
    ),
    path("ansokningar/<int:application_id>/garant/", guarantees.guarantor, name="guarantor"),
    path("garantier/<int:guarantee_id>/", guarantees.guarantee, name="guarantee"),
    path("foreningar/<int:association_id>/papper/", papers.papers, name="papers"),
    path("foreningar/<int:association_id>/papper/nytt/", papers.add, name="add-paper"),
    path("foreningar/<int:association_id>/papper/<int:paper_id>/", papers.paper_file, name="paper-file"),
    path(
        "foreningar/<int:association_id>/papper/<int:paper_id>/lamna-in/",
        papers.hand_in,
        name="hand-in-paper",
    ),
    path(
        "foreningar/<int:association_id>/papper/<int:paper_id>/ta-bort/",
        papers.take_back,
        name="take-back-paper",
    ),
    path("foreningar/<int:association_id>/konto/", accounts.account, name="account"),
    path(
        "foreningar/<int:association_id>/konto/<int:account_id>/underlag/",
        accounts.evidence,
        name="account-evidence",
    ),
    path(
        "foreningar/<int:association_id>/konto/<int:account_id>/ta-tillbaka/",
        accounts.withdraw,
        name="withdraw-account",
    ),
    path("inbjudan/<str:token>/", people.invitation, name="invitation"),
    path("ansokningar/", association.applications, name="applications"),
    path("ansokningar/<int:application_id>/", drafts.application, name="application"),
    path("ansokningar/<int:application_id>/<section:section>/", drafts.section, name="section"),
    path(
        "ansokningar/<int:application_id>/bilagor/<int:attachment_id>/", drafts.attachment, name="attachment"
    ),
    path("ansokningar/<int:application_id>/papper/<slug:code>/", papers.asked, name="asked-paper"),
    path(
        "ansokningar/<int:application_id>/lamnas-senare/<int:promise_id>/",
        papers.promised,
        name="promised-paper",
    ),
    path(
        "ansokningar/<int:application_id>/<section:section>/versioner/", cowriting.versions, name="versions"
    ),
    path("inloggad/", cowriting.signed_in_again, name="signed-in-again"),
    path("ansokningar/<int:application_id>/kontrollera/", drafts.check, name="check"),
    path("ansokningar/<int:application_id>/kvittens/", sent.receipt, name="receipt"),
    path("ansokningar/<int:application_id>/kvittens/pdf/", sent.receipt_document, name="receipt-document"),
    path("ansokningar/<int:application_id>/svar/", sent.answers, name="answers"),
]
