"""English and Korean in step: which pages there are in both, and where the other one lies. Paths are the clone's."""

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
    r"|workbook/[^.]+\.md"
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
    english = {name: re.sub(r"^docs/ko/", "docs/", name.replace(".ko.", ".")) for name in _pages(root)}
    return [root / name for name, other in english.items() if not (root / other).exists()]


def _pages(root: Path) -> Iterator[str]:
    for pattern in ("chapters/ch*/**/*.md", "docs/**/*.md", "notebooks/*.ipynb", "workbook/student/**/*.md"):
        yield from sorted(file.relative_to(root).as_posix() for file in root.glob(pattern))


def is_english_page(path: PurePosixPath | str) -> bool:
    """Whether a path in the clone is a page or a notebook that has a Korean sister."""
    return bool(_ENGLISH.fullmatch(str(path)))


def korean_of(path: PurePosixPath | str) -> PurePosixPath:
    """`docs/x.md` → `docs/ko/x.md`, `lesson.md` → `lesson.ko.md`, `ch35.ipynb` → `ch35.ko.ipynb`."""
    path = PurePosixPath(path)
    if path.parts[0] == "docs":
        return PurePosixPath("docs", "ko", *path.parts[1:])
    return path.with_name(f"{path.stem}.ko{path.suffix}")


def link_in_korean(pair: Pair, target: str, root: Path = CLONE) -> str:
    """How a link of the English page is written in the Korean one; what leads out of the clone stays as it is.

    A picture that has words is drawn in both languages: `pool.svg`, `pool.ko.svg`.
    """
    path, mark, anchor = target.partition("#")
    if not path or re.match(r"[a-z][a-z0-9+.-]*:|//", path):
        return target
    place = Path(os.path.normpath(pair.english.parent.relative_to(root) / path)).as_posix()
    wanted = root / korean_of(place) if is_english_page(place) else root / place
    drawn = wanted.with_name(f"{wanted.stem}.ko{wanted.suffix}")
    wanted = drawn if drawn.suffix == ".svg" and drawn.exists() else wanted
    return f"{Path(os.path.relpath(wanted, pair.korean.parent)).as_posix()}{mark}{anchor}"
