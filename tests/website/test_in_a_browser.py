"""The site as a reader meets it: readable by everyone, search, the other language, tabs, folds, copy buttons."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.website.conftest import PHONE, Visitor, visiting

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
AXE = {"runOnly": RULES, "resultTypes": ["violations"]}
PASTE = """words => {
    const box = document.querySelector("[data-md-component=search-query]")
    const clipboardData = new DataTransfer()
    clipboardData.setData("text", words)
    box.select()
    box.dispatchEvent(new ClipboardEvent("paste", {clipboardData, cancelable: true}))
}"""


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people from reading."""
    found: list[dict[str, Any]] = Axe().run(page, options=AXE).response["violations"]
    bad = [each for each in found if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {node['target']} {node['html'][:120]}" for each in bad for node in each["nodes"]]


def search(page: Page, words: str) -> list[str]:
    """Type into the search, and give the addresses of what it finds, best first."""
    if page.locator("label[for=__search]").first.is_visible():
        page.locator("label[for=__search]").first.click()
    box = page.locator("[data-md-component=search-query]")
    box.click()
    box.fill(words)
    box.press("End")  # a fill sends no key, and the search listens for keys
    page.locator(".md-search-result__item a").first.wait_for()
    found: list[str] = page.locator(".md-search-result__item > a, .md-search-result__link").evaluate_all(
        "links => links.map(link => new URL(link.href).pathname)"
    )
    return found


@pytest.mark.parametrize(("prefix", "theme"), [("", "light"), ("/ko", "dark")])
def test_each_kind_of_page_is_accessible_and_fits_a_phone(visit: Visitor, prefix: str, theme: str) -> None:
    one = visit(theme=theme, size=PHONE)
    for kind, path in KINDS.items():
        page = one.open(f"{prefix}{path}")
        if kind == "api":
            expect(page.locator(".swagger-ui .opblock-summary-path").first).to_contain_text("/v1/mysql/meetings")
        assert (kind, serious(page)) == (kind, [])
        assert (kind, page.evaluate("document.documentElement.scrollWidth")) == (kind, PHONE[0])


def test_axe_and_the_visit_notice_what_must_not_be(browser: Browser, base: str) -> None:
    with visiting(browser, base) as visit:
        page = visit.open("/404.html")
        page.set_content(
            '<html lang="en"><title>x</title><link rel="stylesheet" href="https://fonts.invalid/a.css"><main><h1>x</h1>'
            '<img src="a.png"><p style="color:#999">pale</p></main><script>console.error("loud")</script></html>'
        )
        assert {fault.partition(":")[0] for fault in serious(page)} == {"image-alt", "color-contrast"}
        assert {"another host: https://fonts.invalid/a.css", "console: loud"} <= set(visit.problems)


def test_search_finds_words_and_errors_in_english(visit: Visitor) -> None:
    page = visit().open("/")
    found = search(page, "savepoint")
    assert "/chapters/ch35/" in found
    assert not [path for path in found if path.startswith("/ko/")]
    assert search(visit().open("/clinic/"), "attached to a different loop")[0] == "/mistakes/function-loops/"


def test_search_finds_words_with_particles_and_pasted_errors_in_korean(visit: Visitor) -> None:
    page = visit().open("/ko/")
    found = search(page, "픽스처")
    assert found
    assert all(path.startswith("/ko/") for path in found)
    assert [path for path in search(visit().open("/ko/"), "TestCase") if path.startswith("/ko/chapters/ch35/")]
    for error, name in (
        ("E   (1060, \"Duplicate column name 'title'\")\n", "half-applied"),
        ("Input should be 'local', 'stage' or 'prod'", "invalid-env"),
        ("No changes detected", "model-not-registered"),
    ):
        page.evaluate(PASTE, error)
        links = page.locator(".md-search-result__item")
        expect(links.filter(has=page.locator(f"a[href*='/mistakes/{name}/']")).first).to_be_visible()
        assert name in " ".join(links.nth(at).locator("a").first.get_attribute("href") or "" for at in range(3))


def test_the_language_switch_stays_on_the_page_in_its_place_and_in_the_theme(visit: Visitor) -> None:
    page = visit().open("/chapters/ch35/#watch-it-fail")
    page.locator("label[for=__palette_1]").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.locator(".wb-language a").click()
    page.wait_for_url("**/ko/chapters/ch35/#watch-it-fail")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    expect(page.locator("#watch-it-fail")).to_be_in_viewport()
    page.locator(".wb-language a").click()
    page.wait_for_url(lambda url: url.endswith("/chapters/ch35/#watch-it-fail") and "/ko/" not in url)


def test_a_lesson_has_tabs_and_buttons_that_copy_what_is_typed(visit: Visitor) -> None:
    page = visit().open("/chapters/ch35/")
    tabs = page.locator(".tabbed-set", has_text="in_transaction").first
    change, whole = tabs.locator(".highlight").nth(0), tabs.locator(".highlight").nth(1)
    expect(change).to_be_visible()
    expect(whole).to_be_hidden()
    tabs.locator(".tabbed-labels label").nth(1).click()
    expect(change).to_be_hidden()
    expect(whole.locator(".filename")).to_have_text("conftest.py")
    expect(whole.locator("code")).to_contain_text("async def initialize()")
    expect(whole.locator(".hll", has_text="class Rollback")).to_be_visible()
    for kind, typed in (
        ("console", r"^uv add -q --dev httpx==\S+ pytest==\S+ pytest-asyncio==\S+$"),
        ("mysql", r"^INSERT INTO meetings .*;\nINSERT INTO meetings .*;$"),
        ("pycon", r"^from unittest.mock import Mock, patch\n"),
    ):
        block = page.locator(f".wb-{kind}").first
        block.hover()
        block.locator(".md-code__button[data-md-type=copy], .md-clipboard").first.click()
        assert re.search(typed, page.evaluate("navigator.clipboard.readText()"))


def test_a_phone_has_folded_answers_the_menu_behind_a_button_and_the_theme_of_the_system(visit: Visitor) -> None:
    page = visit(size=PHONE, theme="dark").open("/ko/chapters/ch35/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    fold = page.locator("#check-yourself ~ ol details").first
    assert fold.inner_text().strip() == "답"
    fold.locator("summary").click()
    assert len(fold.inner_text()) > 20
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(".wb-language a")).to_be_visible()
    page.locator(".md-header label[for=__drawer]").first.click()
    expect(page.locator(".md-nav--primary a", has_text="36 통과시키기").first).to_be_in_viewport()
