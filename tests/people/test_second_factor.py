"""Staff with a password: nothing of theirs opens before a second factor is set up and used."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.people.models import Role, User
from tests.e2e.words import say
from tests.factories import PASSWORD, UserFactory, staff
from tests.people.identity_provider import Provider
from tests.people.visitor import come_in, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.rule(18)]
#: Seconds for which a code is the same: no test stands on the edge of one.
UNCHANGING = 10**8


@pytest.fixture(autouse=True)
def _demanded(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    settings.MFA_TOTP_PERIOD = UNCHANGING


def code_of(secret: str, *, earlier: int = 0) -> str:
    """The code of now, or of so many periods ago."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // UNCHANGING - earlier)))


def officer(**fields: Any) -> User:
    return staff(Role.CASE_OFFICER, **fields)


def with_factor(user: User) -> str:
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def sign_in(client: Client, user: User) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


STAFF_PAGES = ["home", "assessments:queue", "grants:register", "committee:delegation", "iop:home"]


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_no_page_of_staff_opens_without_a_second_factor(client: Client, page: str) -> None:
    sign_in(client, officer())
    answer = client.get(reverse(page))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_activate_totp"))


def test_nothing_is_saved_in_the_background_without_a_second_factor(client: Client) -> None:
    sign_in(client, officer())
    answer = client.post(reverse("assessments:queue"), headers={"X-Autosave": "1"})
    assert answer.status_code == 401


@pytest.mark.django_db(transaction=True)
def test_setting_one_up_opens_the_pages(client: Client) -> None:
    user = officer()
    sign_in(client, user)
    again = client.get(reverse("mfa_activate_totp"))
    assert again.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert "<svg" in page.text
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert len(codes.context["unused_codes"]) == 10
    assert client.get(reverse("assessments:queue")).status_code == 200
    kept = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in kept


def test_a_wrong_code_sets_nothing_up(client: Client) -> None:
    user = officer()
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret, earlier=1)})
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(reverse("assessments:queue")).status_code == 302


def test_the_password_alone_signs_nobody_in_who_has_one(client: Client) -> None:
    user = officer()
    secret = with_factor(user)
    answer = sign_in(client, user)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert signed_in_as(client) is None
    assert client.get(reverse("assessments:queue")).headers["Location"].startswith(reverse("account_login"))
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert signed_in_as(client) is None
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert signed_in_as(client) == user
    assert client.get(reverse("assessments:queue")).status_code == 200


def test_a_code_counts_once(client: Client) -> None:
    user = officer()
    secret = with_factor(user)
    code = code_of(secret)
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in_as(client) == user
    other = Client()
    sign_in(other, user)
    other.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in_as(other) is None


def test_a_recovery_code_counts_once(client: Client) -> None:
    user = officer()
    with_factor(user)
    code = RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes()[0]
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in_as(client) == user
    other = Client()
    sign_in(other, user)
    other.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in_as(other) is None


def test_a_visit_that_came_past_the_second_factor_ends(client: Client) -> None:
    """One from before it was set up elsewhere, for example."""
    user = officer()
    sign_in(client, user)
    with_factor(user)
    answer = client.get(reverse("assessments:queue"))
    assert answer.headers["Location"] == reverse("account_login")
    assert signed_in_as(client) is None


def test_staff_cannot_take_theirs_away_and_others_can(client: Client) -> None:
    for user, is_kept in ((officer(), True), (UserFactory.create(), False)):
        client = Client()
        secret = with_factor(user)
        sign_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        client.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=user, type="totp").exists() is is_kept


def test_people_of_associations_and_of_the_directory_need_none(client: Client, provider: Provider) -> None:
    sign_in(client, UserFactory.create())
    assert client.get(reverse("grants:applications")).status_code == 200
    provider.person |= {"email": "o@example.org", "email_verified": True, "groups": ["SG-Handläggare"]}
    other = Client()
    come_in(other, "directory")
    assert other.get(reverse("assessments:queue")).status_code == 200


def test_a_role_got_during_a_visit_asks_for_the_second_factor_at_once(client: Client) -> None:
    user = UserFactory.create()
    sign_in(client, user)
    assert client.get(reverse("home")).status_code == 200
    user.role_assignments.create(role=Role.CASE_OFFICER)
    assert client.get(reverse("home")).headers["Location"] == reverse("mfa_activate_totp")


def test_mail_alone_gives_nobody_a_way_to_be_staff(client: Client, mailoutbox: list[Any]) -> None:
    """Else who reads another's mail sets a password, then a second factor, and is staff."""
    has_been_here = timezone.now()
    directory_only = officer(email="katalog@example.org", last_login=has_been_here)
    directory_only.set_unusable_password()
    directory_only.save()
    not_set_up = officer(email="ej-klar@example.org", last_login=has_been_here)
    guarded = officer(email="skyddad@example.org")
    with_factor(guarded)
    new_member = staff(Role.MEMBER, email="ny@example.org")
    who = ((directory_only, False), (not_set_up, False), (guarded, True), (new_member, True))
    for user, gets_link in who:
        client.post(reverse("account_reset_password"), {"email": user.email})
        sent = mailoutbox.pop()
        assert (sent.to, "/konto/password/reset/key/" in sent.body) == ([user.email], gets_link)
    assert mailoutbox == []


def test_staff_who_get_no_link_are_told_how_they_sign_in_and_nobody_else_learns_it(
    client: Client, mailoutbox: list[Any]
) -> None:
    officer(email="katalog@example.org", last_login=timezone.now())
    pages = []
    for address in ("katalog@example.org", "okand@example.org"):
        answer = client.post(reverse("account_reset_password"), {"email": address})
        pages.append((answer.status_code, answer.headers["Location"]))
    to_staff, to_nobody = (sent.body for sent in mailoutbox)
    assert pages[0] == pages[1]
    assert f"http://testserver{reverse('account_login')}\n" in to_staff
    assert reverse("account_signup") not in to_staff
    assert f"http://testserver{reverse('account_signup')}\n" in to_nobody


def test_who_chooses_their_first_password_is_not_told_of_an_old_one(
    client: Client, mailoutbox: list[Any]
) -> None:
    new_member, other = staff(Role.MEMBER), UserFactory.create()
    new_member.set_unusable_password()
    new_member.save()
    for person in (new_member, other):
        client.post(reverse("account_reset_password"), {"email": person.email})
    old_one = say(
        "Have you not asked for a new password? Then you need not do anything: the old one still works."
    )
    assert [old_one in sent.body for sent in mailoutbox] == [False, True]


def test_staff_of_the_directory_give_themselves_no_password(client: Client) -> None:
    user = officer()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert client.get(reverse("account_set_password")).status_code == 404


def test_a_break_glass_account_is_made_and_its_roles_given_and_ended(client: Client, capsys: Any) -> None:
    call_command("staff", "nod@example.org", give=["case_officer"])
    user = User.objects.get(email="nod@example.org")
    assert not user.has_usable_password()
    assert user.roles == {"case_officer"}
    assert EmailAddress.objects.get(user=user).verified
    call_command("staff", "NOD@example.org", end=["case_officer"], give=["registrar"])
    assert User.objects.get(pk=user.pk).roles == {"registrar"}
    assert capsys.readouterr().out.splitlines()[-1] == "nod@example.org holds: registrar"
