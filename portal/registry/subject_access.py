"""The extract of all that is stored about one person (registerutdrag), made by a worker as a zip.

GDPR article 15: a person asks for their own; registrar and data protection officer make one for somebody who
asks in another way. The file goes by itself after thirty days.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal.documents.forgetting import forget_unused
from portal.documents.templatetags.swedish_text import swedish_moment
from portal.documents.work import ring
from portal.people.models import User
from portal.registry import made_files, personal
from portal.registry.models import PackageState, SubjectExport

#: How long an extract can be fetched.
LASTS = timedelta(days=30)


def order(person: User, by: Any) -> SubjectExport:
    """Order an extract; one that is being made already is the answer to a second press."""
    from portal.registry.tasks import make_subject_export

    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        waiting = SubjectExport.objects.filter(person=person, ordered_by=by, state=PackageState.ORDERED)
        if (found := waiting.first()) is not None:
            return found
        export = SubjectExport.objects.create(person=person, ordered_by=by)
        ring(make_subject_export, export.pk)
    return export


def make(export_id: int) -> None:
    """Make the extract if it is due; doing so twice changes nothing."""
    made_files.make(SubjectExport.objects.take(export_id), _zip, "application/zip")


def _zip(export: SubjectExport) -> BinaryIO:
    from portal.documents.rendering import render_pdf

    with translation.override("sv"):
        is_own = export.person_id == export.ordered_by_id
        told = personal.about(export.person, for_themselves=is_own)
        html = render_to_string(
            "pdf/registerutdrag.html",
            {
                "kind": "Registerutdrag",
                "date": swedish_moment(timezone.localtime(export.ordered_at)),
                "heading": "Uppgifter om dig i Samspel",
                "person": export.person,
                "told": told,
                "is_own": is_own,
            },
        )
    content = {
        "person": {"namn": export.person.display_name, "e-post": export.person.email},
        "framställt": export.ordered_at.isoformat(),
        "uppgifter": [{"rubrik": one.heading, "rader": [dict(row) for row in one.rows]} for one in told],
    }
    files = {
        "registerutdrag.pdf": render_pdf(html, title="Registerutdrag"),
        "registerutdrag.json": json.dumps(content, ensure_ascii=False, indent=2).encode(),
    }
    made = tempfile.TemporaryFile(suffix=".zip")  # noqa: SIM115  # the caller closes it
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return made


def forget_old(now: datetime | None = None) -> int:
    """Take away extracts that are past their time; says how many."""
    old = list(SubjectExport.objects.filter(ordered_at__lt=(now or timezone.now()) - LASTS))
    with transaction.atomic():
        SubjectExport.objects.filter(pk__in=[export.pk for export in old]).delete()
        transaction.on_commit(partial(forget_unused, [export.file_id for export in old], []), robust=True)
    return len(old)
