"""Each kind of page, in both languages and both themes: readable by everyone, and no wider than a phone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.website.chromium import PHONE, visiting
from tests.website.conftest import Visitor

KINDS = {
    "home": "/",
    "chapter": "/chapters/ch34/",
    "mistake": "/mistakes/status-only/",
    "notebook": "/notebooks/ch36/",
    "commit": "/commits/ch36-red/",
    "clinic": "/clinic/",
    "map": "/course-map/",
    "table": "/glossary/",
    "api": "/reference/api/",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people from reading."""
    found: list[dict[str, Any]] = (
        Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    )
    return [
        f"{each['id']}: {node['target']} {node['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("prefix", "theme"), [("", "light"), ("/ko", "dark")])
def test_a_page_is_accessible_and_fits_a_phone(visit: Visitor, kind: str, prefix: str, theme: str) -> None:
    one = visit(theme=theme)
    page = one.open(f"{prefix}{KINDS[kind]}")
    if kind == "api":
        page.locator(".swagger-ui .opblock").first.wait_for()
    assert serious(page) == []
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_axe_and_the_visit_notice_what_must_not_be(browser: Browser, base: str) -> None:
    with visiting(browser, base) as visit:
        page = visit.open("/404.html")
        page.set_content(
            '<html lang="en"><title>x</title><link rel="stylesheet" href="https://fonts.invalid/a.css"><main><h1>x</h1>'
            '<img src="a.png"><p style="color:#999">pale</p></main><script>console.error("loud")</script></html>'
        )
        assert {fault.partition(":")[0] for fault in serious(page)} == {"image-alt", "color-contrast"}
        assert {"another host: https://fonts.invalid/a.css", "console: loud"} <= set(visit.problems)
