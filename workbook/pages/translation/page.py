"""A page as translation sees it: sections, each with the tokens that are the same in every language, and its words."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import Part, front_lines, walk

TRANSLATED = ("title", "goal", "stands", "you_will_learn", "out_of_scope", "notes", "description")
"""Keys of the front matter that hold text; all others hold the same value in both languages."""

_SPOKEN = ("goal", "you_will_learn", "description")  # sentences, and no name that may be the same in Korean
_TARGET = re.compile(r'\b(?:href|src)="([^"]*)"')
_SPEAKS = re.compile(r"\$ (?:.*\| )?workbook\b")
_FOLD = re.compile(r"<(?:details|summary)\b")
_SILENT = re.compile(r"<(style|script)\b.*?</\1>|<code>.*?</code>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """What a page says in a way that can be compared: its kind, its lines (from 1, both included), and its text.

    A `link` is the same in both languages in any order, `text` and `spoken` are translated, all else is the same.
    """

    kind: str
    first: int
    last: int
    value: str


@dataclass(slots=True)
class Section:
    """A heading (in a notebook, a cell) and what follows it up to the next one.

    `level` is `##`, or the cell's type and id; `stamp` the slug and hash of the English section that this one was
    written from, if anything says so; `prose` all words and marks, without fences and comments, in one line.
    """

    first: int
    last: int
    level: str
    title: str
    slug: str
    tokens: list[Token] = field(default_factory=list)
    stamp: str = ""
    prose: str = ""

    def of(self, *kinds: str) -> list[Token]:
        """The tokens of these kinds."""
        return [token for token in self.tokens if token.kind in kinds]

    def head(self, slug: str = "") -> Token:
        """The heading as a token, with an id or without."""
        return Token("heading", self.first, self.last, f"{self.level} {slug}".rstrip())

    def skeleton(self) -> list[Token]:
        """The heading, and what must be the same in the same order."""
        return [self.head(), *(each for each in self.tokens if each.kind not in ("link", "text", "spoken"))]

    def own_stamp(self) -> str:
        """What a section written from this one has as its stamp: the hash is 8 hex digits of the prose's SHA-256."""
        return f"{self.slug} {hashlib.sha256(self.prose.encode()).hexdigest()[:8]}"


def read_page(file: Path) -> list[Section]:
    """Read a page or a notebook in either language. What stands above the first heading belongs to its section.

    Raises LessonError: no heading, or front matter that is not YAML.
    """
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        return list(_cells(text))
    lines, skip = text.split("\n"), front_lines(text)
    early, said = _front(file, lines[:skip])
    parts = list(walk(text))
    heads = [each for each in parts if each.kind == "heading"]
    if not heads:
        raise LessonError(file, skip + 1, "the page has no heading.", way="Start it with # and its title.")
    unread = [each for each in parts if each.kind in ("fence", "comment", "path")]
    hidden = {number for each in unread for number in range(each.first, each.last + 1)}
    sections = []
    starts = [skip + 1, *(head.first for head in heads[1:]), len(lines) + 1]
    for head, first, end in zip(heads, starts, starts[1:], strict=False):
        section = Section(head.first, head.last, "#" * head.level, head.text, head.slug)
        section.prose = " ".join(" ".join(lines[n - 1] for n in range(first, end) if n not in hidden).split())
        section.tokens = list(_tokens(each for each in parts if first <= each.first < end))
        for token in section.of("comment"):
            if token.value.startswith("section: ") and token.first == head.last + 1:
                section.stamp = token.value.removeprefix("section: ")
                section.tokens.remove(token)
        sections.append(section)
    sections[0].tokens = [*early, *sections[0].tokens]
    sections[0].prose = "\n".join([*said, sections[0].prose])
    return sections


