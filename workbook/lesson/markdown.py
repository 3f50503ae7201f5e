"""The one Markdown walker: what a page holds, part by part, each with its lines.

    [part.slug for part in walk(text) if part.kind == "heading"]

Lines count from 1, as an editor does. Front matter is no part of a page; `front_lines` says how many lines it takes.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

BEFORE_A_FENCE = {"tag", "exit", "background", "not run"}  # comments of a lesson that speak of the fence after them
ALONE = {"stop", "note", "section"}  # and those that stand for themselves

# Without indented code, what an admonition of the site holds is read as what it is: paragraphs and fences.
_PARSER = MarkdownIt("commonmark").enable("table").disable("code")
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_WORDS = ("text", "code_inline", "softbreak", "hardbreak", "image")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page, lines `first` to `last`.

    Its kind is `heading`, `fence`, `comment`, `html`, `text` (of a paragraph or cell), or the tag of what opens: `li`.
    A text that is the path of the fence below it, for readers on GitHub, which hides titles, is a `path`.
    Its text are the words without their marks, or the content of a fence, of HTML or of a comment; `info` stands behind
    the backticks of a fence, and `closed` says whether it has its end; `slug` is the id that the site gives a heading;
    `depth` counts the lists, quotations and tables around it; `inline` are the tokens within: links, images, code.
    """

    kind: str
    first: int
    last: int
    text: str = ""
    info: str = ""
    slug: str = ""
    level: int = 0
    depth: int = 0
    closed: bool = True
    inline: Sequence[Token] = field(default=(), compare=False, repr=False)


def front_lines(text: str) -> int:
    """How many lines at the top are front matter, with both `---`; 0 without."""
    lines = text.split("\n")
    return lines.index("---", 1) + 1 if lines[0] == "---" and "---" in lines[1:] else 0


def walk(text: str) -> Iterator[Part]:
    """The parts of a page in their order; what holds others comes before them."""
    parts = [*_walk(text)]
    for part, following in zip_longest(parts, parts[1:]):
        is_path = part.kind == "text" and following and f'title="{part.text.strip()}"' in following.info
        yield replace(part, kind="path") if is_path else part


def _walk(text: str) -> Iterator[Part]:
    lines = text.split("\n")
    skip = front_lines(text)
    slugs: list[str] = []
    heading: Token | None = None
    for token in _PARSER.parse("\n".join([""] * skip + lines[skip:])):
        if token.map is None or token.nesting == -1:
            continue
        first, last, depth = token.map[0] + 1, token.map[1], token.level
        if token.type == "fence":
            closing = lines[last - 1].strip(" >") if last > first else ""
            closed = closing.startswith(token.markup) and not closing.strip(token.markup[0])
            yield Part("fence", first, last, token.content, info=token.info.strip(), depth=depth, closed=closed)
        elif token.type == "html_block":
            yield from _html(token.content, first, last, depth)
        elif token.type == "heading_open":
            heading = token  # its words come next
        elif token.type == "inline":
            children = token.children or []
            words = "".join(child.content or " " for child in children if child.type in _WORDS)
            if heading is not None:
                slugs.append(_slug(words, slugs))
                level = int(heading.tag[1])
                yield Part("heading", first, last, words, "", slugs[-1], level, depth - 1, inline=children)
            else:
                yield Part("text", first, last, words, depth=depth - 1, inline=children)
            heading = None
        else:
            yield Part(token.tag, first, last, depth=depth)


def headings(text: str) -> list[Part]:
    """The headings of a page."""
    return [part for part in walk(text) if part.kind == "heading"]


def _html(content: str, first: int, last: int, depth: int) -> Iterator[Part]:
    if content.lstrip().startswith("<!--"):
        for match in _COMMENT.finditer(content):
            line = first + content.count("\n", 0, match.start())
            yield Part("comment", line, line + match[0].count("\n"), match[1], depth=depth)
        content = _COMMENT.sub("", content)
    if content.strip():
        yield Part("html", first, last, content, depth=depth)


def _slug(heading: str, given: Sequence[str]) -> str:
    """A heading's id, as Python-Markdown's extension `toc` gives it: the second of a name ends in `_1`."""
    plain = unicodedata.normalize("NFKD", " ".join(heading.split())).encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())
    while slug in given or not slug:
        numbered = re.fullmatch(r"(.*)_([0-9]+)", slug)
        slug = f"{numbered[1]}_{int(numbered[2]) + 1}" if numbered else f"{slug}_1"
    return slug


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines of a file to replace: from line `first` on, `count` of them."""

    first: int
    count: int
    lines: tuple[str, ...]


def rewrite(file: Path, edits: Sequence[Edit]) -> None:
    """Replace lines of a file, from its end to its start so that the numbers stay true."""
    lines = file.read_text(encoding="utf-8").split("\n")
    for edit in sorted(edits, key=lambda each: each.first, reverse=True):
        lines[edit.first - 1 : edit.first - 1 + edit.count] = edit.lines
    file.write_text("\n".join(lines), encoding="utf-8", newline="\n")
