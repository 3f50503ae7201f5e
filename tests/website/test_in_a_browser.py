"""The site as a reader meets it: search, the other language, tabs, folds, copy buttons, themes, screens."""

import re

from playwright.sync_api import Page, expect

from tests.website.chromium import PHONE
from tests.website.conftest import Visitor


def search(page: Page, words: str) -> list[str]:
    """Type into the search, and give the addresses of what it finds, best first."""
    box = page.locator("[data-md-component=search-query]")
    box.click()
    box.fill(words)
    box.press("End")  # a fill sends no key, and the search listens for keys
    page.locator(".md-search-result__item a").first.wait_for()
    found: list[str] = page.locator(".md-search-result__item > a, .md-search-result__link").evaluate_all(
        "links => links.map(link => new URL(link.href).pathname)"
    )
    return found


def test_search_finds_an_english_word_on_english_pages_only(visit: Visitor) -> None:
    found = search(visit().open("/"), "savepoint")
    assert "/chapters/ch35/" in found
    assert not [path for path in found if path.startswith("/ko/")]


def test_search_finds_an_error_by_words_of_its_message(visit: Visitor) -> None:
    assert search(visit().open("/clinic/"), "attached to a different loop")[0] == "/mistakes/function-loops/"


PASTE = """words => {
    const box = document.querySelector("[data-md-component=search-query]")
    const clipboardData = new DataTransfer()
    clipboardData.setData("text", words)
    box.select()
    box.dispatchEvent(new ClipboardEvent("paste", {clipboardData, cancelable: true}))
}"""


def test_search_finds_the_page_of_an_error_that_is_pasted_as_it_is(visit: Visitor) -> None:
    page = visit().open("/ko/")
    page.locator("[data-md-component=search-query]").click()
    for error, name in (
        ("E   (1060, \"Duplicate column name 'title'\")\n", "half-applied"),
        ("Input should be 'local', 'stage' or 'prod'", "invalid-env"),
        ("No changes detected", "model-not-registered"),
    ):
        page.evaluate(PASTE, error)
        links = page.locator(".md-search-result__item")
        expect(links.filter(has=page.locator(f"a[href*='/mistakes/{name}/']")).first).to_be_visible()
        assert name in " ".join(links.nth(at).locator("a").first.get_attribute("href") or "" for at in range(3))


def test_search_finds_a_korean_word_that_stands_there_with_a_particle(visit: Visitor) -> None:
    found = search(visit().open("/ko/"), "픽스처")
    assert found
    assert all(path.startswith("/ko/") for path in found)


def test_search_finds_a_latin_word_with_a_korean_particle_behind_it(visit: Visitor) -> None:
    page = visit().open("/ko/")
    marked = [path for path in search(page, "TestCase") if path.startswith("/ko/chapters/ch35/")]
    assert marked


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


def test_the_theme_follows_the_system(visit: Visitor) -> None:
    for theme, scheme in (("light", "default"), ("dark", "slate")):
        page = visit(theme=theme).open("/ko/")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)


def test_a_diff_has_a_tab_with_the_whole_file(visit: Visitor) -> None:
    page = visit().open("/chapters/ch35/")
    tabs = page.locator(".tabbed-set", has_text="in_transaction").first
    change, whole = tabs.locator(".wb-diff"), tabs.locator(".wb-whole")
    expect(change).to_be_visible()
    expect(whole).to_be_hidden()
    tabs.locator(".tabbed-labels label").nth(1).click()
    expect(change).to_be_hidden()
    expect(whole.locator(".filename")).to_have_text("conftest.py")
    expect(whole.locator("code")).to_contain_text("async def initialize()")
    expect(whole.locator(".hll", has_text="class Rollback")).to_be_visible()


def test_an_answer_is_folded_until_it_is_asked_for(visit: Visitor) -> None:
    page = visit().open("/ko/chapters/ch35/")
    fold = page.locator("#check-yourself ~ ol details").first
    folded = fold.inner_text()
    assert folded.strip() == "답"
    fold.locator("summary").click()
    assert len(fold.inner_text()) > len(folded) + 20


def test_a_copy_button_takes_what_is_typed_and_no_prompt(visit: Visitor) -> None:
    page = visit().open("/chapters/ch35/")
    for kind, typed in (
        ("console", r"^uv add -q --dev httpx==\S+ pytest==\S+ pytest-asyncio==\S+$"),
        ("mysql", r"^INSERT INTO meetings .*;\nINSERT INTO meetings .*;$"),
        ("pycon", r"^from unittest.mock import Mock, patch\n"),
    ):
        block = page.locator(f".wb-{kind}").first
        block.hover()
        block.locator(".md-code__button[data-md-type=copy], .md-clipboard").first.click()
        assert re.search(typed, page.evaluate("navigator.clipboard.readText()"))


def test_swagger_ui_draws_the_schema_without_network(visit: Visitor) -> None:
    page = visit(theme="dark").open("/ko/reference/api/")
    expect(page.locator(".swagger-ui .opblock-summary-path").first).to_contain_text("/v1/mysql/meetings")


def test_a_phone_has_the_menu_behind_a_button_and_the_switch_beside_it(visit: Visitor) -> None:
    page = visit(size=PHONE).open("/ko/chapters/ch35/")
    expect(page.locator(".wb-language a")).to_be_visible()
    page.locator(".md-header label[for=__drawer]").first.click()
    expect(page.locator(".md-nav--primary a", has_text="36 통과시키기").first).to_be_in_viewport()
