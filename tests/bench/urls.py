"""Samspel's addresses and the floor: the least that a Django page with one query can do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.registry.models import Authority
from portal.urls import urlpatterns as samspel


def floor(request: HttpRequest, pk: int) -> HttpResponse:
    """A bare view: one query by primary key, no session, no template."""
    return HttpResponse(Authority.objects.get(pk=pk).name)


urlpatterns = [*samspel, path("floor/<int:pk>/", floor)]
