"""What stands beside the lessons is what they build, and edited files go back into the fences they came from."""

from pathlib import Path

import pytest

from tests.history.conftest import Built
from tests.lesson.course import FIRST, SECOND, lesson, line_of, write_course
from tests.replay.test_replay import MISTAKE
from workbook.history import lock
from workbook.history.build import History
from workbook.lesson.errors import LessonError
from workbook.say import Problem

HALLO = FIRST.replace('return "hello"', 'return "hallo"')
AGAIN = lesson('```python title="greet.py"\n1\n```\n\n```console\n$ git commit -qam "Again"\n```\n')
VERSIONS = '[versions]\n"tortoise-orm" = "1.1.9"\naerich = "0.10.1"\n'
PINS = lesson("""```console
$ uv add "tortoise-orm[asyncmy]==1.1.9" aerich==0.10.1
 + iso8601==2.1.0
```

The notes pin tortoise-orm==0.23.0.
""")
MOVED = lesson(
    '```text title="a"\n1\n```\n\n```console\n$ cp a b\n$ git commit -qm x\n$ mv b c\n$ git commit -qm y\n```\n'
    '\n```text title="c"\n1\n```\n\n```console\n$ cp a c\n```\n'
)
GREET = line_of(FIRST, 'title="greet.py"')


def test_a_changed_listing_is_named_by_the_record_and_where_a_later_diff_does_not_apply(
    built: Built, tmp_path: Path
) -> None:
    history = built(FIRST, AGAIN)
    lock.write_lock(history, tmp_path / "chapters")
    changed = built(HALLO, AGAIN)
    assert changed.last.files == history.last.files
    with pytest.raises(LessonError, match=r"something else than recorded: file greet\.py") as found:
        lock.check_lock(changed, tmp_path / "chapters")
    assert found.value.line == GREET
    told = f"ch01_fixture/lesson.md:{GREET} is not what history.lock has recorded."
    for first, second in ((HALLO, SECOND), (FIRST, SECOND.replace('-    return "hello"', '-    return "hallo"'))):
        with pytest.raises(LessonError, match="this hunk matches no place") as found:
            built(first, second)
        assert (told in found.value.why) == (first == HALLO)


def test_a_record_that_is_missing_goes_on_or_stops_too_early_and_a_changed_plant_are_named(
    history: History, tmp_path: Path
) -> None:
    chapters, record = tmp_path / "chapters", tmp_path / "chapters" / "history.lock"
    page = chapters / "ch01_fixture" / "mistakes" / "misspelt.md"
    page.parent.mkdir()
    page.write_text(MISTAKE.format(planted="hullo"))
    with pytest.raises(Problem, match=r"history\.lock is missing"):
        lock.check_lock(history, chapters)
    lock.write_lock(history, chapters)
    lock.check_lock(history, chapters)
    text = record.read_text()
    for changed, said in ((text[: text.index("ch02 commit")], "commit "), (f"{text}ch03 file x 0", "nothing more")):
        record.write_text(changed)
        with pytest.raises(LessonError, match=f"something else than recorded: {said}"):
            lock.check_lock(history, chapters)
    record.write_text(text)
    page.write_text(MISTAKE.format(planted="hulla"))
    with pytest.raises(LessonError, match=r"misspelt\.md:7: .*than recorded: mistake greet\.py"):
        lock.check_lock(history, chapters)


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
def test_every_pin_that_is_typed_is_the_tables(built: Built, tmp_path: Path, table: str | None, said: str) -> None:
    (tmp_path / "chapters").mkdir()
    if table is not None:
        (tmp_path / "chapters" / "versions.toml").write_text(table)
    with pytest.raises(Problem, match=said):
        built(PINS)


