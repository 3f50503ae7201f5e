"""The fences and comments of a page, with their lines. Everything else on the page is prose."""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Place

_ATTRIBUTE = re.compile(r'\s+(\w+)="([^"]*)"')
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->\s*", re.DOTALL)

BEFORE_A_FENCE = {"tag", "exit", "background", "not run"}
"""Comments that speak of the fence after them."""
ALONE = {"stop", "note"}
"""Comments that stand for themselves."""
BARE = {"background", "stop"}
"""Comments without a value."""
ACTING = {"console", "mysql", "pycon", "diff"}


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence as it stands: language, title, content, and the comments before it with their lines."""

    place: Place
    language: str
    title: str | None
    content: str
    comments: dict[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A comment that stands for itself."""

    place: Place
    name: str


def fences_and_marks(file: Path, text: str, skip: int) -> list[Fence | Mark]:
    """Read a page.

    Args:
        skip: how many lines at the top are front matter.

    Raises:
        LessonError: an unknown comment or attribute, a comment that is not before a fence, an unclosed fence, a fence
            that acts inside a list.
    """
    lines = text.split("\n")
    body = "\n".join([""] * skip + lines[skip:])
    found: list[Fence | Mark] = []
    waiting: dict[str, tuple[str, int]] = {}
    for token in MarkdownIt("commonmark").parse(body):
        if token.map is None or token.nesting == -1:
            continue
        first, last = token.map[0] + 1, token.map[1]
        place = Place(file, first, last)
        if token.type == "html_block" and token.content.lstrip().startswith("<!--"):
            for name, value, line in _comments(file, token.content, first):
                if name in BEFORE_A_FENCE:
                    if name in waiting:
                        raise LessonError(file, line, f"a second `{name}` comment before the same fence.")
                    waiting[name] = (value, line)
                elif name == "stop":
                    _nothing_waits(file, waiting)
                    found.append(Mark(Place(file, line, line), name))
        elif token.type == "fence":
            fence = _fence(place, token.info, token.content, waiting)
            closing = lines[last - 1].strip() if last > first else ""
            if not closing.startswith(token.markup[:3]) or closing.strip(token.markup[0]):
                raise LessonError(file, first, "this fence is never closed.", way=f"End it with {token.markup}.")
            if token.level and (fence.title is not None or fence.language in ACTING or waiting):
                raise LessonError(
                    file, first, "a fence that the machine acts on stands at the left margin, not inside a list."
                )
            found.append(fence)
            waiting = {}
        else:
            _nothing_waits(file, waiting)
    _nothing_waits(file, waiting)
    return found


def _nothing_waits(file: Path, waiting: dict[str, tuple[str, int]]) -> None:
    for name, (_, line) in waiting.items():
        raise LessonError(
            file, line, f"the comment `{name}` is not directly before a fence.", way="Move it to the line before."
        )


def _comments(file: Path, content: str, first: int) -> list[tuple[str, str, int]]:
    found = []
    for match in _COMMENT.finditer(content):
        line = first + content.count("\n", 0, match.start())
        name, colon, value = (part.strip() for part in match[1].partition(":"))
        if name not in BEFORE_A_FENCE | ALONE:
            known = ", ".join(sorted(BEFORE_A_FENCE | ALONE))
            raise LessonError(
                file,
                line,
                f"unknown comment `{name}`.",
                way=f"Known: {known}. A word among authors is <!-- note: … -->.",
            )
        if (name in BARE) == bool(colon):
            form = f"<!-- {name} -->" if name in BARE else f"<!-- {name}: … -->"
            raise LessonError(file, line, f"the comment `{name}` is written {form}.")
        if colon and not value:
            raise LessonError(file, line, f"the comment `{name}` says nothing after its colon.")
        found.append((name, value, line))
    return found


def _fence(place: Place, info: str, content: str, comments: dict[str, tuple[str, int]]) -> Fence:
    language, _, rest = info.strip().partition(" ")
    attributes = dict(_ATTRIBUTE.findall(f" {rest}"))
    left = _ATTRIBUTE.sub("", f" {rest}").strip()
    unknown = [name for name in attributes if name != "title"] or ([left] if left else [])
    if unknown:
        raise LessonError(
            place.file,
            place.first,
            f"unknown fence attribute `{unknown[0]}`.",
            way='The only one is title="path/of/the/file".',
        )
    return Fence(place, language, attributes.get("title"), content, comments)
