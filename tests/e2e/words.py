"""What the pages say: the texts under test, in the language that people meet first."""

from __future__ import annotations

from typing import Any

from django.utils import translation


def say(text: str, **values: Any) -> str:
    """The Swedish of a text of templates or code; plain spaces, as a person reads them."""
    with translation.override("sv"):
        said = translation.gettext(text)
    return (said % values if values else said).replace("\u00a0", " ")


def say_many(one: str, many: str, count: int) -> str:
    """The Swedish of a text that counts."""
    with translation.override("sv"):
        said = translation.ngettext(one, many, count)
    return (said % {"count": count}).replace("\u00a0", " ")
