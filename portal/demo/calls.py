"""The demo's calls with their forms, and whom associations talk to about them."""

from __future__ import annotations

from datetime import date, time, timedelta

from grants.associations.shipped_papers import ask_for_papers
from grants.calls.standard_form import add_standard_form
from grants.calls.standard_rows import add_standard_rows
from grants.models import Call, Contact, GrantType, LateRule
from grants.models.programmes import local_moment
from portal.demo.people import DOMAIN
from portal.registry.models import Authority


def make_round(authority: Authority, window: int) -> Call:
    """A round with the window 1 April–31 May, the year before its first grant year."""
    call = Call.objects.create(
        authority=authority,
        grant_type=GrantType.VERKSAMHETSBIDRAG,
        title=f"Verksamhetsbidrag {window + 1}",
        title_en=f"Operating grant {window + 1}",
        intro=(
            "För er som har en verksamhet som kompletterar eller är ett alternativ till stadens eget sociala "
            "arbete. Ni kan söka för ett, två eller tre år."
        ),
        intro_en=(
            "For you who have an activity that complements, or is an alternative to, the city's own social "
            "work. You can apply for one, two or three years."
        ),
        first_year=window + 1,
        max_years=3,
        opens_at=local_moment(date(window, 4, 1), time(8)),
        closes_at=local_moment(date(window, 6, 1)),
        decision_expected=f"i december {window}",
        decision_expected_en=f"in December {window}",
        published=True,
    )
    add_standard_form(call)
    ask_for_papers(call)
    add_standard_rows(call)
    return call


def make_development_call(authority: Authority, window: int) -> Call:
    """The grant that can be applied for all year."""
    call = Call.objects.create(
        authority=authority,
        grant_type=GrantType.UTVECKLINGSBIDRAG,
        title="Utvecklingsbidrag",
        title_en="Development grant",
        intro=(
            "För er som startar något nytt, utvecklar det ni har eller vill pröva en idé under en begränsad "
            "tid. Ni kan söka när som helst under året."
        ),
        intro_en=(
            "For you who start something new, develop what you have, or want to try an idea for a limited "
            "time. You can apply at any time of the year."
        ),
        first_year=window + 1,
        max_years=1,
        opens_at=local_moment(date(window, 1, 1)),
        closes_at=None,
        decision_expected="vid nämndens nästa sammanträde, oftast inom två månader",
        decision_expected_en="at the committee's next meeting, mostly within two months",
        published=True,
    )
    add_standard_form(call)
    ask_for_papers(call)
    add_standard_rows(call)
    return call


def make_closed_call(authority: Authority, first_year: int, last_day: date) -> Call:
    """A call for one purpose, open for two months; a human judges what comes late."""
    call = Call.objects.create(
        authority=authority,
        grant_type=GrantType.UTVECKLINGSBIDRAG,
        title=f"Utvecklingsbidrag för anhörigstöd {first_year}",
        title_en=f"Development grant for relatives {first_year}",
        intro=(
            "För er som vill pröva ett nytt sätt att stödja anhöriga och andra närstående. Ni kan söka för "
            "ett år."
        ),
        intro_en=(
            "For you who want to try a new way of supporting relatives and others close to someone. You can "
            "apply for one year."
        ),
        first_year=first_year,
        max_years=1,
        opens_at=local_moment(last_day - timedelta(days=60), time(8)),
        closes_at=local_moment(last_day + timedelta(days=1)),
        decision_expected="vid nämndens nästa sammanträde",
        decision_expected_en="at the committee's next meeting",
        late_rule=LateRule.JUDGED,
        published=True,
    )
    add_standard_form(call)
    ask_for_papers(call)
    add_standard_rows(call)
    return call


def write_whom_to_talk_to(authority: Authority) -> None:
    """Whom associations talk to, by target group: roles only."""
    about = [
        ("Barn, unga och familjer", "Children, young people and families", "unga", "för barn och unga"),
        ("Beroende, våld och psykisk ohälsa", "Addiction, violence, mental ill-health", "stod", "för vuxna"),
        ("Nya idéer och partnerskap", "New ideas and partnerships", "samverkan", "för föreningssamverkan"),
    ]
    authority.contacts.all().delete()
    Contact.objects.bulk_create(
        Contact(
            authority=authority,
            position=position,
            about_sv=swedish,
            about_en=english,
            role_sv=f"Utvecklingsledare {role}",
            role_en="Development officer",
            email=f"{account}@{DOMAIN}",
        )
        for position, (swedish, english, account, role) in enumerate(about, start=1)
    )
