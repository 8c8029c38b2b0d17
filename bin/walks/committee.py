"""The pictures of the guides for the secretary, and for chair and members; the letters come last."""

import sys
import time
from collections.abc import Callable, Iterator

from walks.picture import Picture, PrintedPages

#: Until the served demo's workers have made the letters; seconds.
PATIENCE_SECONDS = 300


def pictures() -> Iterator[Picture]:
    """Of meetings and their papers; publishes the demo's pack."""
    from django.urls import reverse

    from portal.committee import pack
    from portal.committee.models import Pack
    from portal.demo.load import MEMBER_CONFLICT

    def seen_by(guide: str, account: str) -> Callable[..., Picture]:
        who = f"{account}@samspel.example.org"
        return lambda name, route, *args, query="": Picture(
            f"{guide}-{name}", who, reverse(f"committee:{route}", args=args) + query
        )

    made = Pack.objects.latest("pk")
    if made.published_at is None:
        pack.publish(made)
    coming, held = made.meeting, made.meeting.committee.meetings.earliest("starts_at")
    collected = coming.agenda.get(matter__lines__title=MEMBER_CONFLICT)
    tabled, minutes = held.agenda.get(decision__outcome="bordlaggning"), held.minutes.get()

    secretary = seen_by("namnd", "sekreterare")
    yield secretary("uppdrag", "seats")
    yield secretary("arbetsbord", "desk", coming.pk)
    yield secretary("pa-sammantradet", "room", coming.pk)
    yield secretary("upprop", "attendance", held.pk)
    yield secretary("punkt", "item", tabled.pk)
    yield secretary("beslut", "record", collected.pk)
    yield secretary("protokoll", "minutes", minutes.pk)
    yield secretary("anslag", "minutes-notice", minutes.pk)
    yield secretary("delegationsordning", "delegation-order")
    member = seen_by("fortroendevald", "ledamot")
    yield member("sammantraden", "meetings")
    yield member("dagordning", "meeting", coming.pk)
    yield member("arende", "matter", coming.pk, collected.matter_id)
    yield member("sok", "search", coming.pk, query="?q=ungdomar")
    yield member("jav", "conflict", coming.pk, collected.matter_id)
    yield member("protokoll", "minutes", minutes.pk)
    yield seen_by("fortroendevald", "ordforande")("forslag", "chair-matter", collected.matter_id)


def pictures_of_letters() -> Iterator[Picture]:
    """The letters of the coming meeting, which is held here first; the served demo's workers make them."""
    from django.urls import reverse

    from portal.committee import letter_making, minutes
    from portal.committee.models import Letter, LetterState, Meeting, Outcome
    from portal.demo import load, sitting
    from portal.demo.people import DOMAIN
    from portal.people.models import User

    meeting = load.meeting_of_the_round()
    staff = {user.email.partition("@")[0]: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    if not meeting.minutes.exists():
        sitting.hold(meeting)
        for item in meeting.agenda.order_by("position"):
            minutes.record_decision(item, Outcome.GRANTED, staff["sekreterare"])
        sitting.approve(Meeting.objects.get(pk=meeting.pk), staff)
    letter_making.order_letters(meeting, staff["sekreterare"])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Letter.objects.of_meeting(meeting).exclude(state=LetterState.READY).exists():
        if time.monotonic() > deadline:
            sys.exit("The letters are not made: is a worker running beside the served demo?")
        time.sleep(2)
    partly = Letter.objects.of_meeting(meeting).filter(outcome="delvis_bifall").earliest("pk")
    secretary = staff["sekreterare"].email
    yield Picture("namnd-breven", secretary, f"{reverse('committee:letters')}?meeting={meeting.pk}")
    yield Picture("namnd-brev", secretary, reverse("committee:letter", args=[partly.pk]))


def printed_pages() -> Iterator[PrintedPages]:
    """The documents that the secretary's guide shows."""
    from portal.committee.models import Decision, Pack
    from portal.documents.models import Document

    def newest(kind: str) -> bytes:
        document = Document.objects.filter(kind=kind, file__isnull=False).latest("pk")
        assert document.file is not None
        return document.file.read()

    made, extract = Pack.objects.latest("pk"), Decision.objects.latest("pk").extract
    assert made.file is not None
    assert extract is not None
    assert extract.file is not None
    yield PrintedPages("namnd-pdf-innehall", made.file.read(), (1,))
    yield PrintedPages("namnd-pdf-tjansteskrivelse", newest("tjansteskrivelse"), (1,))
    yield PrintedPages("namnd-pdf-fordelning", newest("fordelningstabell"), (1,))
    yield PrintedPages("namnd-pdf-utdrag", extract.file.read(), (1,))
