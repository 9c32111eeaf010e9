"""What a browser test asks of every page: accessible, no wider than the screen, in the page's own style, and silent."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page: Page) -> list[str]:
    """What axe has to say – about a page that really has its style, or it would say nothing.

    KRDS makes a rem 10 pixels, the office 18; without either it is 16.
    """
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") in ("10px", "18px")
    # Only what is wrong: the thousands of nodes that passed would take longer to bring over than to check.
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found.response["violations"]]


def wider_than_the_screen(page: Page) -> int:
    """By how many pixels the page can be scrolled sideways; 0 is right."""
    return max(0, page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
