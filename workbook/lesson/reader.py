"""Pages to lessons and mistakes: front matter, blocks, and what must agree between them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbook.lesson.blocks import read_blocks
from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import front_lines, headings
from workbook.lesson.model import Block, Lesson, Mistake, RedContract, RestStop, Session, WholeFile

_ROUTE = re.compile(r"[A-Z]+ /\S*")

Keys = Mapping[str, type]
"""Keys of a front matter, and what their values are."""
# What the front matter of a page must say, and what it may say besides.
LESSON_KEYS = {"title": str, "goal": str, "you_will_learn": list, "notes": str}
LESSON_MAY = {"stands": str, "route": str, "out_of_scope": list, "red": dict, "stops": dict, "left_out": list}
_MISTAKE_KEYS = {"title": str, "tag": str, "error": str}
_MISTAKE_MAY = {"check": str, "plant": int, "besides": dict, "also": list, "maybe": list, "python": str}
_KINDS = {str: "text", list: "a list of texts", dict: "keys and values", int: "a number"}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML at the top of a page, and the line of each key, of `red`'s tags too."""

    file: Path
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def refused(self, key: str, what: str) -> LessonError:
        """An error about a key, with its line."""
        return LessonError(self.file, self.lines.get(key, 1), what)


def read_front_matter(file: Path, text: str, *, required: Keys, optional: Keys) -> FrontMatter:
    """Read a page's front matter. Raises LessonError: it is none, or has a key or a value that it must not have."""
    end = front_lines(text)
    source = text.split("\n")[1 : end - 1] if end else []
    try:
        values = yaml.safe_load("\n".join(source))
    except yaml.YAMLError as error:
        line = 2 + getattr(getattr(error, "problem_mark", None), "line", 0)
        raise LessonError(file, line, f"the front matter is not YAML: {getattr(error, 'problem', error)}.") from None
    if not isinstance(values, dict):
        raise LessonError(file, 1, "there is no front matter.", way="Start the page with --- and title: …, then ---.")
    lines = {line.partition(":")[0].strip(" \"'"): number for number, line in reversed([*enumerate(source, 2)])}
    front = FrontMatter(file, values, lines)
    kinds = {**required, **optional}
    for key, value in values.items():
        if key not in kinds:
            raise front.refused(key, f"the front matter has an unknown key `{key}`; known: {', '.join(sorted(kinds))}.")
        items = value if kinds[key] is list and isinstance(value, list) else ()
        if value is not None and not (isinstance(value, kinds[key]) and all(isinstance(each, str) for each in items)):
            raise front.refused(key, f"`{key}` must be {_KINDS[kinds[key]]}, not {value!r}.")
    for key in required:
        if not values.get(key):
            raise LessonError(file, front.lines.get(key, end), f"the front matter has no `{key}`.")
    return front


def read_lesson(file: Path) -> Lesson:
    """Read `chapters/chNN_name/lesson.md` and the `made/` folder beside it.

    Raises LessonError: whatever in it is not as docs/lesson-format.md says.
    """
    text = read_text(file)
    front = read_front_matter(file, text, required=LESSON_KEYS, optional=LESSON_MAY)
    route = front.values.get("route")
    if route and not _ROUTE.fullmatch(route):
        raise front.refused("route", f"`route` is a method and a path, not `{route}`: POST /v1/meetings.")
    folder = file.parent / "made"
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    made = {path.relative_to(folder).as_posix(): read_text(path) for path in paths}
    blocks = read_blocks(file, text, made)
    for path in sorted(made.keys() - {block.title for block in blocks if isinstance(block, WholeFile)}):
        raise LessonError(file, 1, f'made/{path} is never shown: show what is worth reading under title="{path}".')
    chapter, red = file.parent.name.partition("_")[0], _red(front)
    _check_tags(front, chapter, blocks, red)
    left_out = tuple(front.values.get("left_out") or ())
    return Lesson(file, chapter, front.values["title"], blocks, red, left_out, made, _stops(front, text, blocks))


