"""A page as translation sees it: sections, each with the tokens that are the same in every language, and its words."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import BEFORE_A_FENCE

SPOKEN = ("goal", "you_will_learn", "description")
TRANSLATED = ("title", "goal", "you_will_learn", "out_of_scope", "notes", "description")
"""Keys of the front matter that hold text; all others hold the same value in both languages."""

# Without indented code, what an admonition holds is read as what it is: paragraphs and fences.
_PARSER = MarkdownIt("commonmark").enable("table").disable("code")
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_OWN_LINES = re.compile(r"^ *<!--.*?--> *$", re.DOTALL | re.MULTILINE)
_TARGET = re.compile(r'\b(?:href|src)="([^"]*)"')
_FOLD = re.compile(r"<(?:details|summary)\b")
_SILENT = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->|<code>.*?</code>|<[^>]*>", re.DOTALL)
_SENTENCE = re.compile(r"^([a-z]\w*): (.*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A token: its kind, its lines (from 1, both included), and its text.

    A `link` is the same in both languages in any order, a `text` and what is `spoken` are translated; all other kinds
    (`key`, `entry`, `fence`, `comment`, `row`, `fold`; of checks `id`, `sentence`, `see`) are the same, in order.
    """

    kind: str
    first: int
    last: int
    value: str


@dataclass(slots=True)
class Section:
    """A heading and what follows it up to the next heading; in a notebook, a cell.

    Attributes:
        level: `##`, or the cell's type and id.
        slug: the id that the site gives to the heading, or the cell's id.
        stamp: slug and hash of the English section that this one was written from; empty when nothing says so.
        prose: all its words and marks, without fences and comments, in one line.
    """

    first: int
    last: int
    level: str
    title: str
    slug: str
    parts: list[Part] = field(default_factory=list)
    stamp: str = ""
    prose: str = ""

    def of(self, *kinds: str) -> list[Part]:
        """The tokens of these kinds."""
        return [part for part in self.parts if part.kind in kinds]

    def head(self, slug: str = "") -> Part:
        """The heading as a token, with an id or without."""
        return Part("heading", self.first, self.last, f"{self.level} {slug}".rstrip())

    def skeleton(self) -> list[Part]:
        """The heading, and what must be the same in the same order."""
        same = [part for part in self.parts if part.kind not in ("link", "text", "spoken")]
        return [self.head(), *same]

    def own_stamp(self) -> str:
        """What a section written from this one has as its stamp: the hash is 8 hex digits of the prose's SHA-256."""
        return f"{self.slug} {hashlib.sha256(self.prose.encode()).hexdigest()[:8]}"


def read_page(file: Path) -> list[Section]:
    """Read a page or a notebook in either language. What stands above the first heading belongs to its section.

    Raises:
        LessonError: no heading, or front matter that is not YAML.
    """
    if file.suffix == ".ipynb":
        return list(_cells(file.read_text(encoding="utf-8")))
    from markdown.extensions.toc import slugify, unique  # as MkDocs gives headings their ids

    lines = file.read_text(encoding="utf-8").split("\n")
    skip = lines.index("---", 1) + 1 if lines[0] == "---" and "---" in lines[1:] else 0
    waiting, said = _front(file, lines[:skip])
    sections: list[Section] = []
    ids: set[str] = set()
    checks = file.name.startswith("checks.")
    for part in _walk("\n".join([""] * skip + lines[skip:]), sentences=checks):
        if part.kind == "heading":
            level, _space, title = part.value.partition(" ")
            slug = unique(slugify(title, "-"), ids)
            waiting += [Part("id", part.first, part.last, title)] if checks and level == "##" else []
            sections.append(Section(part.first, part.last, level, title, slug, waiting))
            waiting = []
        elif part.value.startswith("section: ") and sections and part.first == sections[-1].last + 1:
            sections[-1].stamp = part.value.removeprefix("section: ")
        else:
            (sections[-1].parts if sections else waiting).append(part)
    if not sections:
        raise LessonError(file, skip + 1, "the page has no heading.", way="Start it with # and its title.")
    starts = [skip + 1, *(section.first for section in sections[1:]), len(lines) + 1]
    for section, first, end in zip(sections, starts, starts[1:], strict=False):
        hidden = {n for part in section.of("fence", "comment") for n in range(part.first, part.last + 1)}
        prose = "\n".join(lines[n - 1] for n in range(first, end) if n not in hidden)
        section.prose = " ".join(_OWN_LINES.sub("", prose).split())
    sections[0].prose = "\n".join([*said, sections[0].prose])
    return sections


