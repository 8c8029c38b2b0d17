"""Addresses of partnerships, all under `partnerskap/`."""

from __future__ import annotations

from iop import agreement_urls, dialogue_urls, running_urls

app_name = "iop"
urlpatterns = [*dialogue_urls.urlpatterns, *agreement_urls.urlpatterns, *running_urls.urlpatterns]
