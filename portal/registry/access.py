"""What the registry opens in the rooms below: documents and files of the cases a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from portal.registry.models import Record, RecordFile


def documents_on_visible_cases(user: Any) -> Q:
    return Q(pk__in=Record.objects.visible_to(user).exclude(document=None).values("document"))


def files_on_visible_cases(user: Any) -> Q:
    records = Record.objects.visible_to(user)
    return Q(pk__in=RecordFile.objects.filter(record__in=records).values("stored_file")) | Q(
        pk__in=records.exclude(document__file=None).values("document__file")
    )