def _front(file: Path, lines: list[str]) -> tuple[list[Part], list[str]]:
    """The front matter's entries by name, and its texts. Of a text, how many entries it has is the same in both."""
    try:
        front = dict(yaml.safe_load("\n".join(lines[1:-1])) or {})
    except (yaml.YAMLError, TypeError, ValueError):
        raise LessonError(file, 2, "the front matter is not YAML, or not a list of keys and values.") from None
    starts = [number for number, line in enumerate(lines[1:], 2) if line[:1].strip("- #")]
    parts = []
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        key = lines[first - 1].partition(":")[0]
        count = f": {len(front[key])} entries" if isinstance(front[key], list) else ""
        text = key in TRANSLATED
        parts.append(Part("entry" if text else "key", first, end - 1, key + (count if text else f": {front[key]!r}")))
        parts += [Part("spoken", first, end - 1, str(front[key]))] if key in SPOKEN else []
    said = [f"{key}: {front[key]}" for key in TRANSLATED if key in front]
    return sorted(parts, key=lambda part: part.value), said


def _cells(text: str) -> Iterator[Section]:
    """A notebook's cells: of code its source and outputs, of Markdown and a picture's description the words."""
    for cell in json.loads(text)["cells"]:
        line = text.count("\n", 0, text.index(f'"id": "{cell["id"]}"')) + 1
        source, alt = "".join(cell["source"]), cell["metadata"].get("alt", "")
        section = Section(line, line, f"{cell['cell_type']} {cell['id']}", cell["id"], cell["id"])
        if "english" in cell["metadata"]:
            section.stamp = f"{cell['id']} {cell['metadata']['english']}"
        if cell["cell_type"] == "markdown":
            section.prose = " ".join(source.split())
            section.parts = [
                Part("text" if part.kind == "heading" else part.kind, line, line, part.value) for part in _walk(source)
            ]
        else:
            section.prose = alt
            ran = json.dumps([cell["execution_count"], cell["outputs"]], indent=1, ensure_ascii=False)
            section.parts = [Part("fence", line, line, f"{source}\n{ran}")]
            section.parts += [Part("row", line, line, "a described picture"), Part("text", line, line, alt)] * bool(alt)
        yield section


def _walk(text: str, *, sentences: bool = False) -> Iterator[Part]:
    """The tokens of Markdown in order. `sentences`: each `id: sentence with {placeholders}` is a token, too."""
    comments: list[Part] = []
    heading = 0
    tokens = _PARSER.parse(text)
    for at, token in enumerate(tokens):
        if token.map is None or token.nesting == -1:
            continue
        first, last = token.map[0] + 1, token.map[1]
        if token.type == "html_block" and token.content.lstrip().startswith("<!--"):
            last = first + token.content.rstrip().count("\n")
            for name in _COMMENT.findall(token.content):
                if name.partition(":")[0] in BEFORE_A_FENCE:
                    comments.append(Part("comment", first, last, name))
                elif not name.startswith("note:"):
                    yield Part("comment", first, last, name)
            continue
        if token.type == "fence":
            value = "\n".join([*(each.value for each in comments), f"```{token.info.strip()}", f"{token.content}```"])
            yield Part("fence", comments[0].first if comments else first, last, value)
        else:
            yield from comments
        comments = []
        if token.type == "heading_open":
            heading = last
            kept = ("text", "code_inline", "softbreak", "hardbreak")
            words = [each.content or " " for each in tokens[at + 1].children or () if each.type in kept]
            yield Part("heading", first, last, f"{'#' * int(token.tag[1])} {''.join(words)}")
        elif token.type == "html_block":
            yield from _html(first, token.content)
            yield Part("text", first, last, _SILENT.sub(" ", token.content))
        elif token.tag in ("tr", "th", "td"):
            yield Part("row", first, last, f"<{token.tag}>")
        elif token.type == "inline":
            yield from _inline(first, token)
            if last > heading:
                words = [each.content if each.type in ("text", "image") else " " for each in token.children or ()]
                yield Part("text", first, last, "".join(words))
            for name, sentence in _SENTENCE.findall(token.content) if sentences else ():
                words = [sentence] if name == "see" else sorted(re.findall(r"\{\w+\}", sentence))
                yield Part("see" if name == "see" else "sentence", first, last, " ".join([f"{name}:", *words]))
    yield from comments


def _inline(line: int, token: Token) -> Iterator[Part]:
    for child in token.children or ():
        if child.type in ("link_open", "image"):
            yield Part("link", line, line, str(child.attrs["href" if child.type == "link_open" else "src"]))
        elif child.type == "html_inline":
            yield from _html(line, child.content)


def _html(line: int, content: str) -> Iterator[Part]:
    yield from (Part("link", line, line, target) for target in _TARGET.findall(content))
    yield from (Part("fold", line, line, f"{tag}>") for tag in _FOLD.findall(content))
