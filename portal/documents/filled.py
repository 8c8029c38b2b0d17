"""Documents known by the facts that fill their template, so that HTML is made only for what is new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import django
from django.template.loader import render_to_string
from django.utils import translation

from portal.documents.design import fingerprint
from portal.documents.work import Source

ROOT = Path(__file__).resolve().parents[2]
#: What turns facts into HTML: the documents' templates, and the filters that they use.
MAKERS = (ROOT / "templates" / "pdf", ROOT / "portal" / "documents" / "templatetags")


class Filled(Source):
    """A Swedish document: a template, and all that it shows as plain values (text, numbers, lists, dicts).

    The same template, filters and facts give the same HTML, so its content hash is theirs. Anything but
    plain values raises TypeError when it is ordered: what is shown cannot be anything but what was hashed.
    """

    def __init__(
        self, kind: str, title: str, template: str, facts: Mapping[str, Any], *, numbered: bool = True
    ) -> None:
        values = {"kind": kind, "title": title, "template": template, "facts": facts, "numbered": numbered}
        self.__dict__.update(values)

    template: str
    facts: Mapping[str, Any]

    @cached_property
    def html(self) -> str:
        with translation.override("sv"):
            return render_to_string(self.template, dict(self.facts))

    @property
    def content_hash(self) -> str:
        facts = json.dumps(self.facts, sort_keys=True, ensure_ascii=False)
        parts = (fingerprint(), makers(), self.kind, self.title, str(self.numbered), self.template, facts)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def makers() -> str:
    """Changes with every template and filter of documents, and with Django's own."""
    digest = hashlib.sha256(django.__version__.encode())
    for file in sorted(file for folder in MAKERS for file in folder.iterdir() if file.is_file()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
