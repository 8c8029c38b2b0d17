"""Addresses of partnerships: the test of suitability, the shared agreement, decision and signing."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
