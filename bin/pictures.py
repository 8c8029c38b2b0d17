"""Take the pictures of the guides in `docs/` anew, from a demo that is being served.

    make run            # in one terminal
    make pictures       # in another
    make reset          # before the pictures are taken again

The last pictures show what comes after the coming meeting, so it is held and its letters are made, and the
running partnership writes an addendum and follows up: the demo is another one afterwards.

Each picture is a page as the person sees it who reads the guide, in Swedish, light, 1000 pixels wide; what is
longer than a screen and a half is cut. Pages of documents are drawn by `pdftoppm` (Debian: poppler-utils).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import django
from playwright.sync_api import Browser, sync_playwright

from console import ROOT, say

if TYPE_CHECKING:
    from iop.models import Agreement, Party
    from portal.people.models import User

FOLDER = ROOT / "docs" / "pictures"
WIDTH, TALLEST = 1000, 1300
#: Until the served demo's workers have made the letters; seconds.
PATIENCE_SECONDS = 300
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")


@dataclass(frozen=True)
class Picture:
    """What to take: a file's name, who looks, and the address of the page."""

    name: str
    who: str
    path: str


def pictures() -> Iterator[Picture]:
    """All pictures, with the demo's own associations and cases."""
    from django.urls import reverse

    from grants.models import Application, Association, Call, CompletionRequest, PaymentAccount

    def of(name: str) -> Association:
        return Association.objects.get(name=name)

    def seen_by(who: str) -> Callable[..., Picture]:
        return lambda name, route, *args: Picture(name, who, reverse(route, args=args))

    shelter, gamblers, social = of("Kvinnojouren Sundet"), of("Fria Spelare"), of("Social Gemenskap Väst")
    draft = Application.objects.drafts().get(association=gamblers)
    sent = Application.objects.sent().filter(association=social).latest("submitted_at")
    development = Call.objects.filter(closes_at=None).earliest("pk")
    planned = Call.objects.filter(closes_at__isnull=False).latest("opens_at")
    asked = CompletionRequest.objects.open().earliest("pk").application
    own = seen_by("ordforande@fria-spelare.example.org")

    anyone = seen_by("")
    yield anyone("forening-hitta-ratt", "grants:triage")
    yield anyone("forening-omgang", "grants:call", development.pk)
    yield own("forening-uppgifter", "grants:association", gamblers.pk)
    yield seen_by("ordforande@kvinnojouren-sundet.example.org")(
        "forening-anvandare", "grants:people", shelter.pk
    )
    yield own("forening-papper", "grants:papers", gamblers.pk)
    yield own("forening-villkor", "grants:statements", gamblers.pk)
    yield own("forening-konto", "grants:account", gamblers.pk)
    yield own("forening-delar", "grants:application", draft.pk)
    yield own("forening-rader", "grants:section", draft.pk, "activities")
    yield own("forening-budget", "grants:section", draft.pk, "economy")
    yield own("forening-bilagor", "grants:section", draft.pk, "papers")
    yield own("forening-kontrollera", "grants:check", draft.pk)
    theirs = seen_by("ordforande@social-gemenskap-vast.example.org")
    yield theirs("forening-kvittens", "grants:receipt", sent.pk)
    yield theirs("forening-vag", "grants:application", sent.pk)
    yield theirs("forening-meddelanden", "grants:messages", sent.pk)
    asked_address = asked.association.website.removeprefix("https://")
    yield seen_by(f"ordforande@{asked_address}")("forening-komplettering", "grants:complete", asked.pk)
    yield own("forening-paminnelser", "grants:reminders")

    officer = seen_by("handlaggare@samspel.example.org")
    case = Application.objects.sent().get(association=of("Ung i Rörelse"))
    account = PaymentAccount.objects.filter(state="entered").earliest("pk")
    yield officer("handlaggare-ko", "assessments:queue")
    yield officer("handlaggare-arende", "assessments:application", case.pk)
    yield officer("handlaggare-formalia", "assessments:checks", case.pk)
    yield officer("handlaggare-titel", "assessments:registry-entry", case.pk)
    asker = seen_by(CompletionRequest.objects.open().earliest("pk").asked_by.email)
    yield asker("handlaggare-komplettering", "grants:ask", sent.pk)
    yield asker("handlaggare-meddelanden", "grants:officer-messages", sent.pk)
    yield officer("handlaggare-pappersansokan", "assessments:paper-entry", development.pk)
    yield officer("handlaggare-register", "grants:register")
    yield officer("handlaggare-forening", "grants:known-association", shelter.pk)
    yield officer("handlaggare-konto", "grants:check-account", account.association_id, account.pk)
    yield officer("handlaggare-omgangar", "grants:calls")
    yield officer("handlaggare-omgang", "grants:call-edit", planned.pk)
    yield officer("handlaggare-fragor", "grants:call-questions", planned.pk)
    yield from pictures_of_assessing()
    yield from pictures_of_the_committee()
    yield from pictures_of_partnerships()


