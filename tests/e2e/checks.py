"""What must hold of each page that a person meets, whatever is on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

STATIC = Path(__file__).parents[2] / "static"
AXE = (STATIC / "node_modules/axe-core/axe.min.js").read_text()
#: axe leaves this rule out unless asked: WCAG 2.2 AA 2.5.8, at least 24 pixels.
RULES = {"target-size": {"enabled": True}}
#: The one thing that differs between light and dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
#: WCAG 1.4.10: 1 280 pixels at 400 %.
NARROW, WIDE = 320, 1280
HEIGHT = 900
#: What sticks out to the right and can be scrolled to: nothing, when the page needs no sideways scrolling.
TOO_WIDE = """() => {
  if (document.scrollingElement.scrollWidth <= innerWidth) return [];
  const right = (element) => element.getBoundingClientRect().right;
  return [...document.querySelectorAll("body *")]
    .filter((element) => right(element) > innerWidth)
    .map((element) => `${innerWidth} ${right(element)} ${element.outerHTML.slice(0, 200)}`);
}"""


def visit(page: Page, widths: Sequence[int] = (WIDE,)) -> None:
    """Fail when axe finds anything at these widths, light or dark, or when the page scrolls sideways."""
    page.evaluate(AXE)
    found: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{width}: {text}" for text in _violations(page, {"rules": RULES})]
        page.emulate_media(color_scheme="dark")
        found += [f"{width}, dark: {text}" for text in _violations(page, COLOURS)]
        page.emulate_media(color_scheme="light")
    assert found == [], f"axe on {page.url}: {found}"
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        wide = page.evaluate(TOO_WIDE)
        assert wide == [], f"{page.url} scrolls sideways at {width} pixels: {wide}"


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    """Each broken rule with the elements that break it."""
    result = page.evaluate("options => axe.run(options)", options)
    return [
        f"{violation['id']}: {node['html']} ({node['failureSummary']})"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
