"""Celery's doorbells for the registry."""

from celery import shared_task

from portal.registry import archiving, made_files, retention, subject_access
from portal.registry.models import ArchivePackage, SubjectExport


@shared_task
def destroy_record(destruction_id: int) -> None:
    retention.destroy(destruction_id)


@shared_task
def make_archive_package(package_id: int) -> None:
    archiving.make(package_id)


@shared_task
def make_subject_export(export_id: int) -> None:
    subject_access.make(export_id)


@shared_task
def sweep() -> None:
    """Ring for what nobody heard; running it twice does nothing twice."""
    retention.sweep()
    made_files.sweep(ArchivePackage, make_archive_package)
    made_files.sweep(SubjectExport, make_subject_export)


@shared_task
def keep_by_rule() -> None:
    """What time does: warnings, drafts that go, old extracts. Nothing of a case goes by itself."""
    retention.run_own()
    subject_access.forget_old()
