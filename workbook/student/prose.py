"""What a chapter's checks say: `checks.md`, and `checks.ko.md` with the same ids and placeholders.

One heading a check, its id; under it what is asked, `why:`, `see:`, each sentence that it may say under an id of its
own, and three hints. A link to a heading is shown in a terminal as plain words: `ch36, "Make it pass"`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import walk
from workbook.lesson.reader import read_text
from workbook.say import _, language

FILE = "checks.md"

_KEYED = re.compile(r"([a-z][a-z0-9_]*): (.+)")
_HINT = re.compile(r"([1-9])\. (.+)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)(?:#([^)\s]+))?\)")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
HINTS = 3


@dataclass(frozen=True)
class Prose:
    """What one check says; `sentences` by their ids, with `{placeholders}`."""

    asks: str
    why: str
    see: str
    sentences: dict[str, str]
    hints: tuple[str, ...]


def read(folder: Path) -> dict[str, Prose]:
    """A chapter's checks by their ids, in their order, in the reader's language; none when the chapter asks nothing.

    Raises:
        LessonError: a part is missing, a link leads nowhere, or the two languages differ in ids or placeholders.
    """
    english = folder / FILE
    if not english.exists():
        return {}
    found = _read(english)
    if language() == "en":
        return found
    korean = english.with_suffix(".ko.md")
    translated = _read(korean)
    ours, theirs = _shape(found), _shape(translated)
    if list(ours.items()) != list(theirs.items()):
        differ = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
        listed = ", ".join(differ) or "the order of the checks"
        raise LessonError(korean, 1, f"its ids or {{placeholders}} are not those of {FILE}: {listed}.")
    return translated


def _shape(checks: dict[str, Prose]) -> dict[str, dict[str, set[str]]]:
    return {
        name: {key: set(_PLACEHOLDER.findall(said)) for key, said in each.sentences.items()}
        for name, each in checks.items()
    }


def _read(file: Path) -> dict[str, Prose]:
    found: dict[str, Prose] = {}
    sections = re.split(r"^## +(.+?) *\n", read_text(file), flags=re.MULTILINE)
    line = 1 + sections[0].count("\n")
    for name, body in zip(sections[1::2], sections[2::2], strict=True):
        if name in found:
            raise LessonError(file, line, f"there are two checks named `{name}`.")
        lines = [each for each in body.splitlines() if each.strip() and not each.startswith("<!--")]
        found[name] = _check(file, line, lines)
        line += 1 + body.count("\n")
    return found


def _check(file: Path, line: int, lines: list[str]) -> Prose:
    keyed = {match[1]: match[2] for each in lines if (match := _KEYED.fullmatch(each))}
    hints = [_plain(file, line, match[2]) for each in lines if (match := _HINT.fullmatch(each))]
    asks = [each for each in lines if not _KEYED.fullmatch(each) and not _HINT.fullmatch(each)]
    lacking = [key for key in ("why", "see") if key not in keyed]
    if len(asks) != 1 or lacking or len(hints) != HINTS:
        what = "a check has one line that says what is asked, `why:`, `see:`, and three hints, 1. to 3."
        raise LessonError(file, line, what)
    why, see = keyed.pop("why"), _plain(file, line, keyed.pop("see"))
    return Prose(asks[0], why, see, keyed, tuple(hints))


def _plain(file: Path, line: int, said: str) -> str:
    """A sentence with its links in words; a chapter that several of them lead to is named once."""
    named: set[str] = set()

    def words(link: re.Match[str]) -> str:
        text, path, slug = link.groups()
        target = file.parent / path.replace(".ko.md", ".md")  # which has the slugs of both
        if not target.is_file() or (slug and slug not in {part.slug for part in walk(read_text(target))}):
            raise LessonError(file, line, f"the link to {path}{'#' + slug if slug else ''} leads nowhere.")
        page = target.resolve()
        chapter = next(part for part in reversed(page.parts) if re.match(r"ch\d\d_", part))[2:4]
        if chapter in named:
            return f'"{text}"'
        named.add(chapter)
        return _('ch{number}, "{heading}"', number=chapter, heading=text)

    return _LINK.sub(words, said)
