"""What stands in a record, line by line: its frozen content with a label each, or its document's text.

A record's content is plain values under stable keys. What those keys are called in words, and how a content
is best read, the room that registered it knows: it registers labels and, where needed, a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from django.db import models
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from portal.documents.templatetags.swedish_text import swedish_moment
from portal.people.sign_in_method import SignInMethod
from portal.registry.models import Record


class Part(models.TextChoices):
    """Details that are often protected (skyddad uppgift)."""

    NAME = "name", _("Name of a person")
    ADDRESS = "address", _("Address")
    PHONE = "phone", _("Telephone")
    EMAIL = "email", _("E-mail address")
    ACCOUNT = "account", _("Account number")
    PERSONAL_NUMBER = "personal_number", _("Personal identity number")


@dataclass(frozen=True)
class Line:
    """One value of a content. `key` is its path, such as "association.street"."""

    key: str
    label: str
    text: str
    part: Part | None = None


#: The last key of a path → what it holds. A `name` below `_PEOPLE` is a person's.
_PARTS = {
    "street": Part.ADDRESS,
    "postcode": Part.ADDRESS,
    "city": Part.ADDRESS,
    "visiting_address": Part.ADDRESS,
    "address": Part.ADDRESS,
    "phone": Part.PHONE,
    "telephone": Part.PHONE,
    "email": Part.EMAIL,
    "bankgiro": Part.ACCOUNT,
    "plusgiro": Part.ACCOUNT,
    "account": Part.ACCOUNT,
    "account_number": Part.ACCOUNT,
    "confirmed_by": Part.NAME,
    "accepted_by": Part.NAME,
    "signed_by": Part.NAME,
    "written_by": Part.NAME,
    "contact_person": Part.NAME,
}
#: As JSON keeps a moment.
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_PEOPLE = frozenset({"signatures", "office_holders", "people", "signatories", "members", "contacts"})

#: Of use to programs alone.
_TECHNICAL = frozenset({"id", "sha256", "content_sha256", "fingerprint", "name_en"})

#: The last key of a path whose value is one of these: its word is read.
_CHOICES: dict[str, type[models.TextChoices]] = {"sign_in_method": SignInMethod}

_labels: dict[str, str] = {"sign_in_method": "Inloggning"}
_readers: dict[str, Callable[[Any], Any]] = {}


def register_labels(labels: Mapping[str, str]) -> None:
    """Say in Swedish what keys are called in copies of records."""
    _labels.update(labels)


def register_reader(kind: str, reader: Callable[[Any], Any]) -> None:
    """`reader(content)` gives the content as it is best read: answers under their questions, for example."""
    _readers[kind] = reader


def lines(record: Record) -> list[Line]:
    """The values of a record's content in order; none when it has only a document or files."""
    if record.content is None:
        return []
    reader = _readers.get(record.kind)
    return list(_walk(reader(record.content) if reader else record.content, (), ()))


def _walk(value: Any, path: tuple[str, ...], labels: tuple[str, ...]) -> Iterator[Line]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _TECHNICAL:
                continue
            yield from _walk(inner, (*path, str(key)), (*labels, _label(str(key))))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _walk(
                inner, (*path, str(number)), (*labels, str(number)) if len(value) > 1 else labels
            )
    elif value not in (None, ""):
        yield Line(".".join(path), ", ".join(labels), _text(path[-1], value), _part(path))


def _label(key: str) -> str:
    return _labels.get(key, key.replace("_", " ").capitalize() if key.islower() else key)


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    text = str(value)
    if (choices := _CHOICES.get(key)) and text in choices.values:
        with translation.override("sv"):
            return str(choices(text).label)
    if _MOMENT.fullmatch(text) and (moment := parse_datetime(text)):
        return swedish_moment(moment)
    return text


def _part(path: tuple[str, ...]) -> Part | None:
    last = path[-1]
    if last == "name":
        return Part.NAME if _PEOPLE.intersection(path) else None
    return _PARTS.get(last)


def document_body(html: str) -> ElementTree.Element | None:
    """The text of a document's `<main>`, with its headings two levels down and nothing that is addressed.

    The page is one that Samspel made and froze; what it looks like comes from the style sheet.
    """
    import tinyhtml5

    page = tinyhtml5.parse(html, namespace_html_elements=False)
    main = page.find(".//main")
    if main is None:
        return None
    main.tag = "div"
    # Pictures draw what stands in a table beside them, and their words would not be looked through.
    for parent in list(main.iter()):
        for child in list(parent):
            if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in {"svg", "img"}:
                parent.remove(child)
    for element in main.iter():
        if not isinstance(element.tag, str):
            continue
        if heading := re.fullmatch(r"h([1-6])", element.tag):
            element.tag = f"h{min(int(heading[1]) + 2, 6)}"
        if element.tag == "a":
            element.tag = "span"
        for name in ("id", "href", "style"):
            element.attrib.pop(name, None)
    return main


def document_text(html: str) -> str:
    """The words of a document's text, for looking through them."""
    body = document_body(html)
    return "" if body is None else " ".join("".join(f"{text} " for text in body.itertext()).split())
