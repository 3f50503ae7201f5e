"""Which pages the repository holds, in a language, and where each stands on the site."""

import json
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from workbook.place import CLONE
from workbook.say import Language, Problem
from workbook.translation.pairs import is_english_page, korean_of

PATTERNS = {
    "page": "docs/**/*.md",
    "lesson": "chapters/ch[0-9][0-9]_*/lesson.md",
    "mistake": "chapters/ch[0-9][0-9]_*/mistakes/*.md",
    "notebook": "notebooks/*.ipynb",
}


@dataclass(frozen=True)
class Source:
    """A page that has a file.

    Attributes:
        kind: a key of PATTERNS.
        english: the English file's path in the repository.
        file: the file that is read: the language's own, or the English one while there is no translation.
        page: the page's file below the site's folder, for example `chapters/ch35.md`.
        chapter: the id of the chapter that it belongs to, or empty.
        raw: the file's text.
    """

    kind: str
    english: str
    file: str
    page: str
    chapter: str
    raw: str

    @cached_property
    def meta(self) -> dict[str, Any]:
        """The front matter; empty when there is none, or none that YAML reads."""
        front = re.match(r"---\n(.*?)\n---\n", self.raw, re.DOTALL)
        try:
            found = yaml.safe_load(front[1]) if front else {}
        except yaml.YAMLError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def text(self) -> str:
        """The file's text without its front matter."""
        return re.sub(r"\A---\n.*?\n---\n", "", self.raw, flags=re.DOTALL)

    @cached_property
    def title(self) -> str:
        """What the page is called: by its front matter, else by its first heading, else by its file."""
        text = self.text
        if self.kind == "notebook":
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text).get("cells", [])[:1])
        heading = re.search(r"^# (.+)$", text, re.MULTILINE)
        return str(self.meta.get("title") or (heading[1].strip() if heading else posixpath.basename(self.english)))


def sources(language: Language, root: Path = CLONE) -> list[Source]:
    """All pages that have a file, docs first.

    Raises:
        Problem: two files want the same page.
    """
    found: dict[str, Source] = {}
    for kind, pattern in PATTERNS.items():
        for path in sorted(root.glob(pattern)):
            english = PurePosixPath(path.relative_to(root).as_posix())
            if is_english_page(english):
                own = english if language == "en" else korean_of(english)
                file = own if (root / own).exists() else english
                page, chapter = _place(kind, english)
                if page in found:
                    raise Problem(f"{english} and {found[page].english} have the same address.")
                raw = (root / file).read_text(encoding="utf-8")
                found[page] = Source(kind, str(english), str(file), page, chapter, raw)
    return list(found.values())


def _place(kind: str, path: PurePosixPath) -> tuple[str, str]:
    """A page's file on the site, and its chapter."""
    if kind == "page":
        inner = "/".join(path.parts[1:])
        return "clinic/index.md" if inner == "clinic.md" else inner, ""  # it heads a section of its own
    chapter = path.parts[1].partition("_")[0].partition(".")[0]
    return f"{kind if kind != 'lesson' else 'chapter'}s/{chapter if kind != 'mistake' else path.stem}.md", chapter
