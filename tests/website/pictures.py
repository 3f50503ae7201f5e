"""Pictures of every kind of page, to look at: `python -m tests.website.pictures FOLDER` after `make docs-build`."""

import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, Page

from tests.website.chromium import DESKTOP, PHONE, launched, visiting
from tests.website.test_every_kind_of_page import KINDS
from workbook.place import CLONE
from workbook.website.serve import server


def top(page: Page) -> None:
    """The page as it opens."""


def tabs(page: Page) -> None:
    """The whole file beside a diff."""
    label = page.locator(".tabbed-labels label").nth(1)
    label.click()
    label.evaluate("label => label.scrollIntoView()")
    page.evaluate("scrollBy(0, -120)")


def searching(page: Page) -> None:
    """The search, with what it found."""
    if page.locator("label[for=__search]").first.is_visible():
        page.locator("label[for=__search]").first.click()
    box = page.locator("[data-md-component=search-query]")
    box.click()
    box.fill("pytest")
    box.press("End")
    page.locator(".md-search-result__item a").first.wait_for()


def foot(page: Page) -> None:
    """The page's end."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")


LOOKS: list[tuple[str, str, Callable[[Page], None]]] = [
    *((kind, path, top) for kind, path in KINDS.items()),
    ("tabs", "/chapters/ch35/", tabs),
    ("search", "/", searching),
    ("foot", "/chapters/ch35/", foot),
]


def take(browser: Browser, base: str, folder: Path) -> None:
    """Every look, in both languages, in light and dark, on a desktop and a phone."""
    for language in ("en", "ko"):
        for theme in ("light", "dark"):
            for device, size in (("desktop", DESKTOP), ("phone", PHONE)):
                with visiting(browser, base, theme=theme, size=size) as visit:  # type: ignore[arg-type]
                    for name, path, prepare in LOOKS:
                        page = visit.open(path if language == "en" else f"/ko{path}")
                        prepare(page)
                        page.wait_for_load_state("networkidle")
                        page.screenshot(path=folder / f"{name}-{language}-{theme}-{device}.png")


def main() -> None:
    """Serve `site/`, and take the pictures into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with server(CLONE / "site", 0) as http, launched() as browser:
        Thread(target=http.serve_forever, daemon=True).start()
        take(browser, f"http://127.0.0.1:{http.server_port}", folder)
        http.shutdown()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
