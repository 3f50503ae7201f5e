"""The path above each titled fence, whose title GitHub's rendering hides: `python -m tests.paths` writes it."""

import re
from collections.abc import Iterator
from pathlib import Path

from workbook.lesson.markdown import Edit, rewrite, walk
from workbook.place import CHAPTERS


def lacking(file: Path) -> Iterator[Edit]:
    """The lines to write into a page: above each fence that has a title and no path."""
    before = ""
    for part in walk(file.read_text(encoding="utf-8")):
        title = re.search('title="(.+)"', part.info)
        if title and before != "path":
            yield Edit(part.first, 0, (f"**`{title[1]}`**", ""))
        before = part.kind


def pages() -> list[Path]:
    """All lessons, in both languages."""
    return sorted(CHAPTERS.glob("ch*/lesson*.md"))


if __name__ == "__main__":
    for page in pages():
        rewrite(page, [*lacking(page)])