def _front(file: Path, lines: list[str]) -> tuple[list[Token], list[str]]:
    """The front matter's entries by name, and its texts. Of a text, how many entries it has is the same in both."""
    try:
        front = dict(yaml.safe_load("\n".join(lines[1:-1])) or {})
    except (yaml.YAMLError, TypeError, ValueError):
        raise LessonError(file, 2, "the front matter is not YAML, or not a list of keys and values.") from None
    starts = [number for number, line in enumerate(lines[1:], 2) if line[:1].strip("- #")]
    tokens = []
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        key = lines[first - 1].partition(":")[0]
        count = f": {len(front[key])} entries" if isinstance(front[key], list) else ""
        text = key in TRANSLATED
        tokens.append(Token("entry" if text else "key", first, end - 1, key + (count if text else f": {front[key]!r}")))
        tokens += [Token("spoken", first, end - 1, str(front[key]))] if key in _SPOKEN else []
    said = [f"{key}: {front[key]}" for key in TRANSLATED if key in front]
    return sorted(tokens, key=lambda token: token.value), said


def worded(source: str, words: Mapping[str, str]) -> str:
    """A cell's code with words in place of others, the longest first: those of the chart that it draws, in Korean."""
    for word in sorted(words, key=len, reverse=True):
        source = source.replace(word, words[word])
    return source


def ran(cell: Mapping[str, Any]) -> str:
    """When a cell ran and what kinds of outputs it has: the same in both languages. What they say is each one's own."""
    kinds = [[each["output_type"], *sorted(each.get("data", {}))] for each in cell.get("outputs", ())]
    return json.dumps([cell.get("execution_count"), kinds], indent=1)


def _cells(text: str) -> Iterator[Section]:
    """A notebook's cells: of code its source and outputs, of Markdown and a picture's description the words.

    Code whose `words` are Korean is compared as it is in English, and of its outputs the kinds.
    """
    for cell in json.loads(text)["cells"]:
        line = text.count("\n", 0, text.index(f'"id": "{cell["id"]}"')) + 1
        source, alt = "".join(cell["source"]), cell["metadata"].get("alt", "")
        section = Section(line, line, f"{cell['cell_type']} {cell['id']}", cell["id"], cell["id"])
        if "english" in cell["metadata"]:
            section.stamp = f"{cell['id']} {cell['metadata']['english']}"
        if cell["cell_type"] == "markdown":
            section.prose = " ".join(source.split())
            parts = (replace(each, kind="text") if each.kind == "heading" else each for each in walk(source))
            section.tokens = [replace(each, first=line, last=line) for each in _tokens(parts)]
        else:
            section.prose = alt
            source = worded(source, {korean: word for word, korean in cell["metadata"].get("words", {}).items()})
            section.tokens = [Token("fence", line, line, f"{source}\n{ran(cell)}")]
            if alt:
                section.tokens += [Token("row", line, line, "a described picture"), Token("text", line, line, alt)]
        yield section


def _tokens(parts: Iterable[Part]) -> Iterator[Token]:
    """What can be compared of a page's parts; links and images also where they stand in a text or in HTML."""
    for part in parts:
        line, words = (part.first, part.last), part.text
        if part.kind == "comment" and not words.startswith("note:"):
            yield Token("comment", *line, words)
        elif part.kind == "fence":
            yield Token("fence", *line, f"```{part.info}\n{_compared(part)}```")
        elif part.kind in ("tr", "th", "td"):
            yield Token("row", *line, f"<{part.kind}>")
        elif part.kind == "html":
            yield from _html(line, words)
            yield Token("text", *line, _SILENT.sub(" ", words))
        for each in part.inline:
            if each.type in ("link_open", "image"):
                yield Token("link", *line, str(each.attrs["href" if each.type == "link_open" else "src"]))
            elif each.type == "html_inline":
                yield from _html(line, each.content)
        if part.kind == "text":
            said = (each.content if each.type in ("text", "image") else " " for each in part.inline)
            yield Token("text", *line, "".join(said))


def _compared(fence: Part) -> str:
    """What a fence holds in both languages: all of it, but what the workbook prints, for it speaks Korean there."""
    kept, typed, speaks = [], False, False
    for line in fence.text.splitlines(keepends=True):
        typed = line.startswith("$ ") or (typed and line.startswith("> "))
        speaks = fence.info == "console" and bool(_SPEAKS.match(line)) if line.startswith("$ ") else speaks
        kept += [line] if typed or not speaks else []
    return "".join(kept)


def _html(line: tuple[int, int], content: str) -> Iterator[Token]:
    yield from (Token("link", *line, target) for target in _TARGET.findall(content))
    yield from (Token("fold", *line, f"{tag}>") for tag in _FOLD.findall(content))
