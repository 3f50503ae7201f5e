"""Which pages belong together, and pages that have no sister."""

from pathlib import Path

import pytest

from tests.translation.course import ENGLISH, KOREAN, said, write_pair
from workbook.translation.pairs import Pair
from workbook.translation.verb import all_findings, findings_of, translation


def test_a_page_without_korean_and_korean_without_a_page_are_named(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    root = pair.english.parents[2]
    assert translation(root=root) == 0
    assert capsys.readouterr().out == "All 1 pages are in step.\n"
    (root / "docs" / "ko").mkdir(parents=True)
    (root / "docs" / "map.md").write_text(ENGLISH)
    (root / "docs" / "ko" / "mpa.md").write_text(KOREAN)
    assert [f"{each.kind} {each.error.file.name}" for each in all_findings(root)] == [
        "missing map.md",
        "different mpa.md",
    ]
    assert translation(root=root) == 1
    assert capsys.readouterr().out.endswith("1 missing, 0 stale, 1 different.\n")


def test_a_page_of_the_site_lies_one_folder_deeper_in_korean(tmp_path: Path) -> None:
    english, korean = tmp_path / "docs" / "map.md", tmp_path / "docs" / "ko" / "map.md"
    korean.parent.mkdir(parents=True)
    english.write_text("# Map\n\nSee [a](../README.md), [b](notes.md), ![one](img/a.svg) and [c](#map).\n")
    korean.write_text("# 지도\n\n[a](../../README.md), [b](notes.md), ![하나](../img/a.svg), [c](#map)를 봐요.\n")
    here = Pair(english, korean)
    assert [finding.error.what for finding in findings_of(here, tmp_path)] == [
        f"{korean}:1: no section says from which English text it was written."
    ]
    korean.write_text("# 지도\n\n[a](../README.md), [b](../notes.md), ![하나](../img/a.svg), [c](#map)를 봐요.\n")
    ways = [finding.error.ways[0] for finding in findings_of(here, tmp_path)]
    assert "Write notes.md." in ways
    assert "Here it is written ../../README.md." in ways


def test_a_page_that_does_not_parse_is_one_finding(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, korean="---\n: [\n---\n# 모자\n")
    assert "the front matter is not YAML" in said(pair)[0]
    write_pair(tmp_path, korean="모자\n")
    assert "the page has no heading" in said(pair)[0]
