"""Every page that exists is in step with its Korean, and every page has one."""

from pathlib import Path

import markdown
import pytest

from workbook.place import CLONE
from workbook.translation.page import read_page
from workbook.translation.pairs import EXEMPT, Pair, orphans, pairs
from workbook.translation.verb import findings_of

PAIRS = pairs()
BOTH = [pair for pair in PAIRS if pair.korean.exists()]


def name(pair: Pair) -> str:
    return pair.english.relative_to(CLONE).as_posix()


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_page_has_its_korean(pair: Pair) -> None:
    assert pair.korean.exists(), f"write {pair.korean.relative_to(CLONE)}, or name the page in EXEMPT with the reason"


@pytest.mark.parametrize("pair", BOTH, ids=name)
def test_a_page_is_in_step_with_its_korean(pair: Pair) -> None:
    assert "\n".join(map(str, findings_of(pair))) == ""


def test_no_korean_page_stands_alone() -> None:
    assert list(orphans()) == []


def test_what_is_exempt_exists_and_says_why() -> None:
    assert [path for path, reason in EXEMPT.items() if not (CLONE / path).exists() or not reason] == []


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_headings_slug_is_the_one_that_mkdocs_gives_it(pair: Pair) -> None:
    assert [section.slug for section in read_page(pair.english).sections] == given_by_markdown(pair.english)


def test_slugs_of_odd_headings_are_those_of_mkdocs(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    titles = [
        "한글만",
        "A `b_c` & *d*",
        "A b_c & d",
        "Again",
        "Again",
        "Again_1",
        "[a link](x.md)!",
        "Élan: 100 %",
        "한",
    ]
    page.write_text("\n\n".join(f"# {title}" for title in titles), encoding="utf-8")
    assert [section.slug for section in read_page(page).sections] == given_by_markdown(page)


def given_by_markdown(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
    converter = markdown.Markdown(extensions=["toc", "tables", "attr_list", "admonition", "pymdownx.superfences"])
    converter.convert(body)
    return flat(converter.toc_tokens)


def flat(tokens: list[dict[str, object]]) -> list[str]:
    return [slug for each in tokens for slug in (str(each["id"]), *flat(each["children"]))]  # type: ignore[arg-type]
