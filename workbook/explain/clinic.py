"""The error clinic: the mistakes' pages, and the words by which each is recognised."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from workbook.explain.paste import Output, squeeze
from workbook.lesson.model import Mistake
from workbook.say import language

_COUNT = re.compile(r"\d+ \w+(?: changed)?")
"""`1 failed`, `1 file changed`: every log has them, and they are no sign of anything."""

_SLOTS = {"'...'": r"'[^'.]{0,80}'", "...": r"[^\n]{0,80}?"}


@dataclass(frozen=True, slots=True)
class Sign:
    """Words by which a page is recognised; `...` stands for anything within a line, `'...'` for a name without dots.

    Attributes:
        sure: whether they leave no other mistake.
    """

    words: str
    sure: bool

    def find(self, output: Output) -> Iterator[tuple[int, int]]:
        """Where the words stand in an output, wrapped as they may be, and within no longer word."""
        parts = re.split(r"('\.\.\.'|\.\.\.)", self.words)
        if all(squeeze(part) in output.squeezed for part in parts[::2]):
            words = r"\s*".join(_SLOTS.get(part) or r"\s*".join(map(re.escape, squeeze(part))) for part in parts)
            before = r"\b" if self.words[0].isalnum() else ""
            after = r"(?!\w|[.-]\w)" if self.words[-1].isalnum() else ""
            yield from (found.span() for found in re.finditer(before + words + after, output.text))


@dataclass(frozen=True, eq=False)
class Page:
    """A page of the clinic, of which only the front matter was read.

    Attributes:
        file: where it stands.
        error: the piece of an output by which people know it.
        check: the check that finds the mistake, if there is one.
        signs: its `error`, and what its front matter says under `also` and `maybe`. What the page merely shows is none.
    """

    file: Path
    error: str
    check: str | None
    signs: tuple[Sign, ...]

    @property
    def name(self) -> str:
        """The chapter and the page: `ch36/wrong-prefix`."""
        return f"{self.file.parents[1].name.partition('_')[0]}/{self.file.stem}"

    @cached_property
    def mistake(self) -> Mistake:
        """The whole page, as the machine runs it. Raises LessonError when it does not parse."""
        from workbook.lesson.reader import read_mistake

        return read_mistake(self.file)


def read_clinic(chapters: Path) -> list[Page]:
    """All pages, in the course's order.

    Args:
        chapters: the folder of the lessons.
    """
    return [_page(file) for file in sorted(chapters.glob("*/mistakes/*.md")) if not file.stem.endswith(".ko")]


def file_of(page: Page) -> Path:
    """The page in the reader's language, if it is translated."""
    translated = page.file.with_suffix(".ko.md")
    return translated if language() == "ko" and translated.exists() else page.file


def title_of(page: Page) -> str:
    """A page's heading, in the reader's language."""
    heading = re.search(r"^# (.+)$", file_of(page).read_text(encoding="utf-8"), re.MULTILINE)
    return (heading[1] if heading else page.name).replace("`", "")


def _page(file: Path) -> Page:
    text = file.read_text(encoding="utf-8").split("\n---\n")[0]
    front = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    error, maybe = str(front["error"]), front.get("maybe", [])
    own = [] if error in maybe or _COUNT.fullmatch(error) else [error]
    signs = [*(Sign(words, True) for words in own + front.get("also", [])), *(Sign(words, False) for words in maybe)]
    return Page(file, error, front.get("check"), tuple(signs))