def test_a_bump_leaves_prose_alone(built: Built, tmp_path: Path) -> None:
    chapters = write_course(tmp_path / "chapters", PINS)
    page, table = chapters / "ch01_fixture" / "lesson.md", chapters / "versions.toml"
    table.write_text(VERSIONS)
    assert lock.bump(chapters, [page], "tortoise-orm", "1.2.0") == [table, page]
    assert page.read_text() == PINS.replace("==1.1.9", "==1.2.0")
    built(page.read_text())
    with pytest.raises(Problem, match=r"versions\.toml does not know django"):
        lock.bump(chapters, [page], "django", "5.0")


def test_the_template_is_the_last_commit_and_keeps_what_is_ignored(history: History, tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    (template / "gone.py").write_text("x\n")
    (template / ".env").write_text("SECRET=1\n")
    assert lock.write_template(history, template) == [".gitignore", "gone.py", "greet.py", "test_greet.py"]
    assert sorted(path.name for path in template.iterdir()) == [".env", ".gitignore", "greet.py", "test_greet.py"]
    assert lock.write_template(history, template) == []
    lock.check_template(history, template)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("greet.py", "def greet(name: str) -> str:\n", 'greet.py:2: expected:     return f"hello {name}" got: '),
        ("greet.py", None, "greet.py:1: expected: def greet(name: str) -> str: got: (no such file)"),
        ("extra.py", "", "extra.py:1: expected: (no such file) got: "),
    ],
)
def test_a_template_edited_by_hand_is_named_with_its_line_and_the_fence(
    history: History, tmp_path: Path, path: str, text: str | None, said: str
) -> None:
    lock.write_template(history, tmp_path)
    (tmp_path / path).unlink(missing_ok=True)
    if text is not None:
        (tmp_path / path).write_text(text)
    with pytest.raises(Problem, match="differs from what the lessons build") as found:
        lock.check_template(history, tmp_path)
    told, _, fence = found.value.why.replace("\n     got", " got").partition("\n\nIts last fence: ")
    assert f"{found.value.what.split()[0].removeprefix(f'{tmp_path}/')} {told}" == said
    assert fence.endswith(f"ch02_fixture/lesson.md:{line_of(SECOND, 'diff title')}") == (path == "greet.py")


def test_a_whole_file_gets_its_text_a_diff_its_hunks_and_what_has_no_fence_is_said(
    history: History, tmp_path: Path
) -> None:
    chapter, folder = history.chapters["ch02"], tmp_path / "edited"
    lock.lay_out(chapter.end, folder)
    assert lock.absorb(history, chapter, folder) == {}
    (folder / "greet.py").write_text('"""Greet."""\n\n\ndef greet(name: str) -> str:\n    return f"hello {name}"\n')
    test = (folder / "test_greet.py").read_text().replace("startswith", "removesuffix")
    (folder / "test_greet.py").write_text(test)
    (folder / "new.py").touch()
    (folder / ".gitignore").unlink()
    lines = line_of(SECOND, "diff title"), line_of(SECOND, 'python title="test_greet')
    placed = {".gitignore": None, "greet.py": lines[0], "new.py": None, "test_greet.py": lines[1]}
    assert lock.absorb(history, chapter, folder) == placed
    changed = SECOND.replace("startswith", "removesuffix")
    assert chapter.lesson.file.read_text() == changed.replace("@@\n def greet", '@@\n+"""Greet."""\n+\n+\n def greet')


@pytest.mark.parametrize("text", ["2\n", "no newline at its end", "```\nbackticks\n```\n"])
def test_a_lesson_that_would_not_build_the_files_is_left_as_it_was(built: Built, tmp_path: Path, text: str) -> None:
    history = built(MOVED)
    lock.lay_out(history.chapters["ch01"].end, tmp_path / "edited")
    (tmp_path / "edited" / ("c" if text == "2\n" else "a")).write_text(text)
    with pytest.raises(Problem, match="cannot be written back"):
        lock.absorb(history, history.chapters["ch01"], tmp_path / "edited")
    assert history.chapters["ch01"].lesson.file.read_text() == MOVED
    with pytest.raises(Problem, match="is not empty"):
        lock.lay_out({"x": ""}, tmp_path / "edited")