def pictures_of_assessing() -> Iterator[Picture]:
    """The pictures of the guide to assessing and distributing."""
    from django.urls import reverse

    from assessments.models import Assessment, Scenario, Statement
    from grants.models import Application

    def page(name: str, who: str, route: str, *args: object, query: str = "") -> Picture:
        return Picture(f"bedomning-{name}", f"{who}@samspel.example.org", reverse(route, args=args) + query)

    officer, colleague, reader, unit = "handlaggare", "handlaggare2", "medbedomare", "verksamhet"
    youth = Application.objects.sent().get(association__name="Ung i Rörelse")
    opened = Assessment.objects.get(application__state="in_assessment").application
    call = youth.call
    equal = Scenario.objects.get(call=call, method=Scenario.Method.EQUAL)
    waiting = Statement.objects.open().get()
    yield page("nivaer", officer, "assessments:anchors", call.pk)
    yield page("regel", officer, "assessments:reading-rule", call.pk)
    yield page("ramar", officer, "assessments:frames")
    yield page("bord", colleague, "assessments:assess", opened.pk)
    yield page("bada", reader, "assessments:both-views", youth.pk)
    yield page("yttrande", unit, "assessments:statement", waiting.pk)
    yield page("spridning", officer, "assessments:calibration", call.pk)
    yield page("omgang", officer, "assessments:round", call.pk)
    yield page("jamfor", officer, "assessments:compare-scenarios", call.pk, query=f"?right={equal.pk}")
    yield page("versioner", officer, "assessments:assess", youth.pk)


def pictures_of_the_committee() -> Iterator[Picture]:
    """The pictures of the guides for the secretary, and for chair and members; publishes the demo's pack."""
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


def pictures_of_partnerships() -> Iterator[Picture]:
    """The pictures of the guides to partnerships, for associations and for units."""
    from django.urls import reverse

    from grants.models import Association
    from iop.models import Agreement, Cooperation, Idea, Need
    from iop.states import State
    from portal.demo.people import CHAIR

    unit = "verksamhet@samspel.example.org"

    def page(name: str, who: str, route: str, *args: object) -> Picture:
        return Picture(f"partnerskap-{name}", who, reverse(f"iop:{route}", args=args))

    def chair_of(association: Association) -> str:
        return f"{CHAIR.account}@{association.website.removeprefix('https://')}"

    def chair_among(agreement: Agreement) -> str:
        return chair_of(Association.objects.get(pk__in=agreement.parties.values("association")))

    idea = Idea.objects.get(outcome=Idea.Outcome.IOP)
    need = Need.objects.filter(closed_at=None, answers__isnull=False).earliest("pk")
    written = Agreement.objects.filter(state=State.WRITING, contributions__isnull=False).earliest("pk")
    running = Agreement.objects.get(state=State.RUNNING)
    leader, partner = chair_among(written), chair_among(running)
    purpose = written.clauses.get(key="syfte")
    log = Cooperation.objects.get(association__name="Klubbhuset Hamnen")
    yield page("hem", partner, "home")
    yield page("ide", chair_of(idea.association), "idea", idea.pk)
    yield page("behov", unit, "need", need.pk)
    yield page("logg", chair_of(log.association), "cooperation", log.pk)
    yield page("ar-iop-ratt", leader, "suitability", written.pk)
    yield page("overenskommelse", leader, "agreement", written.pk)
    yield page("punkt", unit, "clause", written.pk, purpose.number)
    yield page("bidrar", leader, "contributions", written.pk)
    yield page("till-namnden", leader, "to-committee", written.pk)
    yield page("pagar", partner, "running", running.pk)
    yield page("avstamning", partner, "check-in", running.pk, running.check_ins.earliest("planned_on").pk)


def pictures_of_changing_together() -> Iterator[Picture]:
    """A signed agreement, an addendum that one party has signed, and a follow-up begun, written first."""
    from django.urls import reverse

    from iop.models import Agreement
    from iop.models.running import FollowUp
    from iop.states import State
    from portal.people.models import User

    running = Agreement.objects.get(state=State.RUNNING)
    association = running.parties.get(unit=None)
    contact = User.objects.get(email="verksamhet@samspel.example.org")
    chair = association.process_leader
    assert chair is not None
    if not running.addenda.exists():
        _write_together(running, association, chair, contact)
    addendum = running.addenda.get()
    evaluation = running.follow_ups.get(kind=FollowUp.Kind.EVALUATION)

    def page(name: str, route: str, *args: object) -> Picture:
        return Picture(f"partnerskap-{name}", chair.email, reverse(f"iop:{route}", args=[running.pk, *args]))

    yield page("underskrift", "sign")
    yield page("tillagg", "addendum", addendum.number)
    yield page("uppfoljning", "follow-up", evaluation.pk)


