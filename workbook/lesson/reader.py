"""Pages to lessons and mistakes."""

import re
from pathlib import Path

from workbook.lesson.blocks import read_blocks
from workbook.lesson.errors import LessonError
from workbook.lesson.frontmatter import FrontMatter, list_of, read_front_matter, text_of
from workbook.lesson.model import Lesson, Mistake, RedContract, Session, WholeFile

_ROUTE = re.compile(r"[A-Z]+ /\S*")
_TAG = re.compile(r"ch\d\d(-[a-z0-9]+)*")


def read_lesson(file: Path) -> Lesson:
    """Read `chapters/chNN_name/lesson.md` and the `made/` folder beside it.

    Raises:
        LessonError: whatever in it is not as docs/lesson-format.md says.
    """
    text = _text(file)
    front = read_front_matter(
        file,
        text,
        required={"title", "goal", "you_will_learn", "notes"},
        optional={"stands", "route", "out_of_scope", "red", "left_out"},
    )
    chapter = file.parent.name.partition("_")[0]
    made = read_made(file.parent / "made")
    blocks = read_blocks(file, text, front.end, made)
    lesson = Lesson(
        file=file,
        chapter=chapter,
        title=text_of(file, front, "title"),
        goal=text_of(file, front, "goal"),
        stands=text_of(file, front, "stands"),
        route=_route(file, front),
        you_will_learn=list_of(file, front, "you_will_learn"),
        out_of_scope=list_of(file, front, "out_of_scope"),
        notes=text_of(file, front, "notes"),
        blocks=blocks,
        red=_red(file, front),
        left_out=list_of(file, front, "left_out"),
        made=made,
    )
    _check_tags(lesson)
    titles = {block.title for block in blocks if isinstance(block, WholeFile)}
    for path in sorted(set(made) - titles):
        raise LessonError(
            file, 1, f"made/{path} is never shown.", way=f'Show the part worth reading in a fence with title="{path}".'
        )
    return lesson


def read_mistake(file: Path) -> Mistake:
    """Read a page of a chapter's `mistakes/` folder.

    Raises:
        LessonError: whatever in it is not as docs/lesson-format.md says; `error` is in no output that the page shows.
    """
    text = _text(file)
    front = read_front_matter(file, text, required={"title", "tag", "error"}, optional={"check", "plant"})
    blocks = read_blocks(file, text, front.end, {})
    for block in blocks:
        if isinstance(block, Session) and block.tag:
            raise LessonError(file, block.place.first, "a mistake's commits are nobody's history: it has no tags.")
    error = text_of(file, front, "error")
    outputs = [
        "\n".join(exchange.output)
        for block in blocks
        if isinstance(block, Session) and not block.skip
        for exchange in block.exchanges
    ]
    if not any(error in output for output in outputs):
        raise LessonError(
            file,
            front.lines["error"],
            "no output on this page shows its `error`.",
            way="Show the command that prints it.",
        )
    return Mistake(
        file,
        text_of(file, front, "title"),
        text_of(file, front, "tag"),
        error,
        front.values.get("check"),
        blocks,
        _plant(file, front),
    )


def read_made(folder: Path) -> dict[str, str]:
    """The files of a `made/` folder by their path in the project; none when there is no such folder."""
    if not folder.is_dir():
        return {}
    return {path.relative_to(folder).as_posix(): _text(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def _route(file: Path, front: FrontMatter) -> str:
    route = text_of(file, front, "route")
    if route and not _ROUTE.fullmatch(route):
        raise LessonError(
            file, front.lines["route"], f"`route` is a method and a path, not `{route}`: POST /v1/meetings."
        )
    return route


def _plant(file: Path, front: FrontMatter) -> int:
    number = front.values.get("plant", 1)
    if type(number) is not int or number < 0:
        raise LessonError(file, front.lines["plant"], "`plant` is the number of blocks that plant the mistake.")
    return number


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LessonError(file, 1, f"the file is not UTF-8: {error}.") from None
    except OSError as error:
        raise LessonError(file, 1, f"the file cannot be read: {error.strerror}.") from None


def _red(file: Path, front: FrontMatter) -> dict[str, RedContract]:
    contracts = {}
    red = front.values.get("red") or {}
    if not isinstance(red, dict):
        raise LessonError(file, front.lines["red"], "`red` holds one entry for each red tag.")
    for tag, entry in red.items():
        line = front.lines[f"red.{tag}"]
        if not isinstance(entry, dict) or set(entry) != {"test", "because"}:
            raise LessonError(file, line, f"`{tag}` under `red` holds exactly `test` and `because`.")
        tests = entry["test"] if isinstance(entry["test"], list) else [entry["test"]]
        if not tests or not all(isinstance(test, str) and "::" in test for test in tests):
            raise LessonError(
                file, line, f"`test` of `{tag}` is a test's id, such as app/tests/test_x.py::test_y, or a list of them."
            )
        if not isinstance(entry["because"], str) or not entry["because"].strip():
            raise LessonError(file, line, f"`because` of `{tag}` is a piece of the failure's message.", way="Quote it.")
        contracts[tag] = RedContract(tag, tuple(tests), entry["because"], line)
    return contracts


def _check_tags(lesson: Lesson) -> None:
    seen: set[str] = set()
    for block in lesson.blocks:
        if not isinstance(block, Session) or block.tag is None:
            continue
        tag, line = block.tag, block.place.first
        if not _TAG.fullmatch(tag) or tag.partition("-")[0] != lesson.chapter:
            raise LessonError(
                lesson.file,
                line,
                f"unknown tag `{tag}`.",
                way=f"Tags of this chapter: {lesson.chapter}, {lesson.chapter}-red.",
            )
        if tag in seen:
            raise LessonError(lesson.file, line, f"the tag `{tag}` is given twice.")
        seen.add(tag)
        if tag.endswith("-red") and tag not in lesson.red:
            raise LessonError(lesson.file, line, f"the front matter does not say under `red` what fails at `{tag}`.")
    for tag, contract in lesson.red.items():
        if not tag.endswith("-red"):
            raise LessonError(
                lesson.file, contract.line, f"`{tag}` under `red` is not a red tag.", way="Red tags end in -red."
            )
        if tag not in seen:
            raise LessonError(
                lesson.file,
                contract.line,
                f"no commit is tagged `{tag}`.",
                way=f"Put <!-- tag: {tag} --> before the commit.",
            )
