"""The error clinic: the mistakes' pages, and the words by which each is recognised."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from workbook.lesson.model import Mistake
from workbook.say import language


@dataclass(frozen=True, eq=False)
class Page:
    """A page of the clinic, of which only the front matter was read.

    Attributes:
        error: the piece of an output by which people know it.
        check: the check that finds the mistake, if there is one.
        signs: its `error`, and the front matter's `also` and `maybe`, with whether they leave no other mistake;
            `...` stands for anything within a line, `'...'` for a name without dots.
    """

    file: Path
    error: str
    check: str | None
    signs: dict[str, bool]

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
    """All pages below the folder of the lessons, in the course's order."""
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
    # `1 failed`, `1 file changed`: every log has them, and they are no sign of anything.
    own = [] if re.fullmatch(r"\d+ \w+(?: changed)?", error) else [error]
    signs = dict.fromkeys([*own, *front.get("also", [])], True) | dict.fromkeys(maybe, False)
    return Page(file, error, front.get("check"), signs)
