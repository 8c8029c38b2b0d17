"""What the register says of applications: who is on the other side, and how their records are read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from grants.models import Application
from portal.registry import contents, parties
from portal.registry.models import Record
from portal.registry.parties import Direction

LABELS = {
    "association": "Förening",
    "name": "Namn",
    "organisation_number": "Organisationsnummer",
    "legal_form": "Form",
    "email": "E-postadress",
    "phone": "Telefon",
    "website": "Webbplats",
    "street": "Postadress",
    "postcode": "Postnummer",
    "city": "Ort",
    "visiting_address": "Besöksadress",
    "protected_address": "Skyddad adress",
    "areas": "Stadsdelar",
    "founded_year": "Bildad år",
    "active_since": "Verksam i staden sedan",
    "registered_year": "Registrerad år",
    "parent_organisation": "Riksorganisation",
    "independence": "Självständighet",
    "signing_rule": "Firmateckning",
    "office_holders": "Uppdrag",
    "office": "Uppdrag",
    "chosen_from": "Från",
    "chosen_until": "Till",
    "figures": "Siffror",
    "call": "Ansökningsomgång",
    "title": "Rubrik",
    "grant_type": "Bidrag",
    "child_share": "Andel barn och unga, procent",
    "amounts": "Sökt belopp",
    "answers": "Svar",
    "budget": "Budget",
    "papers": "Papper",
    "attachments": "Bilagor",
    "conditions": "Villkor",
    "call_conditions": "Omgångens villkor",
    "signatures": "Underskrifter",
    "signed_at": "Undertecknat",
    "on_behalf_of": "För",
    "submitted_at": "Inskickad",
    "confirmed_at": "Bekräftat",
    "confirmed_by": "Bekräftat av",
    "accepted_at": "Godkänt",
    "accepted_by": "Godkänt av",
    "explanation": "Förklaring",
    "version": "Version",
    "guarantor": "Garant",
    "text": "Text",
    "files": "Filer",
    "reason": "Skäl",
    "filename": "Filnamn",
    "year": "År",
    "years": "År",
    "amount": "Belopp",
    "introduction": "Inledning",
    "last_day": "Sista dag",
    "consequence": "Om svar inte kommer",
}


#: The database keeps no order of keys: what is asked for first stands first.
_ORDER = ("association", "call", "grant_type", "title", "amounts", "child_share", "submitted_at")
_READ_OTHERWISE = {"questions": "", "answers": "", "budget": ""}


def as_read(content: dict[str, Any]) -> dict[str, Any]:
    """A frozen application with each answer under its question's own words."""
    questions = {question["key"]: question for question in content.get("questions", [])}
    answers = content.get("answers", {})
    read = {key: content[key] for key in _ORDER if key in content}
    read |= {key: value for key, value in content.items() if key not in read | _READ_OTHERWISE}
    read["answers"] = {
        (questions[key]["label"] if key in questions else key): _in_words(questions.get(key, {}), value)
        for key, value in answers.items()
    }
    read["budget"] = {
        line["label"]: line.get("amounts", {}) for line in content.get("budget", []) if "label" in line
    }
    return read


def _in_words(question: Mapping[str, Any], value: Any) -> Any:
    options = question.get("options") or {}
    columns = question.get("columns") or {}
    if isinstance(value, list):
        return [_in_words(question, one) for one in value]
    if isinstance(value, dict):
        return {columns.get(key, key): one for key, one in value.items()}
    return options.get(value, value) if isinstance(value, str) else value


def names(case_ids: Collection[int]) -> Mapping[int, str]:
    """Case → the association that applied."""
    rows = Application.objects.filter(case__in=case_ids)
    return dict(rows.values_list("case", "association__name"))


def message_direction(record: Record) -> Direction:
    """`grants.received.dialogue` names the record after who wrote it."""
    return Direction.IN if record.title.endswith("från föreningen") else Direction.OUT


def register() -> None:
    parties.register_names(names)
    parties.register_direction(Record.Kind.MESSAGE, message_direction)
    contents.register_labels(LABELS)
    contents.register_reader(Record.Kind.APPLICATION, as_read)
