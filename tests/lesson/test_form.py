"""The form of a lesson, as a reader on GitHub, on another machine or without the course's notes needs it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import lacking, pages
from workbook.lesson.blocks import elided
from workbook.lesson.chapters import chapter_id, lesson_files, mistake_files
from workbook.lesson.errors import shown
from workbook.lesson.markdown import headings, rewrite, walk
from workbook.lesson.model import Session
from workbook.lesson.reader import read_lesson, read_mistake, read_text
from workbook.place import CHAPTERS, CLONE

PAGE = '# A\n\nWords.\n\n```python title="app/__init__.py"\n```\n\n```text\nx\n```\n'


def named(page: Path) -> str:
    """`ch35`, `ch35.ko`."""
    return chapter_id(page) + page.name.removeprefix("lesson").removesuffix(".md")


def test_a_path_is_written_once(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    rewrite(page, [*lacking(page)])
    assert page.read_text() == PAGE.replace("```python", "**`app/__init__.py`**\n\n```python")
    assert [*lacking(page)] == []


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_titled_fence_has_its_path(page: Path) -> None:
    """GitHub hides the title, and the site does not show it twice."""
    found = [f"{shown(page)}:{edit.first}" for edit in lacking(page)]
    assert not found, "python -m tests.paths writes them"


@pytest.mark.parametrize("page", pages(), ids=named)
def test_a_lessons_first_heading_has_its_number_and_its_last_one_the_sources(page: Path) -> None:
    korean, number, text = ".ko" in page.suffixes, chapter_id(page)[2:], read_text(page)
    first, *_, last = headings(text)
    assert re.match(f"{number}장\\. " if korean else f"Chapter {number}\\. ", first.text)
    assert (last.text, last.level) == ("더 읽기" if korean else "Read more", 2)
    assert text[text.rindex(f"## {last.text}") :].count("](https://") >= 3


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


WITH = re.compile(r"\buvx? .*?--with \S+(?: --with \S+)*")


def test_what_uv_says_while_it_installs_is_left_open() -> None:
    """Of packages for one command it tells where they are new to this machine, and never again: `...` stands for it."""
    found = []
    for lesson in lesson_files(CHAPTERS):
        for page in (lesson, *mistake_files(lesson)):
            known = set[str]()
            blocks = (read_lesson(page) if page == lesson else read_mistake(page)).blocks
            exchanges = [each for block in blocks if isinstance(block, Session) for each in block.exchanges]
            for packages, each in ((asked[0], each) for each in exchanges if (asked := WITH.search(each.typed))):
                if packages not in known and not any(map(elided, each.output[:1])):
                    found.append(f"{shown(page)}:{each.line}: {packages}")
                known.add(packages)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("file", lesson_files(CHAPTERS), ids=chapter_id)
def test_the_first_python_session_says_how_to_open_it(file: Path) -> None:
    before, session, _ = read_text(file).partition("```pycon")
    assert re.search("`uv run python(?: -m asyncio)?`", before) or not session


@pytest.mark.parametrize("page", pages(), ids=named)
def test_the_courses_notes_are_told_of_in_their_own_section_alone(page: Path) -> None:
    """A reader who never took the course has none."""
    words = "(?<!용)노트(?!와 오늘|북)" if ".ko" in page.suffixes else r"(?i)\bthe notes(?! and today)\b"
    text, section, found = read_text(page), "", []
    for part in walk(text):
        section = part.text if part.kind == "heading" else section
        if part.kind in ("text", "heading") and section not in ("The notes and today", "노트와 오늘"):
            found += [f"{shown(page)}:{part.first}: {part.text}"] if re.search(words, part.text) else []
    assert not found, "\n".join(found)
