"""Where stored files lie, by the address in the settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


def store_at(url: str, env: environ.Env) -> dict[str, Any]:
    """An entry of Django's `STORAGES`: `s3://bucket/folder`, or this machine's disk when `url` is empty."""
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    address = urlsplit(url)
    if address.scheme != "s3" or not address.hostname:
        raise ImproperlyConfigured(f"FILES_URL is {url!r}; it may be empty or s3://bucket/folder.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": address.hostname,
            "location": address.path.strip("/"),
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "access_key": env.str("S3_ACCESS_KEY_ID", default=None),
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", default=None),
            # The name is the hash of the content: whoever writes it again writes the same.
            "file_overwrite": True,
            "default_acl": None,
        },
    }
