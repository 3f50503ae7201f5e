"""The form of a lesson, as a reader on GitHub, on another machine or without the course's notes needs it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import lacking, pages
from workbook.lesson.chapters import chapter_id, chapters, lesson_files
from workbook.lesson.errors import shown
from workbook.lesson.markdown import headings, rewrite, walk
from workbook.lesson.reader import read_text
from workbook.place import CHAPTERS, CLONE
from workbook.say import Language

PAGE = '# A\n\nWords.\n\n```python title="app/__init__.py"\n```\n\n```text\nx\n```\n'


def test_a_path_is_written_once(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    rewrite(page, [*lacking(page)])
    assert page.read_text() == PAGE.replace("```python", "**`app/__init__.py`**\n\n```python")
    assert [*lacking(page)] == []


def test_every_titled_fence_has_its_path() -> None:
    """GitHub hides the title, and the site does not show it twice."""
    found = [f"{shown(page)}:{edit.first}" for page in pages() for edit in lacking(page)]
    assert not found, "python -m tests.paths writes them"


@pytest.mark.parametrize(("language", "form"), [("en", "Chapter {number}. {title}"), ("ko", "{number}장. {title}")])
def test_a_lessons_first_heading_has_its_number(language: Language, form: str) -> None:
    for each in chapters(CHAPTERS, language):
        wanted = form.format(number=chapter_id(each.lesson)[2:], title=each.title)
        assert headings(read_text(each.lesson))[0].text.replace("`", "") == wanted.replace("`", "")


TRAPS = {
    r"\bsed\b.* -i": "GNU's and BSD's differ: perl -pi -e",
    r"(?:^|[;&|(] *|\b[A-Z_]+=\S* )(?:python|pip)\b": "Debian has no `python`: uv run python",
    r"\breadlink -f": "macOS has it since 12.3 only",
    r"\bdate (?:-d|--date)": "GNU's alone",
    r"\bgrep (?:-\w*P|--perl)": "GNU's alone",
    r"\b(?:stat -c|xargs -r|head -n -|base64 -w|cp -t|find .* -printf|echo -e|ls --)": "GNU's alone",
    r"(?:^|[;&|] *)(?:timeout|sha256sum|nproc|ss|tac|free) ": "not on macOS",
}
"""Commands that are there on one kind of machine, and not, or otherwise, on another; and what to do."""


def typed(file: Path) -> Iterator[str]:
    """What a page says to type in a shell."""
    for part in walk(read_text(file)):
        if part.kind == "fence" and part.info in ("console", "bash", "sh"):
            lines = part.text.splitlines()
            yield from (line[2:] for line in lines if line.startswith(("$ ", "> ")) or part.info != "console")


@pytest.mark.parametrize(
    ("command", "trapped"),
    [
        ("sed -i 's/a/b/' x", True),
        ("python -m venv x", True),
        ("TZ=UTC python -c 1", True),
        ("cd x && pip install y", True),
        ("date -d tomorrow", True),
        ("ls | grep -oP x", True),
        ("uv run python -m x", False),
        ("perl -pi -e 's/a/b/' x", False),
        ("sed 's/a/b/' x", False),
        ("ls -A", False),
    ],
)
def test_a_trap_is_known(command: str, trapped: bool) -> None:
    assert any(re.search(trap, command) for trap in TRAPS) == trapped


def test_commands_work_on_linux_and_macos_as_printed() -> None:
    files = [*CHAPTERS.glob("ch*/**/*.md"), *(CLONE / "docs").glob("*.md"), CLONE / "README.md"]
    found = [
        f"{shown(file)}: {command} ({way})"
        for file in files
        if not file.name.endswith(".ko.md")
        for command in typed(file)
        for trap, way in TRAPS.items()
        if re.search(trap, command)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("file", lesson_files(CHAPTERS), ids=chapter_id)
def test_the_first_python_session_says_how_to_open_it(file: Path) -> None:
    before, session, _ = read_text(file).partition("```pycon")
    assert re.search("`uv run python(?: -m asyncio)?`", before) or not session


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("lesson.md", r"(?i)\bthe notes(?! and today)\b"), ("lesson.ko.md", "(?<!용)노트(?!와 오늘|북)")],
)
def test_the_courses_notes_are_told_of_in_their_own_section_alone(pattern: str, words: str) -> None:
    """A reader who never took the course has none."""
    found = []
    for file in sorted(CHAPTERS.glob(f"ch*/{pattern}")):
        heads, own = headings(read_text(file)), 0
        for part in walk(read_text(file)):
            own = sum(head.first <= part.first for head in heads) if part.kind == "heading" else own
            told = heads[own - 1].text in ("The notes and today", "노트와 오늘")
            if part.kind in ("text", "heading") and re.search(words, part.text) and not told:
                found.append(f"{shown(file)}:{part.first}: {part.text.strip()[:100]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("pattern", "title"), [("lesson.md", "Read more"), ("lesson.ko.md", "더 읽기")])
def test_a_lesson_ends_with_its_sources(pattern: str, title: str) -> None:
    for file in CHAPTERS.glob(f"ch*/{pattern}"):
        text, last = read_text(file), headings(read_text(file))[-1]
        assert (last.text, last.level) == (title, 2), file
        assert text[text.rindex(f"## {title}") :].count("](https://") >= 3, file
