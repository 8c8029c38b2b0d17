"""Take the pictures of the README and of the guides in `docs/` anew, from a demo that is being served.

    make run            # in one terminal
    make pictures       # in another
    make reset          # before the pictures are taken again

The last pictures show what comes after the coming meeting, so it is held and its letters are made, and the
running partnership writes an addendum and follows up: the demo is another one afterwards.

Each picture is a page as the person sees it who reads the guide, in Swedish and light; what is longer than a
screen and a half is cut. Pages of documents are drawn by `pdftoppm` (Debian: poppler-utils).
"""

import io
import os
import subprocess
import sys
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

from console import ROOT, say
from walks import assessing, associations, committee, officers, partnerships, readme, registrars
from walks.picture import Picture, PrintedPages

FOLDER = ROOT / "docs" / "pictures"
#: Around pages that stand beside each other, and how far they stand apart; pixels.
GROUND, GAP = (232, 228, 218), 60
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
#: In this order: what is done for a later picture must not show in an earlier one.
GUIDES = (
    readme.pictures,
    associations.pictures,
    officers.pictures,
    assessing.pictures,
    committee.pictures,
    partnerships.pictures,
)
#: How the names of pictures begin for which something is done first, and what does it.
LATER = {
    "partnerskap-": partnerships.pictures_of_changing_together,
    "registrator-": registrars.pictures,
    "namnd-brev": committee.pictures_of_letters,
}


def draw(printed: PrintedPages) -> None:
    """Save a page of a document as a small PNG, or several side by side."""
    from PIL import Image

    file = FOLDER / f"{printed.name}.png"
    pages = [Image.open(drawn(printed.pdf, number)) for number in printed.pages]
    if len(pages) == 1:
        pages[0].save(file)
    else:
        width = sum(page.width + GAP for page in pages) + GAP
        beside = Image.new("RGB", (width, max(page.height for page in pages) + 2 * GAP), GROUND)
        left = GAP
        for page in pages:
            beside.paste(page, (left, (beside.height - page.height) // 2))
            left += page.width + GAP
        beside.save(file)
    make_small(file)


def drawn(pdf: bytes, page: int) -> io.BytesIO:
    """One page as PNG."""
    number = str(page)
    command = ["pdftoppm", "-png", "-f", number, "-l", number, "-r", "80"]
    done = subprocess.run(command, input=pdf, check=True, capture_output=True)
    return io.BytesIO(done.stdout)


def take(browser: Browser, address: str, picture: Picture, password: str) -> None:
    """Sign in, open the page and save it as a small PNG."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": 800},
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
    height = min(page.evaluate("document.documentElement.scrollHeight"), picture.tallest)
    file = FOLDER / f"{picture.name}.png"
    page.screenshot(
        path=file, full_page=True, clip={"x": 0, "y": 0, "width": picture.width, "height": height}
    )
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
        for picture in (picture for make in (*GUIDES, *later) for picture in make()):
            if picture.name.startswith(beginning):
                say(picture.name)
                take(browser, address.rstrip("/"), picture, PASSWORD)
        browser.close()
    for printed in (*committee.printed_pages(), *readme.printed_pages()):
        if printed.name.startswith(beginning):
            say(printed.name)
            draw(printed)


if __name__ == "__main__":
    main(*sys.argv[1:])