def read_mistake(file: Path) -> Mistake:
    """Read a page of a chapter's `mistakes/` folder. Raises LessonError, also when no output shows its `error`."""
    text = read_text(file)
    front = read_front_matter(file, text, required=_MISTAKE_KEYS, optional=_MISTAKE_MAY)
    values, error = front.values, front.values["error"]
    blocks = read_blocks(file, text, {})
    sessions = [block for block in blocks if isinstance(block, Session)]
    for session in sessions:
        if session.tag:
            raise LessonError(file, session.place.first, "a mistake's commits are nobody's history: it has no tags.")
    shown = ["\n".join(each.output) for session in sessions if not session.skip for each in session.exchanges]
    if not any(error in output for output in shown):
        raise front.refused("error", "no output on this page shows its `error`.")
    planted = values.get("plant", 1), values.get("besides", {}), values.get("python", "")
    return Mistake(file, values["tag"], error, values.get("check"), blocks, *planted)


def read_text(file: Path) -> str:
    """A page's text. Raises LessonError when it is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LessonError(file, 1, f"the file is not UTF-8: {error}.") from None


def _red(front: FrontMatter) -> dict[str, RedContract]:
    contracts = {}
    for tag, entry in (front.values.get("red") or {}).items():
        match entry:
            case {"test": str() | list() as test, "because": str(because), **more}:
                tests = (test,) if isinstance(test, str) else tuple(test)
            case _:
                tests, because, more = (), "", {}
        if not tests or not because.strip() or more or not all("::" in str(each) for each in tests):
            what = f"`{tag}` holds exactly `test`, the ids (path::name) of one or more, and `because`, a text."
            raise front.refused(tag, what)
        contracts[tag] = RedContract(tag, tests, because, front.lines.get(tag, 1))
    return contracts


def _stops(front: FrontMatter, text: str, blocks: tuple[Block, ...]) -> tuple[RestStop, ...]:
    """The heading after the commit of each tag under `stops` is a rest stop's, and no other is."""
    tagged = {block.tag: block.place.first for block in blocks if isinstance(block, Session) and block.tag}
    heads, found = headings(text), []
    rests = [number for number, head in enumerate(heads) if head.slug.startswith("rest-stop")]
    for tag, last in (front.values.get("stops") or {}).items():
        after = [number for number, head in enumerate(heads) if head.first > tagged.get(tag, head.first)]
        if after[1:] and after[0] in rests and not tag.endswith("-red") and isinstance(last, str):
            found.append(RestStop(tag, last, after[0]))
        else:
            what = f"`{tag}: a_check` wants a green commit with this tag, then a heading `Rest stop: …`, then another."
            raise front.refused(tag, what)
    for number in rests:
        if number not in (stop.heading for stop in found):
            raise LessonError(front.file, heads[number].first, "`stops` does not say which commit and check this ends.")
    return tuple(found)


def _check_tags(front: FrontMatter, chapter: str, blocks: tuple[Block, ...], red: Mapping[str, RedContract]) -> None:
    """Each tag is the chapter's own and given once; those in red are exactly those under `red`."""
    seen: set[str] = set()
    for block in blocks:
        if isinstance(block, Session) and block.tag is not None:
            tag = block.tag
            for wrong, what in (
                (not re.fullmatch(rf"{chapter}(-[a-z0-9]+)*", tag), f"unknown tag `{tag}`: {chapter}, {chapter}-red."),
                (tag in seen, f"the tag `{tag}` is given twice."),
                (tag.endswith("-red") and tag not in red, f"`red` does not say what fails at `{tag}`."),
            ):
                if wrong:
                    raise LessonError(front.file, block.place.first, what)
            seen.add(tag)
    for tag in red:
        if not tag.endswith("-red") or tag not in seen:
            raise front.refused(tag, f"no commit is tagged `{tag}` as a red one: <!-- tag: {chapter}-red -->.")
