"""Samspel's platform: people, documents, registry and committee."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
