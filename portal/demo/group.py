"""The demo's temporary group: it has no number, and has asked an association to stand behind it."""

from __future__ import annotations

from grants.associations import guarantees
from grants.associations.conditions import confirm, statement_for
from grants.associations.members import Role, Standing, give
from grants.models import Application, Association, Call, FactsConfirmation, LegalForm, Terms, TermsStage
from portal.demo.people import create_person

NAME = "Grannar på Söder"


def begin_as_a_group(call: Call, guarantor: Association) -> Application:
    """Register the group, begin its application in the call, and ask the guarantor."""
    group = Association.objects.create(
        name=NAME,
        legal_form=LegalForm.TILLFALLIG_GRUPP,
        about="Grannar som vill göra gården till en plats där ungdomar och äldre möts i sommar.",
        email="hej@grannar.example.org",
        street="Gasverksgatan 11",
        postcode="252 25",
        city="Helsingborg",
    )
    person = create_person("kontakt@grannar.example.org", "Gruppens kontaktperson")
    give(group, person, Standing(frozenset({Role.MANAGER, Role.SIGNATORY})), person)
    FactsConfirmation.objects.create(association=group, confirmed_by=person)
    if (statement := statement_for(call)) is not None:
        confirm(group, statement, person, "")
    draft = Application.objects.create(
        call=call, association=group, title="Öppen gård i sommar", child_share=60, created_by=person
    )
    terms = Terms.objects.create(application=draft, stage=TermsStage.APPLIED, grant_type=call.grant_type)
    terms.set_amounts({call.first_year: 45_000})
    if guarantor.organisation_number:
        guarantees.ask(draft.pk, guarantor.organisation_number, person)
    return draft
