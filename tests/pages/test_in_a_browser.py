"""The site as a reader meets it: readable by everyone, search, the other language, tabs, folds, copy buttons."""

import re
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.pages.conftest import PHONE, Visitor
from workbook.pages.build import server

KINDS = ["/", "/chapters/ch34/", "/mistakes/status-only/", "/notebooks/ch36/", "/commits/ch36-red/", "/clinic/"]
KINDS += ["/course-map/", "/glossary/", "/reference/api/"]
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
    """What axe finds that keeps people from reading. Swagger UI's own colours are not ours to choose."""
    found = Axe().run(page, context={"exclude": [[".swagger-ui"]]}, options=AXE).response["violations"]
    bad = [each for each in found if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {node['target']} {node['html'][:120]}" for each in bad for node in each["nodes"]]


@pytest.mark.parametrize(("prefix", "theme"), [("", "light"), ("/ko", "dark")])
def test_each_kind_of_page_is_accessible_and_fits_a_phone(visit: Visitor, prefix: str, theme: str) -> None:
    one = visit(theme=theme, size=PHONE)
    for path in KINDS:
        page = one.open(f"{prefix}{path}")
        if "api" in path:
            expect(page.locator(".swagger-ui .opblock-summary-path").first).to_contain_text("/v1/meetings")
        assert (path, serious(page)) == (path, [])
        assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, PHONE[0])


def test_axe_and_the_visit_notice_what_must_not_be(unwatched: Visitor) -> None:
    visit = unwatched()
    page = visit.open("/404.html")
    page.set_content(
        '<html lang="en"><title>x</title><link rel="stylesheet" href="https://fonts.invalid/a.css"><main><h1>x</h1>'
        '<img src="a.png"><p style="color:#999">pale</p></main><script>console.error("loud")</script></html>'
    )
    assert {fault.partition(":")[0] for fault in serious(page)} == {"image-alt", "color-contrast"}
    assert {"another host: https://fonts.invalid/a.css", "console: loud"} <= set(visit.problems)


@pytest.mark.parametrize(
    ("home", "words", "wanted"),
    [
        ("/", "savepoint", "/chapters/ch35/"),
        ("/clinic/", "attached to a different loop", "/mistakes/function-loops/"),
        ("/ko/", "픽스처", "/ko/chapters/ch35/"),
        ("/ko/", "TestCase", "/ko/chapters/ch35/"),  # the page has it with a particle behind it
        ("/ko/", "E   (1060, \"Duplicate column name 'title'\")\n", "/ko/mistakes/half-applied/"),
    ],
)
def test_search_finds_words_and_pasted_errors_in_the_language(
    visit: Visitor, home: str, words: str, wanted: str
) -> None:
    page = visit().open(home)
    page.evaluate(PASTE, words)
    items = page.locator(".md-search-result__item")
    items.first.wait_for(state="attached")
    found = items.evaluate_all("items => items.map(item => new URL(item.querySelector('a').href).pathname)")
    assert wanted in found[: 3 if "mistakes" in wanted else None]
    assert all(path.startswith("/ko/") == home.startswith("/ko/") for path in found)


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
    tabs.locator(".tabbed-labels label").nth(1).click()
    expect(change).to_be_hidden()
    expect(whole.locator(".hll", has_text="class Rollback")).to_be_visible()
    for kind, typed in (
        ("console", r"^uv add -q --dev httpx==\S+ pytest==\S+ pytest-asyncio==\S+$"),
        ("mysql", r"^INSERT INTO meetings .*;\nINSERT INTO meetings .*;$"),
        ("pycon", r"^from unittest.mock import Mock\n"),
    ):
        block = page.locator(f".wb-{kind}").first
        block.hover()
        block.locator(".md-code__button[data-md-type=copy], .md-clipboard").first.click()
        assert re.search(typed, page.evaluate("navigator.clipboard.readText()"))


def test_a_phone_has_folded_answers_and_the_menu_behind_a_button(visit: Visitor) -> None:
    page = visit(size=PHONE).open("/ko/chapters/ch35/")
    fold = page.locator("#check-yourself ~ ol details").first
    assert fold.inner_text().strip() == "답"
    fold.locator("summary").click()
    assert len(fold.inner_text()) > 20
    page.locator(".md-header label[for=__drawer]").first.click()
    expect(page.locator(".md-nav--primary a", has_text="36 통과시키기").first).to_be_in_viewport()


def test_it_works_below_a_path(unwatched: Visitor, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    (tmp_path / "NAME").symlink_to(request.getfixturevalue("site"))
    with server(tmp_path, 0) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        visit = unwatched(base=f"http://127.0.0.1:{http.server_port}/NAME")
        page = visit.open("/chapters/ch35/")
        page.locator(".wb-language a").click()
        page.wait_for_url("**/NAME/ko/chapters/ch35/")
        page.locator("[data-md-component=search-query]").fill("MySQL")
        page.keyboard.press("End")
        page.locator(".md-search-result__link").first.click()
        page.wait_for_url("**/NAME/ko/**")
        assert visit.problems == [], "everything came from below the path"
        http.shutdown()
