"""The English fences into the Korean page, where nothing else changed."""

from collections.abc import Iterable
from pathlib import Path

from workbook.lesson.errors import LessonError, shown
from workbook.lesson.markdown import Edit, rewrite
from workbook.translation.page import Page, read_page
from workbook.translation.pairs import Pair, counterpart
from workbook.translation.structure import TRANSLATED


def sync(pair: Pair) -> bool:
    """Copy what is the same in both languages and differs: fences and their comments by position, front matter by key.

    Returns:
        whether the Korean page changed.

    Raises:
        LessonError: the pages have not the same headings, or a section not as many fences; then nothing is written.
    """
    english, korean = read_page(pair.english), read_page(pair.korean)
    there = [(section.level, len(section.items)) for section in english.sections]
    here = [(section.level, len(section.items)) for section in korean.sections]
    if here != there:
        number = next((n for n, (one, other) in enumerate(zip(there, here, strict=False)) if one != other), -1)
        section = korean.sections[min(number, len(korean.sections) - 1)]
        what = f"the fences cannot be copied: from `{section.title}` on, headings or the number of fences differ."
        raise LessonError(pair.korean, section.line, what, way=f"Compare it with {shown(pair.english)}.")
    lines = pair.english.read_text(encoding="utf-8").split("\n")
    edits = [_front(english, korean)] if english.front and korean.front else []
    for one, other in zip(english.sections, korean.sections, strict=True):
        for theirs, ours in zip(one.items, other.items, strict=True):
            if (theirs.comments, theirs.fence) != (ours.comments, ours.fence):
                copied = tuple(lines[theirs.first - 1 : theirs.last])
                edits.append(Edit(ours.first, ours.last - ours.first + 1, copied))
    before = pair.korean.read_text(encoding="utf-8")
    rewrite(pair.korean, edits)
    return pair.korean.read_text(encoding="utf-8") != before


def _front(english: Page, korean: Page) -> Edit:
    """The Korean front matter with the English entries that are not translated, in the English order."""
    theirs, ours = _entries(english), _entries(korean)
    lines = [line for key in theirs for line in (ours.get(key, []) if key in TRANSLATED else theirs[key])]
    lines += [line for key in ours if key in TRANSLATED and key not in theirs for line in ours[key]]
    return Edit(2, sum(map(len, ours.values())), tuple(lines))


def _entries(page: Page) -> dict[str, list[str]]:
    """The front matter's lines by their key."""
    lines = page.file.read_text(encoding="utf-8").split("\n")
    starts = [*page.keys.values(), lines.index("---", 1) + 1]
    return {key: lines[first - 1 : end - 1] for key, first, end in zip(page.keys, starts, starts[1:], strict=False)}


def followed(changed: Iterable[Path]) -> tuple[list[Path], list[LessonError]]:
    """Let the Korean pages follow what a verb rewrote in lessons and mistakes.

    Args:
        changed: any files; those without a Korean page are passed over.

    Returns:
        the Korean pages that changed, and why others could not follow.
    """
    done: list[Path] = []
    refused: list[LessonError] = []
    for file in changed:
        korean = counterpart(file)
        if file.suffix == ".md" and korean.exists():
            try:
                done += [korean] if sync(Pair(file, korean)) else []
            except LessonError as error:
                refused.append(error)
    return done, refused
