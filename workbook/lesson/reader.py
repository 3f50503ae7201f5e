"""Pages to lessons and mistakes: front matter, blocks, and what must agree between them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbook.lesson.blocks import read_blocks
from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import front_lines
from workbook.lesson.model import Lesson, Mistake, RedContract, Session, WholeFile

_TAG = re.compile(r"(ch\d\d)(-[a-z0-9]+)*")
_ROUTE = re.compile(r"[A-Z]+ /\S*")

LESSON_KEYS = {"title": str, "goal": str, "you_will_learn": list, "notes": str}
"""What the front matter of a lesson must say."""
LESSON_MAY = {"stands": str, "route": str, "out_of_scope": list, "red": dict, "left_out": list}
"""What it may say besides."""

_KINDS = {str: "text", list: "a list of texts", dict: "keys and values", int: "a number"}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML at the top of a page, and the line of each key (of `red`'s tags too, as `red.<tag>`)."""

    file: Path
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def refused(self, key: str, what: str, way: str = "") -> LessonError:
        """An error about a key, with its line."""
        return LessonError(self.file, self.lines[key], what, way=way)


Keys = Mapping[str, type]


def read_front_matter(file: Path, text: str, *, required: Keys, optional: Keys) -> FrontMatter:
    """Read a page's front matter.

    Args:
        required, optional: the keys that must and may be there, and what their values are.

    Raises:
        LessonError: none there, not YAML, an unknown key, a missing or empty one, a value of another kind.
    """
    end = front_lines(text)
    source = "\n".join(text.split("\n")[1 : end - 1]) if end else ""
    try:
        node, values = yaml.compose(source), yaml.safe_load(source)
    except yaml.YAMLError as error:
        line = 2 + getattr(getattr(error, "problem_mark", None), "line", 0)
        what = f"the front matter is not YAML: {getattr(error, 'problem', error)}."
        raise LessonError(file, line, what) from None
    if not isinstance(node, yaml.MappingNode):
        raise LessonError(file, 1, "there is no front matter.", way="Start the page with --- and title: …, then ---.")
    front = FrontMatter(file, values, _lines(node))
    kinds = {**required, **optional}
    for key, value in values.items():
        if key not in kinds:
            known = ", ".join(sorted(kinds))
            raise front.refused(key, f"the front matter has an unknown key `{key}`.", f"Known: {known}.")
        items = value if kinds[key] is list and isinstance(value, list) else ()
        if value is not None and not (isinstance(value, kinds[key]) and all(isinstance(each, str) for each in items)):
            raise front.refused(key, f"`{key}` must be {_KINDS[kinds[key]]}, not {value!r}.")
    for key in required:
        if not values.get(key):
            raise LessonError(file, front.lines.get(key, end), f"the front matter has no `{key}`.")
    return front


def _lines(node: yaml.MappingNode, prefix: str = "") -> dict[str, int]:
    found: dict[str, int] = {}
    for key, value in node.value:
        found[f"{prefix}{key.value}"] = key.start_mark.line + 2
        if isinstance(value, yaml.MappingNode):
            found |= _lines(value, f"{prefix}{key.value}.")
    return found


def read_lesson(file: Path) -> Lesson:
    """Read `chapters/chNN_name/lesson.md` and the `made/` folder beside it.

    Raises:
        LessonError: whatever in it is not as docs/lesson-format.md says.
    """
    text = read_text(file)
    front = read_front_matter(file, text, required=LESSON_KEYS, optional=LESSON_MAY)
    said = {key: value for key, value in front.values.items() if value is not None}
    folder = file.parent / "made"
    made = {
        path.relative_to(folder).as_posix(): read_text(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }
    lesson = Lesson(
        file=file,
        chapter=file.parent.name.partition("_")[0],
        title=said["title"],
        goal=said["goal"],
        blocks=read_blocks(file, text, made),
        stands=said.get("stands", ""),
        route=said.get("route", ""),
        red=_red(front),
        left_out=tuple(said.get("left_out", ())),
        made=made,
    )
    if lesson.route and not _ROUTE.fullmatch(lesson.route):
        raise front.refused("route", f"`route` is a method and a path, not `{lesson.route}`: POST /v1/meetings.")
    _check_tags(lesson)
    for path in sorted(made.keys() - {block.title for block in lesson.blocks if isinstance(block, WholeFile)}):
        way = f'Show the part worth reading in a fence with title="{path}".'
        raise LessonError(file, 1, f"made/{path} is never shown.", way=way)
    return lesson


def read_mistake(file: Path) -> Mistake:
    """Read a page of a chapter's `mistakes/` folder.

    Raises:
        LessonError: whatever in it is not as docs/lesson-format.md says; `error` is in no output that the page shows.
    """
    text = read_text(file)
    required, optional = (
        {"title": str, "tag": str, "error": str},
        {"check": str, "plant": int, "besides": dict, "also": list, "maybe": list},
    )
    front = read_front_matter(file, text, required=required, optional=optional)
    values, error = front.values, front.values["error"]
    blocks = read_blocks(file, text, {})
    sessions = [block for block in blocks if isinstance(block, Session)]
    for session in sessions:
        if session.tag:
            raise LessonError(file, session.place.first, "a mistake's commits are nobody's history: it has no tags.")
    shown = ["\n".join(each.output) for session in sessions if not session.skip for each in session.exchanges]
    if not any(error in output for output in shown):
        raise front.refused("error", "no output on this page shows its `error`.", "Show the command that prints it.")
    planted = values.get("plant", 1), values.get("besides", {})
    return Mistake(file, values["title"], values["tag"], error, values.get("check"), blocks, *planted)


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
            case {"test": str() | list() as test, "because": str(because), **more} if because.strip() and not more:
                tests = (test,) if isinstance(test, str) else tuple(test)
            case _:
                raise front.refused(
                    f"red.{tag}", f"`{tag}` under `red` holds exactly `test` and `because`.", "Quote it."
                )
        if not tests or not all("::" in str(each) for each in tests):
            what = f"`test` of `{tag}` is a test's id, such as app/tests/test_x.py::test_y, or a list of them."
            raise front.refused(f"red.{tag}", what)
        contracts[tag] = RedContract(tag, tests, because, front.lines[f"red.{tag}"])
    return contracts


def _check_tags(lesson: Lesson) -> None:
    seen: set[str] = set()
    for block in lesson.blocks:
        if not isinstance(block, Session) or block.tag is None:
            continue
        tag, line = block.tag, block.place.first
        known = _TAG.fullmatch(tag)
        if not known or known[1] != lesson.chapter:
            way = f"Tags of this chapter: {lesson.chapter}, {lesson.chapter}-red."
            raise LessonError(lesson.file, line, f"unknown tag `{tag}`.", way=way)
        if tag in seen:
            raise LessonError(lesson.file, line, f"the tag `{tag}` is given twice.")
        if tag.endswith("-red") and tag not in lesson.red:
            raise LessonError(lesson.file, line, f"the front matter does not say under `red` what fails at `{tag}`.")
        seen.add(tag)
    for tag, contract in lesson.red.items():
        if not tag.endswith("-red"):
            raise LessonError(lesson.file, contract.line, f"`{tag}` under `red` is not a red tag: these end in -red.")
        if tag not in seen:
            way = f"Put <!-- tag: {tag} --> before the commit."
            raise LessonError(lesson.file, contract.line, f"no commit is tagged `{tag}`.", way=way)
