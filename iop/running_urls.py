"""Addresses of partnerships: check-ins, follow-up, addenda and turns of a running agreement."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
