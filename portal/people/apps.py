from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "portal.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from django.contrib.auth import signals

        from portal.people import trail

        signals.user_logged_in.connect(trail.signed_in)
        signals.user_login_failed.connect(trail.sign_in_failed)
