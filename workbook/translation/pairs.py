"""Which pages exist in two languages, and where the other one lies. Paths are those in the clone."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workbook.place import CLONE

RECORDED = "docs/a-students-screen.md"
"""A page whose both languages a machine writes: each shows the screens of its own, and a test plays them again."""

_ENGLISH = re.compile(
    r"docs/(?!ko/|.*\.ko\.).*\.md|notebooks/[^/.]+\.ipynb|chapters/ch\d\d_[^/]+/(?:lesson|checks|mistakes/[^/.]+)\.md"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An English page and the Korean one that stands for it, which may be missing."""

    english: Path
    korean: Path


def pairs(root: Path = CLONE) -> list[Pair]:
    """All pages that a reader finds in both languages: lessons, checks, mistakes, notebooks, the site's own pages."""
    names = [name for name in _pages(root) if is_english_page(name) and name != RECORDED]
    return [Pair(root / name, root / korean_of(name)) for name in names]


def orphans(root: Path = CLONE) -> list[Path]:
    """Korean pages without an English one."""
    korean = [name for name in _pages(root) if english_of(name) != name]
    return [root / name for name in korean if not (root / english_of(name)).exists()]


def _pages(root: Path) -> Iterator[str]:
    for pattern in ("chapters/ch*/**/*.md", "docs/**/*.md", "notebooks/*.ipynb"):
        yield from sorted(file.relative_to(root).as_posix() for file in root.glob(pattern))


def is_english_page(path: PurePosixPath | str) -> bool:
    """Whether a path in the clone (an anchor may follow) is a page or a notebook that has a Korean sister."""
    return bool(_ENGLISH.fullmatch(str(path).partition("#")[0]))


def korean_of(path: PurePosixPath | str) -> PurePosixPath:
    """`docs/x.md` → `docs/ko/x.md`, `lesson.md` → `lesson.ko.md`, `ch35.ipynb` → `ch35.ko.ipynb`."""
    path = PurePosixPath(path)
    if path.parts[0] == "docs":
        return PurePosixPath("docs", "ko", *path.parts[1:])
    return path.with_name(f"{path.stem}.ko{path.suffix}")


def english_of(path: str) -> str:
    """The other way round, an anchor stays; a path that is not Korean stays as it is."""
    return re.sub(r"^docs/ko/", "docs/", re.sub(r"\.ko(?=\.(?:md|ipynb)\b)", "", path))


def located(file: Path, target: str, root: Path = CLONE) -> str:
    """A link's target as a path in the clone, with its anchor; what leads elsewhere stays as it is."""
    path, hash_mark, anchor = target.partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:|//", path) or not path:
        return target
    folder = file.relative_to(root).parent
    return f"{PurePosixPath(os.path.normpath(folder / path))}{hash_mark}{anchor}"
