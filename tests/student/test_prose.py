"""checks.md: what is refused in it, and that every sentence in it is earned."""

from pathlib import Path

import pytest

from tests.student.judging import planted
from workbook.explain.clinic import read_clinic
from workbook.lesson.errors import LessonError
from workbook.place import CHAPTERS
from workbook.student import project
from workbook.student.check import checks_of
from workbook.student.checking import asked

ALL = [check for each in project.chapters() for check in checks_of(each.id, each.folder)]

PAGE = """# What chapter 40 asks

## it_answers

It answers

why: Somebody asked.
see: [Ask](lesson.md#ask-it) in a terminal
silent: {route} says {nothing}.

1. Ask.
2. [Ask it](lesson.md#ask-it), and [again](lesson.md#again).
3. curl
"""
CODE = """
from workbook.student.vocabulary import Found, check


@check()
def it_answers(route: str) -> Found:
    yield from ()
"""


@pytest.fixture
def chapter(tmp_path: Path) -> Path:
    folder = tmp_path / "ch40_answers"
    folder.mkdir()
    (folder / "lesson.md").write_text("# Answers\n\n## Ask it\n\n## Again\n")
    (folder / "checks.md").write_text(PAGE)
    (folder / "checks.ko.md").write_text(PAGE.replace("It answers", "응답해요"))
    (folder / "checks.py").write_text(CODE)
    return folder


def test_a_check_has_its_prose_in_both_languages_and_its_links_in_words(
    chapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [check] = checks_of("ch40", chapter)
    assert (check.asks, check.see) == ("It answers", 'ch40, "Ask" in a terminal')
    assert check.hints[1] == 'ch40, "Ask it", and "again".'

    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    [check] = checks_of("ch40", chapter)
    assert (check.asks, check.hints[1]) == ("응답해요", '40장 "Ask it", and "again".')


@pytest.mark.parametrize(
    ("file", "old", "new", "refused"),
    [
        ("checks.md", "## it_answers", "## it_sings", "do not name the same checks: it_answers, it_sings"),
        ("checks.py", "def it_answers", "def it_sings", "do not name the same checks: it_answers, it_sings"),
        ("checks.ko.md", "{nothing}", "nothing", "are not those of checks.md: it_answers"),
        ("checks.ko.md", "## it_answers", "## it_sings", "are not those of checks.md: it_answers, it_sings"),
        ("checks.md", "3. curl\n", "", "three hints"),
        ("checks.md", "3. curl", "3. curl\n4. telnet", "three hints"),
        ("checks.md", "why: Somebody asked.\n", "", "`why:`"),
        ("checks.md", "#again", "#never", "the link to lesson.md#never leads nowhere"),
        ("checks.md", "3. curl\n", "3. curl\n\n## it_answers\n", "two checks named `it_answers`"),
    ],
)
def test_what_does_not_fit_is_refused(
    file: str, old: str, new: str, refused: str, chapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (chapter / file).write_text((chapter / file).read_text().replace(old, new, 1))
    monkeypatch.setenv("WORKBOOK_LANG", "ko" if ".ko." in file else "en")

    with pytest.raises(LessonError) as error:
        checks_of("ch40", chapter)

    assert refused in str(error.value)


def test_every_chapters_checks_can_be_said_in_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    assert len([check for each in project.chapters() for check in checks_of(each.id, each.folder)]) == len(ALL)


def test_every_sentence_is_earned_by_a_planted_fault_and_no_name_is_given_twice() -> None:
    may = {f"{check.name}.{sentence}" for check in ALL for sentence in check.sentences}
    earned = set()
    for chapter in {check.chapter for check in ALL}:
        said = planted(chapter)
        faults = [each.get("earns", []) + each.get("unseen", []) for each in said.get("fault", [])]
        earned |= {each for listed in [*said["mistakes"].values(), *faults] for each in listed}

    assert may == earned
    assert len({check.name for check in ALL}) == len(ALL)


def test_every_check_that_a_page_names_is_asked_by_then() -> None:
    known = {check.name: check.chapter for check in ALL}
    clinic = [page for page in read_clinic(CHAPTERS) if page.check]

    assert [page.name for page in clinic if known[page.check or ""] > page.name[:4]] == []
    for chapter in {check.chapter for check in ALL}:
        assert planted(chapter)["mistakes"].keys() == {page.name[5:] for page in clinic if page.name[:4] == chapter}


def test_a_chapter_goes_on_asking_what_lasts() -> None:
    keys = {check.key for check in asked("ch36")}

    assert keys >= {"ch34/models_match_migrations", "ch36/post_answers_a_code"}
    assert "ch35/a_test_asks_for_the_route" not in keys
