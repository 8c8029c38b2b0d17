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
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

from console import ROOT, say
from walks import assessing, associations, committee, officers, partnerships, registrars
from walks.picture import Picture, PrintedPage

FOLDER = ROOT / "docs" / "pictures"
WIDTH, TALLEST = 1000, 1300
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
#: In this order: what is done for a later picture must not show in an earlier one.
GUIDES = (
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
        for picture in (picture for make in (*GUIDES, *later) for picture in make()):
            if picture.name.startswith(beginning):
                say(picture.name)
                take(browser, address.rstrip("/"), picture, PASSWORD)
        browser.close()
    for page in [page for page in committee.printed_pages() if page.name.startswith(beginning)]:
        say(page.name)
        draw(page)


if __name__ == "__main__":
    main(*sys.argv[1:])
