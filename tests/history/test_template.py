"""The template is the last commit, the record holds every listing, and the table holds every version."""

from pathlib import Path

import pytest

from tests.lesson.course import FIRST, SECOND, lesson, line_of, write_course
from tests.runner.test_replay import MISTAKE
from workbook.history.build import History, build
from workbook.history.lock import check_lock, write_lock
from workbook.history.template import check_template, write_template
from workbook.history.versions import bump, check_versions
from workbook.lesson.errors import LessonError
from workbook.lesson.reader import read_lesson
from workbook.say import Problem


@pytest.fixture
def history(tmp_path: Path) -> History:
    return build(write_course(tmp_path / "chapters"), tmp_path / "repository")


def test_the_template_is_the_last_commit_and_keeps_what_is_ignored(history: History, tmp_path: Path) -> None:
    template = tmp_path / "template"
    (template / "old").mkdir(parents=True)
    (template / "old" / "gone.py").write_text("x\n")
    (template / ".env").write_text("SECRET=1\n")

    assert write_template(history, template) == [".gitignore", "greet.py", "old/gone.py", "test_greet.py"]
    assert sorted(path.name for path in template.iterdir()) == [".env", ".gitignore", "greet.py", "test_greet.py"]
    assert write_template(history, template) == []
    check_template(history, template)


def test_a_template_edited_by_hand_is_named_with_its_line_and_the_fence(history: History, tmp_path: Path) -> None:
    template = tmp_path / "template"
    write_template(history, template)
    (template / "greet.py").write_text('def greet(name: str) -> str:\n    return "bye"\n')
    with pytest.raises(Problem, match=r"greet\.py:2: differs from what the lessons build") as found:
        check_template(history, template)
    assert 'expected:     return f"hello {name}"\n     got:     return "bye"' in found.value.why
    assert f"ch02_fixture/lesson.md:{line_of(SECOND, 'diff title')}" in found.value.why


@pytest.mark.parametrize(
    ("path", "text", "said"), [("extra.py", "", "is in no lesson"), ("greet.py", None, "is missing")]
)
def test_a_file_too_many_or_too_few_is_named(
    history: History, tmp_path: Path, path: str, text: str | None, said: str
) -> None:
    write_template(history, tmp_path / "template")
    (tmp_path / "template" / path).unlink(missing_ok=True)
    if text is not None:
        (tmp_path / "template" / path).write_text(text)
    with pytest.raises(Problem, match=rf"{path} {said}"):
        check_template(history, tmp_path / "template")


def test_a_changed_listing_is_named_by_the_record_even_when_a_later_one_replaces_it(tmp_path: Path) -> None:
    again = lesson('```python title="greet.py"\n1\n```\n\n```console\n$ git commit -qam "Again"\n```\n')
    chapters = write_course(tmp_path / "chapters", FIRST, again)
    history = build(chapters, tmp_path / "repository")
    with pytest.raises(Problem, match=r"history\.lock is missing"):
        check_lock(history, chapters)
    write_lock(history, chapters)
    check_lock(history, chapters)

    write_course(chapters, FIRST.replace('return "hello"', 'return "hallo"'), again)
    changed = build(chapters, tmp_path / "repository")
    assert changed.last.files == history.last.files
    with pytest.raises(LessonError, match=r"something else than recorded: file greet\.py") as found:
        check_lock(changed, chapters)
    assert found.value.line == line_of(FIRST, 'title="greet.py"')


def test_a_record_that_goes_on_or_stops_too_early_is_named(history: History, tmp_path: Path) -> None:
    chapters = tmp_path / "chapters"
    write_lock(history, chapters)
    lines = (chapters / "history.lock").read_text().splitlines()
    for text, said in ((lines[:-1], "commit "), ([*lines, "ch03 file x 0"], "nothing more")):
        (chapters / "history.lock").write_text("\n".join(text))
        with pytest.raises(LessonError, match=f"something else than recorded: {said}"):
            check_lock(history, chapters)


def test_a_changed_listing_is_named_when_a_later_diff_no_longer_applies(history: History, tmp_path: Path) -> None:
    chapters = tmp_path / "chapters"
    write_lock(history, chapters)
    line = line_of(FIRST, 'title="greet.py"')
    recorded = f"ch01_fixture/lesson.md:{line} is not what history.lock has recorded."
    for first, second, blamed in (
        (FIRST.replace('return "hello"', 'return "hallo"'), SECOND, True),
        (FIRST, SECOND.replace('-    return "hello"', '-    return "hallo"'), False),
    ):
        write_course(chapters, first, second)
        with pytest.raises(LessonError, match="this hunk matches no place") as found:
            build(chapters, tmp_path / "repository")
        assert (found.value.file.parent.name, found.value.line) == ("ch02_fixture", line_of(SECOND, "diff title") + 1)
        assert (recorded in found.value.why) == blamed


def test_a_changed_plant_of_a_mistake_is_named_by_the_record(tmp_path: Path) -> None:
    chapters = write_course(tmp_path / "chapters")
    page = chapters / "ch01_fixture" / "mistakes" / "misspelt.md"
    page.parent.mkdir()
    page.write_text(MISTAKE.format(planted="hullo"))
    history = build(chapters, tmp_path / "repository")
    write_lock(history, chapters)
    check_lock(history, chapters)

    page.write_text(MISTAKE.format(planted="hulla"))
    with pytest.raises(LessonError, match=r"misspelt\.md:7: .*than recorded: mistake greet\.py"):
        check_lock(history, chapters)


VERSIONS = '[versions]\n"tortoise-orm" = "1.1.9"\naerich = "0.10.1"\n'
PINS = lesson("""```console
$ uv add "tortoise-orm[asyncmy]==1.1.9" aerich==0.10.1
 + iso8601==2.1.0
```

The notes pin tortoise-orm==0.23.0.
""")


def test_every_pin_that_is_typed_is_the_tables(tmp_path: Path) -> None:
    chapters = write_course(tmp_path, PINS)
    pinned = read_lesson(chapters / "ch01_fixture" / "lesson.md")
    with pytest.raises(Problem, match=r"versions\.toml is missing"):
        check_versions([pinned], chapters)
    for table, said in (
        ("[versions\n", "holds no table"),
        ("versions = 1\n", "holds no table"),
        ('[versions]\n"tortoise-orm" = "1.1.8"\n', r"lesson\.md:8: tortoise-orm==1\.1\.9, but .* says 1\.1\.8"),
        ('[versions]\n"tortoise-orm" = "1.1.9"\n', r"lesson\.md:8: aerich==0\.10\.1, but .* does not know aerich"),
    ):
        (chapters / "versions.toml").write_text(table)
        with pytest.raises(Problem, match=said):
            check_versions([pinned], chapters)
    (chapters / "versions.toml").write_text(VERSIONS)
    check_versions([pinned], chapters)


def test_a_bump_is_one_command(tmp_path: Path) -> None:
    chapters = write_course(tmp_path, PINS)
    page = chapters / "ch01_fixture" / "lesson.md"
    (chapters / "versions.toml").write_text(VERSIONS)

    assert bump(chapters, [page], "tortoise-orm", "1.2.0") == [chapters / "versions.toml", page]
    assert '"tortoise-orm[asyncmy]==1.2.0" aerich==0.10.1' in page.read_text()
    assert "tortoise-orm==0.23.0" in page.read_text()
    check_versions([read_lesson(page)], chapters)
    with pytest.raises(Problem, match=r"versions\.toml does not know django"):
        bump(chapters, [page], "django", "5.0")
