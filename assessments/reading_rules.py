"""By which rule an application gets a second reading, and the draw that an auditor can repeat.

The rule is the call's. It is locked when the first assessment of the call begins: the causes are computed
there, and all who apply in a round are to meet the same rule (regeringsformen 1:9). Until then nobody is
shown the seed of the draw, so that nobody can choose a percentage to draw or spare somebody.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Assessment, ReadingCause, ReadingRule
from assessments.models.readings import new_seed
from grants.models import Application, Call
from grants.states import State

#: What a new call's rule holds: whole kronor a year.
STANDARD_LIMIT = 500_000
#: So many hexadecimal digits of the checksum make the drawn number.
DIGITS = 8


class RuleLocked(Exception):
    """The rule can no longer be changed; the message says why."""


class RuleChanged(Exception):
    """A colleague changed the rule since it was read; `rule` is as they left it, and nothing was written."""

    def __init__(self, rule: ReadingRule) -> None:
        super().__init__(f"reading rule {rule.pk} was changed")
        self.rule = rule


def install(call: Call) -> None:
    """Give a call the standard rule; doing so again changes nothing."""
    ReadingRule.objects.get_or_create(call=call, defaults={"amount_limit": STANDARD_LIMIT})


def install_for_new(sender: type[Call], instance: Call, created: bool, raw: bool, **kwargs: Any) -> None:
    """Signal: a new call gets its rule."""
    if created and not raw:
        install(instance)


def with_new_seed(values: dict[str, Any], years: int) -> dict[str, Any]:
    """For a call that is copied: the same rule, and a draw of its own."""
    return values | {"seed": new_seed()}


def is_locked(call: Call) -> bool:
    """Whether somebody has begun to assess an application of the call."""
    return Assessment.objects.filter(application__call=call).exists()


def change(call: Call, values: dict[str, Any], seen: str) -> ReadingRule:
    """Change the rule; `seen` is its fingerprint as the officer read it.

    Raises RuleLocked when an assessment has begun, and RuleChanged when it is another rule now.
    """
    with transaction.atomic():
        rule = ReadingRule.objects.select_for_update().get(call=call)
        if is_locked(call):
            raise RuleLocked(
                _(
                    "An assessment has begun in this call, so the rule stands as it is: all who apply meet "
                    "the same rule. Ask for a second reading by hand on the case's page."
                )
            )
        if fingerprint(rule) != seen:
            raise RuleChanged(rule)
        for name, value in values.items():
            setattr(rule, name, value)
        rule.save(update_fields=list(values))
    return rule


def fingerprint(rule: ReadingRule) -> str:
    """The rule's parts as one text, to tell whether it was changed."""
    return f"{rule.amount_limit} {rule.first_time} {rule.sample_percent}"


def causes_of(application: Application) -> list[ReadingCause]:
    """Why the application gets a second reading by its call's rule; nothing when it gets none.

    Holds the rule's row until the caller's transaction ends, so that it is not changed in between.
    """
    install(application.call)
    rule = ReadingRule.objects.select_for_update().get(call=application.call_id)
    found = []
    sought = application.applied.amounts if application.applied else {}
    if rule.amount_limit is not None and max(sought.values(), default=0) > rule.amount_limit:
        found.append(ReadingCause.AMOUNT)
    if rule.first_time and not _has_been_tried_before(application):
        found.append(ReadingCause.FIRST_TIME)
    if is_drawn(rule, application.received_case.registry_number):
        found.append(ReadingCause.SAMPLE)
    return found


def _has_been_tried_before(application: Application) -> bool:
    """Whether this authority has decided on an application of the association, with yes or no."""
    decided = Application.objects.filter(
        association=application.association_id,
        call__authority=application.call.authority_id,
        state=State.DECIDED,
    )
    return decided.exclude(pk=application.pk).exists()


def drawn_number(seed: str, registry_number: str) -> int:
    """The first eight digits of SHA-256 of seed and number: `printf '%s' SEEDNUMBER | sha256sum`."""
    digest = hashlib.sha256(f"{seed}{registry_number}".encode()).hexdigest()
    return int(digest[:DIGITS], 16)


def is_drawn(rule: ReadingRule, registry_number: str) -> bool:
    """Whether the sample holds the case: its number lies below so many percent of all that there are.

    It rests on nothing but the seed and the registry number, so it can be repeated by anyone at any time.
    """
    return drawn_number(rule.seed, registry_number) * 100 < rule.sample_percent * 16**DIGITS
