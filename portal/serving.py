"""gunicorn's own settings: its lines take the same way as all others. `--config python:portal.serving`."""

from portal.settings import LOGGING

logconfig_dict = LOGGING | {
    "loggers": LOGGING["loggers"] | {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}}
}
