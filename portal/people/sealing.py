"""Sealing what must be kept but never lie open: personnummer, and the secrets of second factors.

Fernet (AES with a signature) under the keys of `IDENTITY_KEYS`: the first seals, all unseal. To change
the key, put a new one first, run `manage.py reseal`, and then take the old one away.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def _keys() -> MultiFernet:
    if not settings.IDENTITY_KEYS:
        raise ImproperlyConfigured("Set IDENTITY_KEYS: docs/identity.md says how a key is made.")
    return MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises `cryptography.fernet.InvalidToken` when none of the keys fits."""
    return _keys().decrypt(sealed.encode()).decode()


def reseal(sealed: str) -> str:
    """The same under the first key. Raises as `unseal`."""
    return _keys().rotate(sealed.encode()).decode()
