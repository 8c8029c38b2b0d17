"""The WSGI entry point that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# Every page is loaded before the first visitor comes, and garbage collection passes over what stays for good.
get_resolver().url_patterns  # noqa: B018  # a cached property that imports them
gc.collect()
gc.freeze()
