"""What must stand beside the form before an application can be sent: conditions and guarantor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from grants.associations import guarantees
from grants.associations.conditions import confirmation_for, statement_for
from grants.models import Application


@dataclass(frozen=True)
class Requirement:
    """One thing the association sees to outside the form; `state` says in words how far it has come."""

    title: str
    url: str
    is_done: bool
    state: str


def requirements(application: Application) -> list[Requirement]:
    """What the application needs besides its form, in the order to do it."""
    found = []
    if (statement := statement_for(application.call)) is not None:
        is_done = confirmation_for(application) is not None
        found.append(
            Requirement(
                _("The city's democracy conditions"),
                f"{reverse('grants:statement', args=[application.association_id, statement.pk])}"
                f"?ansokan={application.pk}",
                is_done,
                _("Confirmed") if is_done else _("Not confirmed"),
            )
        )
    if application.association.is_temporary_group:
        guarantee = guarantees.current(application)
        is_done = guarantees.holds(guarantee, application)
        found.append(
            Requirement(
                _("An association that stands behind you"),
                reverse("grants:guarantor", args=[application.pk]),
                is_done,
                _state_of(guarantee, is_done=is_done),
            )
        )
    return found


def _state_of(guarantee: Any, *, is_done: bool) -> str:
    if is_done:
        return _("Accepted")
    if guarantee is None:
        return _("Not asked")
    return _("Must accept the new sum") if guarantee.accepted_at else _("Waiting for an answer")


def missing_requirements(application: Application) -> list[Requirement]:
    """What keeps the application from being sent."""
    return [requirement for requirement in requirements(application) if not requirement.is_done]


def in_record(application: Application) -> dict[str, Any]:
    """What the record keeps of it: the version confirmed, by whom and when, and the guarantor."""
    confirmation = confirmation_for(application)
    return {
        "conditions": None
        if confirmation is None
        else {
            "version": confirmation.statement.version,
            "valid_from": confirmation.statement.valid_from,
            "confirmed_by": str(confirmation.confirmed_by),
            "confirmed_at": confirmation.confirmed_at,
            "explanation": confirmation.explanation,
        },
        "guarantor": guarantees.in_record(application),
    }