def _write_together(running: "Agreement", association: "Party", chair: "User", contact: "User") -> None:
    """An addendum that the unit has signed and the association not, and the beginning of a follow-up."""
    from datetime import timedelta

    from iop import addenda, addendum_signing, follow_up
    from iop.models.running import FollowUp

    written = addenda.Written(
        "Två veckor till",
        "De unga vill hålla öppet tills skolan har börjat.",
        running.last_day + timedelta(14),
    )
    addendum = addenda.begin(running, written, chair)
    clause = running.clauses.get(key="verksamhet")
    text = f"{clause.text}\n\nDe två sista veckorna håller de unga ledarna i kvällarna själva."
    addendum = addenda.change_clause(addendum, clause, text, addendum.version)
    frozen = addendum_signing.ready(addendum, addendum.version, contact)
    addendum_signing.sign(addendum, frozen.content_sha256, contact)
    evaluation = running.follow_ups.get(kind=FollowUp.Kind.EVALUATION)
    follow_up.write_view(
        evaluation, association, "Unga ledare öppnade själva, och fler vågade komma in.",
        "Det var svårt att nå dem som är över arton.", 0, chair,
    )  # fmt: skip
    texts = dict.fromkeys(follow_up.texts_of(evaluation.kind), "")
    texts["effect"] = "De yngre går hem tidigare. Flera unga ledare vill fortsätta i vår."
    follow_up.save(evaluation, follow_up.Written(texts, ""), evaluation.version)


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


#: How the names of pictures begin for which something is done first, and what does it.
LATER = {"partnerskap-": pictures_of_changing_together, "namnd-brev": pictures_of_letters}


@dataclass(frozen=True)
class PrintedPage:
    """A page of a document to draw: a file's name, the document, and which page (from 1)."""

    name: str
    pdf: bytes
    page: int


def printed_pages() -> Iterator[PrintedPage]:
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
    yield PrintedPage("namnd-pdf-innehall", made.file.read(), 1)
    yield PrintedPage("namnd-pdf-tjansteskrivelse", newest("tjansteskrivelse"), 1)
    yield PrintedPage("namnd-pdf-fordelning", newest("fordelningstabell"), 1)
    yield PrintedPage("namnd-pdf-utdrag", extract.file.read(), 1)


def draw(printed: PrintedPage) -> None:
    """Save one page of a document as a small PNG."""
    file = FOLDER / printed.name
    number = str(printed.page)
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-f", number, "-l", number, "-r", "80", "-", str(file)],
        input=printed.pdf,
        check=True,
    )
    make_small(file.with_suffix(".png"))


def take(browser: Browser, address: str, picture: Picture, password: str) -> None:
    """Sign in, open the page and save it as a small PNG."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 800},
        locale="sv-SE",
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if picture.who:
        page.goto(f"{address}/konto/login/")
        page.fill("main [name=login]", picture.who)
        page.fill("main [name=password]", password)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_load_state()
    answer = page.goto(address + picture.path)
    if answer is None or answer.status != 200:
        sys.exit(f"{picture.name}: {picture.path} answered {answer.status if answer else 'nothing'}")
    page.evaluate("document.fonts.ready")
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    file = FOLDER / f"{picture.name}.png"
    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
    context.close()
    make_small(file)


def make_small(file: Path) -> None:
    """Keep 128 colours: pages have few, and the repository stays light."""
    from PIL import Image

    with Image.open(file) as image:
        image.convert("RGB").quantize(128).save(file, optimize=True)


def main(address: str, beginning: str = "") -> None:
    """Take all pictures, or those whose name begins so."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    # Playwright keeps an event loop in this thread; the queries between two pictures are safe beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    django.setup()
    from portal.demo.people import PASSWORD

    later = [make for name, make in LATER.items() if name.startswith(beginning) or beginning.startswith(name)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        # One after the other: what is done for a later picture must not show in an earlier one.
        for picture in (picture for make in (pictures, *later) for picture in make()):
            if picture.name.startswith(beginning):
                say(picture.name)
                take(browser, address.rstrip("/"), picture, PASSWORD)
        browser.close()
    for page in [page for page in printed_pages() if page.name.startswith(beginning)]:
        say(page.name)
        draw(page)


if __name__ == "__main__":
    main(*sys.argv[1:])
