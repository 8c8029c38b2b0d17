from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "portal.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from allauth.account import signals as account
        from allauth.mfa import signals as mfa
        from allauth.socialaccount import signals as identities
        from django.contrib.auth.signals import user_logged_in, user_login_failed

        from portal.people import checks, navigation, page_names, pages, trail  # noqa: F401  # checks register themselves
        from portal.people.personal_numbers import keep_of_sign_in
        from portal.people.second_factor import note_first_code
        from portal.people.staff_visit import note_sign_in

        navigation.register(pages.MENU)
        page_names.register("", pages.NAMES)
        user_logged_in.connect(note_sign_in, dispatch_uid="people")
        account.user_logged_in.connect(keep_of_sign_in, dispatch_uid="people")
        identities.social_account_added.connect(keep_of_sign_in, dispatch_uid="people")
        mfa.authenticator_added.connect(note_first_code, dispatch_uid="people")
        user_logged_in.connect(trail.signed_in)
        user_login_failed.connect(trail.sign_in_failed)
