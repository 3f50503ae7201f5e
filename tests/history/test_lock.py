"""The record holds every listing, and the table holds every version."""

from pathlib import Path

import pytest

from tests.history.conftest import Built
from tests.lesson.course import FIRST, SECOND, lesson, line_of, write_course
from tests.runner.test_replay import MISTAKE
from workbook.history.build import History
from workbook.history.lock import bump, check_lock, check_versions, write_lock
from workbook.lesson.errors import LessonError
from workbook.lesson.reader import read_lesson
from workbook.say import Problem

AGAIN = lesson('```python title="greet.py"\n1\n```\n\n```console\n$ git commit -qam "Again"\n```\n')
VERSIONS = '[versions]\n"tortoise-orm" = "1.1.9"\naerich = "0.10.1"\n'
PINS = lesson("""```console
$ uv add "tortoise-orm[asyncmy]==1.1.9" aerich==0.10.1
 + iso8601==2.1.0
```

The notes pin tortoise-orm==0.23.0.
""")


@pytest.fixture
def chapters(history: History, tmp_path: Path) -> Path:
    """The fixture's lessons with a mistake page, all recorded."""
    page = tmp_path / "chapters" / "ch01_fixture" / "mistakes" / "misspelt.md"
    page.parent.mkdir()
    page.write_text(MISTAKE.format(planted="hullo"))
    with pytest.raises(Problem, match=r"history\.lock is missing"):
        check_lock(history, tmp_path / "chapters")
    write_lock(history, tmp_path / "chapters")
    check_lock(history, tmp_path / "chapters")
    return tmp_path / "chapters"


def test_a_changed_listing_is_named_by_the_record_even_when_a_later_one_replaces_it(
    built: Built, tmp_path: Path
) -> None:
    history = built(FIRST, AGAIN)
    write_lock(history, tmp_path / "chapters")
    changed = built(FIRST.replace('return "hello"', 'return "hallo"'), AGAIN)
    assert changed.last.files == history.last.files
    with pytest.raises(LessonError, match=r"something else than recorded: file greet\.py") as found:
        check_lock(changed, tmp_path / "chapters")
    assert found.value.line == line_of(FIRST, 'title="greet.py"')


def test_a_record_that_goes_on_or_stops_too_early_and_a_changed_plant_are_named(
    history: History, chapters: Path
) -> None:
    record, page = chapters / "history.lock", chapters / "ch01_fixture" / "mistakes" / "misspelt.md"
    text = record.read_text()
    for changed, said in ((text[: text.index("ch02 commit")], "commit "), (f"{text}ch03 file x 0", "nothing more")):
        record.write_text(changed)
        with pytest.raises(LessonError, match=f"something else than recorded: {said}"):
            check_lock(history, chapters)
    record.write_text(text)
    page.write_text(MISTAKE.format(planted="hulla"))
    with pytest.raises(LessonError, match=r"misspelt\.md:7: .*than recorded: mistake greet\.py"):
        check_lock(history, chapters)


@pytest.mark.parametrize(
    ("first", "second", "blamed"),
    [
        (FIRST.replace('return "hello"', 'return "hallo"'), SECOND, True),
        (FIRST, SECOND.replace('-    return "hello"', '-    return "hallo"'), False),
    ],
)
def test_a_changed_listing_is_named_when_a_later_diff_no_longer_applies(
    chapters: Path, built: Built, first: str, second: str, blamed: bool
) -> None:
    with pytest.raises(LessonError, match="this hunk matches no place") as found:
        built(first, second)
    line = line_of(FIRST, 'title="greet.py"')
    told = f"ch01_fixture/lesson.md:{line} is not what history.lock has recorded."
    assert (told in found.value.why) == blamed


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, r"versions\.toml"),
        ("[versions\n", "holds no table"),
        ("versions = 1\n", "holds no table"),
        (VERSIONS.replace("1.1.9", "1.1.8"), r"lesson\.md:8: tortoise-orm==1\.1\.9, but .* says 1\.1\.8"),
        (VERSIONS.replace("aerich", "django"), r"lesson\.md:8: aerich==0\.10\.1, but .* says nothing"),
    ],
)
def test_every_pin_that_is_typed_is_the_tables(tmp_path: Path, table: str | None, said: str) -> None:
    page = write_course(tmp_path, PINS) / "ch01_fixture" / "lesson.md"
    if table is not None:
        (tmp_path / "versions.toml").write_text(table)
    with pytest.raises(Problem, match=said):
        check_versions([read_lesson(page)], tmp_path)


def test_a_bump_is_one_command(tmp_path: Path) -> None:
    page = write_course(tmp_path, PINS) / "ch01_fixture" / "lesson.md"
    (tmp_path / "versions.toml").write_text(VERSIONS)
    assert bump(tmp_path, [page], "tortoise-orm", "1.2.0") == [tmp_path / "versions.toml", page]
    assert '"tortoise-orm[asyncmy]==1.2.0" aerich==0.10.1' in page.read_text()
    assert "tortoise-orm==0.23.0" in page.read_text()
    check_versions([read_lesson(page)], tmp_path)
    with pytest.raises(Problem, match=r"versions\.toml does not know django"):
        bump(tmp_path, [page], "django", "5.0")
