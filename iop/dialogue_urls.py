"""Addresses of partnerships: ideas, needs, co-operation and the lists that staff edit."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
