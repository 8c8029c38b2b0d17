"""The city's democracy conditions: shipping a version, and an association's confirmation of it.

The nine conditions are those that kommunfullmäktige adopted on 26 November 2019, in force from 2020, in
plain words of our own. The association answers by confirming; nothing is checked by itself.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.associations.members import NotPossible
from grants.models import (
    Application,
    Association,
    Call,
    ConditionsStatement,
    Membership,
    StatementConfirmation,
)
from portal.registry.models import Authority

#: (key, title and text in Swedish, title and text in English)
CONDITIONS = [
    (
        "open_membership",
        "Öppet medlemskap",
        "Alla som delar föreningens syfte kan bli medlemmar. Stadgarna säger vem som kan bli medlem och hur.",
        "Open membership",
        "Everyone who shares the association's purpose can join. The statutes say who can join and how.",
    ),
    (
        "no_discrimination",
        "Alla är välkomna på lika villkor",
        "Föreningen inkluderar, motverkar diskriminering och följer diskrimineringslagen och FN:s "
        "konvention om rättigheter för personer med funktionsnedsättning.",
        "Everyone is welcome on equal terms",
        "The association includes people, counteracts discrimination and follows the Discrimination Act and "
        "the UN Convention on the Rights of Persons with Disabilities.",
    ),
    (
        "human_rights",
        "Mänskliga rättigheter",
        "Föreningens verksamhet följer FN:s förklaring om de mänskliga rättigheterna.",
        "Human rights",
        "What the association does follows the UN Declaration of Human Rights.",
    ),
    (
        "democracy",
        "Demokrati",
        "Föreningen ökar förståelsen för vad det innebär att leva och styra i en demokrati.",
        "Democracy",
        "The association furthers understanding of what it means to live in and govern a democracy.",
    ),
    (
        "rights_of_the_child",
        "Barnets rättigheter",
        "Föreningen respekterar barnets rättigheter enligt barnkonventionen i allt som rör barn.",
        "The rights of the child",
        "The association respects the rights of the child under the UN Convention in all that concerns "
        "children.",
    ),
    (
        "free_from_alcohol",
        "Fritt från alkohol, tobak och spel om pengar",
        "Verksamhet för barn och unga är fri från alkohol, tobak och spel om pengar.",
        "No alcohol, tobacco or gambling for money",
        "Activity for children and young people is free from alcohol, tobacco and gambling for money.",
    ),
    (
        "law",
        "Inget mot svensk lag",
        "Ingenting i stadgarna eller verksamheten strider mot svensk lag.",
        "Nothing against Swedish law",
        "Nothing in the statutes or the activity is against Swedish law.",
    ),
    (
        "no_tax_debt",
        "Inga förfallna skatteskulder",
        "Föreningen har inga förfallna skulder hos Skatteverket eller Kronofogden. En mindre skuld, till "
        "exempel för fordonsskatt, kan godtas: förklara den nedan.",
        "No overdue tax debt",
        "The association has no overdue debt at the Tax Agency or the Enforcement Authority. A small one, "
        "for example vehicle tax, may be accepted: explain it below.",
    ),
    (
        "no_insolvency",
        "Inte i konkurs",
        "Föreningen är inte i konkurs, på obestånd eller i likvidation.",
        "Not bankrupt",
        "The association is not bankrupt, insolvent or in liquidation.",
    ),
]


def install_conditions(authority: Authority, valid_from: date) -> ConditionsStatement:
    """Ship the conditions as version 1, in force from a day; doing so again changes nothing."""
    statement, _created = ConditionsStatement.objects.get_or_create(
        authority=authority,
        version=1,
        defaults={
            "valid_from": valid_from,
            "conditions": [
                {"key": key, "title_sv": title_sv, "text_sv": text_sv, "title_en": title_en,
                 "text_en": text_en}
                for key, title_sv, text_sv, title_en, text_en in CONDITIONS
            ],
        },
    )  # fmt: skip
    return statement


def statement_for(call: Call) -> ConditionsStatement | None:
    """The version in force when the call opened: rules that come later do not count for it."""
    return ConditionsStatement.objects.in_force(call.authority, timezone.localdate(call.opens_at))


def confirmation_for(application: Application) -> StatementConfirmation | None:
    """The association's confirmation of the version that counts for the application's call."""
    statement = statement_for(application.call)
    if statement is None:
        return None
    return (
        application.association.statement_confirmations.filter(statement=statement)
        .select_related("statement", "confirmed_by")
        .first()
    )


def may_confirm(association: Association, user: Any) -> bool:
    """Those who bind the association or manage it."""
    return (
        association.memberships.current()
        .held_by(user)
        .filter(role__in=[Membership.Role.MANAGER, Membership.Role.SIGNATORY])
        .exists()
    )


def confirm(
    association: Association, statement: ConditionsStatement, by: Any, explanation: str
) -> StatementConfirmation:
    """Confirm that the association follows a version; the first confirmation stands. Raises NotPossible."""
    with transaction.atomic():
        association = Association.objects.select_for_update().get(pk=association.pk)
        if not may_confirm(association, by):
            raise NotPossible(_("A manager or a signatory of the association confirms the conditions."))
        confirmation, _created = StatementConfirmation.objects.get_or_create(
            association=association,
            statement=statement,
            defaults={"confirmed_by": by, "explanation": explanation},
        )
    return confirmation
