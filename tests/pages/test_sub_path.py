"""The site below a path of somebody's host, as on Pages: https://OWNER.github.io/NAME/."""

from pathlib import Path
from threading import Thread

import pytest

from tests.pages.conftest import Visitor
from workbook.pages.build import server


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
