"""Celery's doorbell for the daily mail of what is stuck."""

from celery import shared_task

from portal.operations import stuck


@shared_task
def report_stuck() -> None:
    stuck.report()
