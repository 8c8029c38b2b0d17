"""Archive packages of closed cases: ordered as rows, made by a worker, read back before they are ready."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from portal.documents.work import ring
from portal.registry import made_files, sip, sip_reading
from portal.registry.models import ArchivePackage, Case, Event, PackageState


class CannotArchive(Exception):
    """The case cannot be packed; the text tells why."""


def order(case: Case, by: Any) -> ArchivePackage:
    """Order a package of a closed case; one that is being made already is the answer to a second press."""
    from portal.registry.tasks import make_archive_package

    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.closed_at is None:
            raise CannotArchive(_("Close the case first. Only closed cases are archived."))
        waiting = ArchivePackage.objects.filter(case=locked, state=PackageState.ORDERED).first()
        if waiting is not None:
            return waiting
        package = ArchivePackage.objects.create(case=locked, ordered_by=by)
        locked.log(Event.Kind.ARCHIVED, by=by, detail=str(package.identifier))
        ring(make_archive_package, package.pk)
    return package


def make(package_id: int) -> None:
    """Make the package if it is due; doing so twice changes nothing."""
    made_files.make(ArchivePackage.objects.take(package_id), _tar, "application/x-tar")


def _tar(package: ArchivePackage) -> BinaryIO:
    """Write the package, read it back, and give it as an open file."""
    made = tempfile.TemporaryFile(suffix=".tar")  # noqa: SIM115  # the caller closes it
    with tempfile.TemporaryDirectory() as folder:
        root = write_to(package.case, Path(folder), package)
        sip.pack(root, made, package.ordered_at)
    sip_reading.check_tar(made)
    return made


def write_to(case: Case, folder: Path, package: ArchivePackage) -> Path:
    """Write the package's folder below `folder`, read it back, and say where it lies."""
    root = sip.write(case, folder, str(package.identifier), package.ordered_at)
    sip_reading.check(root)
    return root
