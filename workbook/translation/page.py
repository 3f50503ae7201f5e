"""A page as translation sees it: sections with their prose, fences, comments, links and tables."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import BEFORE_A_FENCE
from workbook.translation.slugs import plain, slugs

# Without indented code, what an admonition holds is read as what it is: paragraphs and fences.
_PARSER = MarkdownIt("commonmark").enable("table").disable("code")
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_OWN_LINES = re.compile(r"^ *<!--.*?--> *$", re.DOTALL | re.MULTILINE)
_STAMP = re.compile(r"section: (\S+) ([0-9a-f]{8})")
_TARGET = re.compile(r'\b(?:href|src)="([^"]*)"')
_SILENT = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->|<code>.*?</code>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """A fence with the machine's comments before it, or a comment alone; lines count from 1, both included."""

    first: int
    last: int
    fence: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, a cell or a piece of HTML: its words without code, and its line."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The comment `<!-- section: slug hash -->`: which English section a Korean one was written from."""

    line: int
    slug: str
    hash: str


@dataclass(slots=True)
class Section:
    """A heading and what follows it up to the next heading.

    Attributes:
        line, last: its heading's first and last line, from 1.
        prose: all its words and marks, without fences and comments, in one line.
    """

    line: int
    last: int
    level: int
    title: str
    slug: str = ""
    stamp: Stamp | None = None
    items: list[Item] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    tables: list[list[int]] = field(default_factory=list)
    tags: Counter[str] = field(default_factory=Counter)
    prose: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's front matter, the line of each of its keys, and its sections in order."""

    file: Path
    front: Mapping[str, Any]
    keys: Mapping[str, int]
    sections: tuple[Section, ...]


def read_page(file: Path) -> Page:
    """Read a page in either language. What stands above the first heading belongs to its section.

    Raises:
        LessonError: no heading, front matter that is not YAML, a `section` comment in the wrong place or form.
    """
    lines = file.read_text(encoding="utf-8").split("\n")
    skip = lines.index("---", 1) + 1 if lines[0] == "---" and "---" in lines[1:] else 0
    front, keys = _front(file, lines[1 : skip - 1]) if skip else ({}, {})
    tokens = _PARSER.parse("\n".join([""] * skip + lines[skip:]))
    sections = [
        Section(token.map[0] + 1, token.map[1], int(token.tag[1]), plain(inline))
        for token, inline in pairwise(tokens)
        if token.type == "heading_open" and token.map
    ]
    if not sections:
        raise LessonError(file, skip + 1, "the page has no heading.", way="Start it with # and its title.")
    for section, slug in zip(sections, slugs([each.title for each in sections]), strict=True):
        section.slug = slug
    _fill(file, tokens, sections)
    starts = [skip + 1, *(section.line for section in sections[1:]), len(lines) + 1]
    for section, first, end in zip(sections, starts, starts[1:], strict=False):
        hidden = {line for item in section.items for line in range(item.first, item.last + 1)}
        kept = [lines[line - 1] for line in range(first, end) if line not in hidden]
        section.prose = " ".join(_OWN_LINES.sub("", "\n".join(kept)).split())
    return Page(file, front, keys, tuple(sections))


def _front(file: Path, lines: list[str]) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        values = yaml.safe_load("\n".join(lines)) or {}
    except yaml.YAMLError as error:
        raise LessonError(file, 2, f"the front matter is not YAML: {error}.") from None
    if not isinstance(values, dict):
        raise LessonError(file, 2, "the front matter is not a list of keys and values.")
    return values, {line.partition(":")[0]: number for number, line in enumerate(lines, 2) if line[:1].strip("- #")}


def _fill(file: Path, tokens: list[Token], sections: list[Section]) -> None:
    """Sort what a page holds into its sections."""
    at = 0
    comments: list[tuple[int, int, str]] = []
    for token in tokens:
        if token.map is None or token.nesting == -1:
            continue
        first, last = token.map[0] + 1, token.map[1]
        is_comment = token.type == "html_block" and token.content.lstrip().startswith("<!--")
        if comments and token.type != "fence" and not is_comment:
            sections[at].items.append(Item(comments[0][0], comments[-1][1], "", tuple(each[2] for each in comments)))
            comments.clear()
        while at + 1 < len(sections) and first >= sections[at + 1].line:
            at += 1
        section = sections[at]
        if is_comment:
            last = first + token.content.rstrip().count("\n")
            for name in _COMMENT.findall(token.content):
                if name.startswith("section:"):
                    _stamp(file, section, first, name)
                elif name.partition(":")[0] in BEFORE_A_FENCE:
                    comments.append((first, last, name))
                elif not name.startswith("note:"):
                    section.items.append(Item(first, last, "", (name,)))
        elif token.type == "fence":
            above = tuple(each[2] for each in comments)
            fence = f"{token.info.strip()}\n{token.content}"
            section.items.append(Item(comments[0][0] if comments else first, last, fence, above))
            comments.clear()
        elif token.type == "html_block":
            _html(section, first, token.content)
            section.texts.append(Text(first, re.sub(r"<[^>]*>", " ", _SILENT.sub(" ", token.content))))
        elif token.type == "table_open":
            section.tables.append([])
        elif token.type == "tr_open":
            section.tables[-1].append(0)
        elif token.type in ("th_open", "td_open"):
            section.tables[-1][-1] += 1
        elif token.type == "inline":
            _inline(section, first, token, heading=section.line <= first <= section.last)
    if comments:
        sections[at].items.append(Item(comments[0][0], comments[-1][1], "", tuple(each[2] for each in comments)))


def _stamp(file: Path, section: Section, line: int, name: str) -> None:
    found = _STAMP.fullmatch(name)
    way = "Let the machine write it: workbook translation --accept FILE."
    if not found:
        raise LessonError(file, line, f"`{name}` is not `section: slug hash`.", way=way)
    between = [text for text in section.texts if text.line > section.last]
    if section.stamp or between or line < section.line or any(item.first > section.last for item in section.items):
        raise LessonError(file, line, "a `section` comment stands directly below its heading.", way=way)
    section.stamp = Stamp(line, found[1], found[2])


def _inline(section: Section, line: int, token: Token, *, heading: bool) -> None:
    words = []
    for child in token.children or ():
        if child.type == "link_open":
            section.links.append((line, str(child.attrs["href"])))
        elif child.type == "image":
            section.links.append((line, str(child.attrs["src"])))
            words.append(child.content)
        elif child.type == "html_inline":
            _html(section, line, child.content)
        words.append(child.content if child.type == "text" else " ")
    if not heading:
        section.texts.append(Text(line, "".join(words)))


def _html(section: Section, line: int, content: str) -> None:
    section.links += [(line, target) for target in _TARGET.findall(content)]
    section.tags.update(re.findall(r"<(details|summary)\b", content))
