"""Which pages exist in two languages, and where the other one lies."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workbook.place import CLONE

EXEMPT: dict[str, str] = {}
"""English pages that need no Korean, by their path in the clone, each with the reason."""

RECORDED = {"docs/a-students-screen.md"}
"""Pages whose both languages a machine writes: each shows the screens of its own, and a test plays them again."""

_LESSON = re.compile(r"chapters/ch\d\d_[^/]+/(?:lesson|mistakes/[^/]+)\.md")
_NOTEBOOK = re.compile(r"notebooks/[^/]+\.ipynb")


@dataclass(frozen=True, slots=True)
class Pair:
    """An English page and the Korean one that stands for it, which may be missing."""

    english: Path
    korean: Path


def pairs(root: Path = CLONE) -> list[Pair]:
    """All pages that a reader finds in both languages: lessons, mistakes, the site's own pages."""
    files = [*root.glob("chapters/ch[0-9][0-9]_*/lesson.md"), *root.glob("chapters/ch[0-9][0-9]_*/mistakes/*.md")]
    files += root.glob("docs/**/*.md")
    paths = sorted(PurePosixPath(file.relative_to(root)) for file in files)
    written = [path for path in paths if is_english_page(path) and str(path) not in RECORDED]
    return [Pair(root / path, root / korean_of(path)) for path in written]


def orphans(root: Path = CLONE) -> Iterator[Path]:
    """Korean pages without an English one."""
    for file in sorted([*root.glob("chapters/**/*.ko.md"), *root.glob("docs/ko/**/*.md")]):
        if not (root / english_of(PurePosixPath(file.relative_to(root)))).exists():
            yield file


def counterpart(file: Path) -> Path:
    """The Korean file of a lesson or a mistake page."""
    return file.with_suffix(".ko.md")


def is_english_page(path: PurePosixPath) -> bool:
    """Whether a path in the clone is a page (or a notebook) that has a Korean sister."""
    name = str(path)
    if name in EXEMPT or ".ko." in path.name or name.startswith("docs/ko/"):
        return False
    docs = name.startswith("docs/") and name.endswith(".md")
    return bool(docs or _LESSON.fullmatch(name) or _NOTEBOOK.fullmatch(name))


def korean_of(path: PurePosixPath) -> PurePosixPath:
    """`docs/x.md` → `docs/ko/x.md`, `lesson.md` → `lesson.ko.md`, `ch35.ipynb` → `ch35.ko.ipynb`."""
    if path.parts[0] == "docs":
        return PurePosixPath("docs", "ko", *path.parts[1:])
    return path.with_name(f"{path.stem}.ko{path.suffix}")


def english_of(path: PurePosixPath) -> PurePosixPath:
    """The other way round; a path that is not Korean stays as it is."""
    if path.parts[:2] == ("docs", "ko"):
        return PurePosixPath("docs", *path.parts[2:])
    return path.with_name(path.name.replace(".ko.", "."))


def located(file: Path, target: str, root: Path) -> str:
    """A link's target as a path in the clone, with its anchor; what leads elsewhere stays as it is."""
    path, hash_mark, anchor = target.partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:|//", path) or not path:
        return target
    folder = file.relative_to(root).parent
    return f"{PurePosixPath(os.path.normpath(folder / path))}{hash_mark}{anchor}"
