"""The one Markdown walker: what a page holds, part by part, each with its lines.

    for part in walk(text):
        if part.kind == "heading":
            print(part.first, part.slug, part.text)

Every room that reads pages reads them so: lessons, checks, the two languages side by side, the site. Lines count from
1, as an editor does. Front matter is no part of a page; `front_lines` says how many lines it takes.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

BEFORE_A_FENCE = {"tag", "exit", "background", "not run"}
"""Comments of a lesson that speak of the fence after them."""
ALONE = {"stop", "note"}
"""Comments of a lesson that stand for themselves."""

# Without indented code, what an admonition of the site holds is read as what it is: paragraphs and fences.
_PARSER = MarkdownIt("commonmark").enable("table").disable("code")
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_TARGET = re.compile(r'\b(?:href|src)="([^"]*)"')
_WORDS = ("text", "code_inline", "softbreak", "hardbreak", "image")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page, lines `first` to `last`.

    Attributes:
        text: the words of a heading, a paragraph or a cell without their marks; the content of a fence or of HTML; what
            stands within a comment.
        info: what stands behind the backticks of a fence.
        slug: the id that the site gives to a heading.
        level: of a heading, 1 to 6.
        depth: how far it stands in lists and quotations; 0 at the left margin.
        links: where it links to, images too.
        closed: whether a fence has its end.
        cells: how many a row has.
    """

    kind: Literal["heading", "fence", "comment", "html", "text", "row"]
    first: int
    last: int
    text: str = ""
    info: str = ""
    slug: str = ""
    level: int = 0
    depth: int = 0
    links: tuple[str, ...] = ()
    closed: bool = True
    cells: int = 0


def front_lines(text: str) -> int:
    """How many lines at the top are front matter, with both `---`; 0 without."""
    lines = text.split("\n")
    return lines.index("---", 1) + 1 if lines[0] == "---" and "---" in lines[1:] else 0


def walk(text: str) -> Iterator[Part]:
    """The parts of a page in their order. A row of a table comes before its cells, which are texts."""
    lines = text.split("\n")
    skip = front_lines(text)
    tokens = _PARSER.parse("\n".join([""] * skip + lines[skip:]))
    given: list[str] = []
    for index, token in enumerate(tokens):
        if token.map is None or token.nesting == -1:
            continue
        first, last, depth = token.map[0] + 1, token.map[1], token.level
        if token.type == "heading_open":
            words = _words(tokens[index + 1])
            given.append(_slug(words, given))
            level, links = int(token.tag[1]), _links(tokens[index + 1])
            yield Part("heading", first, last, words, slug=given[-1], level=level, depth=depth, links=links)
        elif token.type == "fence":
            closing = lines[last - 1].strip(" >") if last > first else ""
            closed = closing.startswith(token.markup) and not closing.strip(token.markup[0])
            yield Part("fence", first, last, token.content, info=token.info.strip(), depth=depth, closed=closed)
        elif token.type == "html_block":
            yield from _html(token.content, first, last, depth)
        elif token.type == "tr_open":
            row = takewhile(lambda each: each.type != "tr_close", islice(tokens, index, None))
            yield Part("row", first, last, cells=sum(each.type in ("th_open", "td_open") for each in row))
        elif token.type == "inline" and tokens[index - 1].type != "heading_open":
            yield Part("text", first, last, _words(token), depth=depth - 1, links=_links(token))


def _html(content: str, first: int, last: int, depth: int) -> Iterator[Part]:
    if content.lstrip().startswith("<!--"):
        for match in _COMMENT.finditer(content):
            line = first + content.count("\n", 0, match.start())
            yield Part("comment", line, line + match[0].count("\n"), match[1], depth=depth)
        content = _COMMENT.sub("", content)
    if content.strip():
        yield Part("html", first, last, content, depth=depth, links=tuple(_TARGET.findall(content)))


def _words(inline: Token) -> str:
    return "".join(child.content or " " for child in inline.children or () if child.type in _WORDS)


def _links(inline: Token) -> tuple[str, ...]:
    found: list[str] = []
    for child in inline.children or ():
        found += [str(child.attrs[name]) for name in ("href", "src") if name in child.attrs]
        found += _TARGET.findall(child.content) if child.type == "html_inline" else ()
    return tuple(found)


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
