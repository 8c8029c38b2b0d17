from django.urls import path

from portal.registry import trail_views
from portal.registry.views import desk, disclosures, obstacles, packages, public, records, retention

app_name = "registry"
urlpatterns = [
    # For anyone.
    path("diarium/", public.register, name="register"),
    path("diarium/arenden/", public.cases, name="register-cases"),
    path("diarium/arenden/<int:case_id>/", public.case, name="register-case"),
    path("diarium/begar-ut/", public.ask, name="ask"),
    path("tillganglighet/beratta/", obstacles.tell, name="tell"),
    # For whoever is signed in.
    path("arkiv/handlingar/<int:record_id>.pdf", records.record_document, name="record-document"),
    path("arkiv/bilagor/<int:file_id>/", records.record_file, name="record-file"),
    path("personuppgifter/mina/", packages.own_extracts, name="own-extracts"),
    path("personuppgifter/utdrag/<int:export_id>/", packages.extract_file, name="extract-file"),
    path("personuppgifter/utdrag/", packages.extracts, name="extracts"),
    # For those who review who has read what.
    path("arkiv/atkomstlogg/", trail_views.page, name="trail"),
    path("arkiv/atkomstlogg/uttag.csv", trail_views.export, name="trail-export"),
    # For those who keep the register.
    path("arkiv/", desk.desk, name="desk"),
    path("arkiv/arenden/<int:case_id>/", desk.case, name="case"),
    path("arkiv/arenden/<int:case_id>/titel/", desk.title, name="title"),
    path("arkiv/arenden/<int:case_id>/sekretess/", desk.mark, name="mark"),
    path("arkiv/sekretess/<int:mark_id>/hav/", desk.lift, name="lift"),
    path("arkiv/handlingar/<int:record_id>/diariet/", desk.entry, name="entry"),
    path("arkiv/begaran/", disclosures.requests, name="requests"),
    path("arkiv/begaran/ny/", disclosures.enter, name="enter-request"),
    path("arkiv/begaran/<int:request_id>/", disclosures.one, name="request"),
    path("arkiv/begaran/<int:request_id>/arende/", disclosures.about, name="request-about"),
    path("arkiv/begaran/<int:request_id>/svara/", disclosures.answer, name="request-answer"),
    path("arkiv/begaran/<int:request_id>/beslut.pdf", disclosures.decision, name="request-decision"),
    path("arkiv/arenden/<int:case_id>/kopia/", disclosures.copy, name="copy"),
    path("arkiv/kopior/<int:copy_id>/", disclosures.masked_copy, name="masked-copy"),
    path("arkiv/kopior/<int:copy_id>/kopia.pdf", disclosures.copy_file, name="copy-file"),
    path("arkiv/arenden/<int:case_id>/avsluta/", retention.close, name="close"),
    path("arkiv/arenden/<int:case_id>/undanta/", retention.hold, name="hold"),
    path("arkiv/undantag/<int:hold_id>/hav/", retention.lift_hold, name="lift-hold"),
    path("arkiv/gallring/", retention.plan, name="retention"),
    path("arkiv/gallring/regler/", retention.rules, name="rules"),
    path("arkiv/gallring/regler/ny/", retention.new_rule, name="new-rule"),
    path("arkiv/gallring/regler/<int:rule_id>/", retention.rule, name="rule"),
    path("arkiv/arenden/<int:case_id>/paket/", packages.order_package, name="order-package"),
    path("arkiv/paket/<int:package_id>/", packages.package_file, name="package-file"),
    path("arkiv/hinder/", obstacles.reports, name="obstacles"),
    path("arkiv/hinder/<int:report_id>/", obstacles.answer, name="obstacle"),
]
