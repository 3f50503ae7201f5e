"""A page in two languages, in step, to plant faults into."""

from pathlib import Path

from workbook.pages.translation import Pair
from workbook.pages.translation.parity import findings_of
from workbook.pages.translation.sync import accept

HERE = Path(__file__).parent
ENGLISH, KOREAN = ((HERE / name).read_text(encoding="utf-8") for name in ("hat.md", "hat.ko.md"))


def write_pair(root: Path, english: str = ENGLISH, korean: str = KOREAN) -> Pair:
    """Write both pages of chapter 99 below `root`, without section comments."""
    folder = root / "chapters" / "ch99_hat"
    folder.mkdir(parents=True)
    pair = Pair(folder / "lesson.md", folder / "lesson.ko.md")
    pair.english.write_text(english, encoding="utf-8")
    pair.korean.write_text(korean, encoding="utf-8")
    return pair


def write_accepted(root: Path) -> Pair:
    """Write both pages, in step, with section comments."""
    pair = write_pair(root)
    accept(str(pair.korean), root)
    return pair


def change(file: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(pair: Pair) -> list[str]:
    """What is not in step, with the files' names alone."""
    found = findings_of(pair, pair.english.parents[2])
    return [str(finding).replace(f"{pair.english.parent}/", "") for finding in found]
