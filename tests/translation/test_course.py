"""Every page that exists is in step with its Korean, and every page has one."""

from pathlib import Path

import markdown
import pytest

from workbook.place import CLONE
from workbook.translation.page import read_page
from workbook.translation.pairs import Pair, orphans, pairs
from workbook.translation.parity import findings_of

PAIRS = pairs()
PAGES = [pair.english for pair in PAIRS if pair.english.suffix == ".md"]


def name(each: Pair | Path) -> str:
    file = each if isinstance(each, Path) else each.english
    return file.relative_to(CLONE).as_posix()


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_page_is_in_step_with_its_korean(pair: Pair) -> None:
    assert pair.korean.exists(), f"write {pair.korean.relative_to(CLONE)}"
    assert "\n".join(map(str, findings_of(pair, CLONE))) == ""


def test_no_korean_page_stands_alone() -> None:
    assert orphans() == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_headings_slug_is_the_one_that_mkdocs_gives_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
    converter = markdown.Markdown(extensions=["toc", "tables", "attr_list", "admonition", "pymdownx.superfences"])
    converter.convert(body)
    assert [section.slug for section in read_page(page)] == flat(converter.toc_tokens)


def flat(tokens: list[dict[str, object]]) -> list[str]:
    return [slug for each in tokens for slug in (str(each["id"]), *flat(each["children"]))]  # type: ignore[arg-type]
