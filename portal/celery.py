"""The Celery app: the doorbell for work that already is a row in the database."""

import gc
import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_before_create_process, worker_process_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("samspel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@worker_before_create_process.connect
def share_memory(**kwargs: object) -> None:
    """Keep garbage collection from writing to what the new process shares with this one."""
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def prepare_process(**kwargs: object) -> None:
    """Import the slow rendering libraries once per worker process, not in the first task."""
    import portal.documents.rendering  # noqa: F401


def make_broker_folders(options: dict[str, object]) -> None:
    """Make the folders of the file-based broker, which expects to find them."""
    for key in ("data_folder_in", "data_folder_out", "control_folder"):
        if key in options:
            Path(str(options[key])).mkdir(parents=True, exist_ok=True)


make_broker_folders(dict(app.conf.broker_transport_options or {}))
