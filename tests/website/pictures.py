"""Pictures of every kind of page, to look at: `python -m tests.website.pictures FOLDER` after `make docs-build`."""

import sys
from pathlib import Path
from threading import Thread

from playwright.sync_api import Page

from tests.website.chromium import DESKTOP, PHONE, launched, visiting
from tests.website.test_in_a_browser import KINDS, search
from workbook.place import CLONE
from workbook.website.build import server


def tabs(page: Page) -> None:
    """The whole file beside a diff."""
    label = page.locator(".tabbed-labels label").nth(1)
    label.click()
    label.evaluate("label => label.scrollIntoView()")
    page.evaluate("scrollBy(0, -120)")


def main() -> None:
    """Take every look, in both languages, in light and dark, on a desktop and a phone."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    looks = [(kind, path, lambda page: None) for kind, path in KINDS.items()]
    looks += [("tabs", "/chapters/ch35/", tabs), ("search", "/", lambda page: search(page, "pytest"))]
    with server(CLONE / "site", 0) as http, launched() as browser:
        Thread(target=http.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{http.server_port}"
        for language in ("", "/ko"):
            for theme in ("light", "dark"):
                for size in (DESKTOP, PHONE):
                    with visiting(browser, base, theme=theme, size=size) as visit:
                        for name, path, prepare in looks:
                            page = visit.open(language + path)
                            prepare(page)
                            page.screenshot(path=folder / f"{name}{language.replace('/', '-')}-{theme}-{size[0]}.png")
        http.shutdown()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
