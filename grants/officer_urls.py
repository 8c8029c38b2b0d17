"""Addresses of the officers' register of associations, all under `foreningsregister/`."""

from __future__ import annotations

from django.urls import path, re_path

from grants.views import officer, officer_checks, officer_contacts, payments

ONE = "foreningsregister/<int:association_id>/"

urlpatterns = [
    path("utbetalningar/", payments.payments, name="payments"),
    re_path(r"^utbetalningar/uttag/(?P<kind>csv|xlsx)/$", payments.export, name="payments-export"),
    path("foreningsregister/", officer.register, name="register"),
    path("foreningsregister/lamna-over/", officer_contacts.hand_over, name="hand-over-associations"),
    path(ONE, officer.association, name="known-association"),
    path(f"{ONE}nummer/verifiera/", officer_checks.verify_number, name="verify-number"),
    path(f"{ONE}nummer/andra/", officer_checks.change_number, name="change-number"),
    path(f"{ONE}konto/<int:account_id>/", officer_checks.check_account, name="check-account"),
    path(f"{ONE}konto/<int:account_id>/underlag/", officer.account_evidence, name="check-account-evidence"),
    path(f"{ONE}papper/<int:paper_id>/", officer.paper_file, name="known-paper"),
    path(f"{ONE}papper/<int:paper_id>/granska/", officer_checks.review_paper, name="review-paper"),
    path(f"{ONE}status/", officer_checks.decide_eligibility, name="decide-eligibility"),
    path(f"{ONE}status/<int:eligibility_id>/", officer_checks.cut_short, name="cut-eligibility-short"),
    path(f"{ONE}kontakter/ny/", officer_contacts.add_note, name="add-note"),
    path(f"{ONE}kontakter/<int:note_id>/uppfoljd/", officer_contacts.follow_up, name="follow-up"),
    path(f"{ONE}ansvarig/", officer_contacts.contact_officer, name="contact-officer"),
]
