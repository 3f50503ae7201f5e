"""The one Markdown walker: what a page holds, part by part, each with its lines.

    [part.slug for part in walk(text) if part.kind == "heading"]

Lines count from 1, as an editor does. Front matter is no part of a page; `front_lines` says how many lines it takes.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

BEFORE_A_FENCE = {"tag", "exit", "background", "not run"}
"""Comments of a lesson that speak of the fence after them."""
ALONE = {"stop", "note"}
"""Comments of a lesson that stand for themselves."""

# Without indented code, what an admonition of the site holds is read as what it is: paragraphs and fences.
_PARSER = MarkdownIt("commonmark").enable("table").disable("code")
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_WORDS = ("text", "code_inline", "softbreak", "hardbreak", "image")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page, lines `first` to `last`.

    Attributes:
        kind: `heading`, `fence`, `comment`, `html`, `text` (of a paragraph or a cell), or the tag of what opens: `li`.
        text: the words of a heading or a text without their marks; the content of a fence, of HTML or of a comment.
        info: what stands behind the backticks of a fence.
        slug: the id that the site gives to a heading.
        depth: how far it stands in lists, quotations and tables; 0 at the left margin.
        closed: whether a fence has its end.
        inline: the tokens within a heading or a text: links, images, code.
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
    if slug and slug not in given:
        return slug
    numbered = re.fullmatch(r"(.*)_([0-9]+)", slug)
    base, count = (numbered[1], int(numbered[2]) + 1) if numbered else (slug, 1)
    while f"{base}_{count}" in given:
        count += 1
    return f"{base}_{count}"


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
