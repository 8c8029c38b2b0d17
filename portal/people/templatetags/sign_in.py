"""What the sign-in pages ask of the settings."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def association_passwords() -> bool:
    """Whether people of associations may sign in with e-mail address and password."""
    return bool(settings.ASSOCIATION_PASSWORDS)
