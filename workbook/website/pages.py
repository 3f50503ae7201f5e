"""Which pages the site has, where their text lies, and at which address they stand.

A page's `src_uri` is its path in the repository, so a link from one Markdown file to another works on GitHub and here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from workbook.place import CLONE
from workbook.say import Language, Problem
from workbook.translation.pairs import is_english_page, korean_of

Kind = Literal["page", "lesson", "mistake", "notebook"]


@dataclass(frozen=True, slots=True)
class Source:
    """A page that has a file.

    Attributes:
        english: the English file's path in the repository.
        file: the file that is read: the language's own, or the English one while there is no translation.
        src_uri: by what name MkDocs knows the page.
        address: its URL below the language's root, for example `chapters/ch35/`; empty for the home page.
        chapter: the id of the chapter that it belongs to, or empty.
    """

    kind: Kind
    english: str
    file: str
    src_uri: str
    address: str
    chapter: str = ""

    @property
    def dest_uri(self) -> str:
        """Where its HTML is written."""
        return f"{self.address}index.html"


def sources(language: Language, root: Path = CLONE) -> list[Source]:
    """All pages that have a file, docs first.

    Raises:
        Problem: two pages have the same address.
    """
    found: dict[str, Source] = {}
    for path in _english_files(root):
        own = path if language == "en" else korean_of(path)
        file = own if (root / own).exists() else path
        src_uri = f"{own}.md" if own.suffix == ".ipynb" else str(own)
        kind, address, chapter = _address(path)
        source = Source(kind, str(path), str(file), src_uri, address, chapter)
        other = found.setdefault(address, source)
        if other is not source:
            raise Problem(
                f"{path} and {other.english} have the same address, {address}.", ways=("Rename one of them.",)
            )
    return list(found.values())


def _english_files(root: Path) -> Iterator[PurePosixPath]:
    patterns = (
        "docs/**/*.md",
        "chapters/ch[0-9][0-9]_*/lesson.md",
        "chapters/ch[0-9][0-9]_*/mistakes/*.md",
        "notebooks/*.ipynb",
    )
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            path = PurePosixPath(file.relative_to(root).as_posix())
            if is_english_page(path):
                yield path


def _address(path: PurePosixPath) -> tuple[Kind, str, str]:
    if path.parts[0] == "notebooks":
        return "notebook", f"notebooks/{path.stem}/", path.stem
    if path.parts[0] == "chapters":
        chapter = path.parts[1].partition("_")[0]
        if path.name == "lesson.md":
            return "lesson", f"chapters/{chapter}/", chapter
        return "mistake", f"mistakes/{path.stem}/", chapter
    inner = PurePosixPath(*path.parts[1:]).with_suffix("")
    parts = inner.parts[:-1] if inner.name == "index" else inner.parts
    return "page", "".join(f"{part}/" for part in parts), ""
