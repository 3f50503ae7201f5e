"""A page's fences as the machine acts on them."""

import ast
from dataclasses import replace
from pathlib import Path, PurePosixPath

from workbook.lesson.commands import commit_message
from workbook.lesson.errors import LessonError
from workbook.lesson.exchanges import PROMPTS, parse_exchanges
from workbook.lesson.hunks import parse_hunks
from workbook.lesson.markdown import Fence, Mark, fences_and_marks
from workbook.lesson.model import Block, Diff, Illustration, Place, Session, Stop, WholeFile


def read_blocks(file: Path, text: str, skip: int, made: dict[str, str]) -> tuple[Block, ...]:
    """A page's blocks in their order.

    Args:
        skip: how many lines at the top are front matter.
        made: the files of the chapter's `made/` folder.

    Raises:
        LessonError: a fence that is not as docs/lesson-format.md says.
    """
    return tuple(_block(item, made) for item in fences_and_marks(file, text, skip))


def _block(item: Fence | Mark, made: dict[str, str]) -> Block:
    if isinstance(item, Mark):
        return Stop(item.place)
    place = item.place
    if item.language in PROMPTS:
        return _session(item)
    for name, (_, line) in item.comments.items():
        raise LessonError(place.file, line, f"the comment `{name}` is not before a fence that runs something.")
    if item.title is not None:
        check_path(place, item.title)
    if item.language == "diff":
        if item.title is None:
            raise LessonError(
                place.file, place.first, "this diff names no file.", way='Write ```diff title="app/x.py".'
            )
        return Diff(place, item.title, parse_hunks(place, item.content))
    if item.title is not None:
        return WholeFile(place, item.title, item.content, item.language, item.title in made)
    if item.language in ("python", "py"):
        try:
            ast.parse(item.content)
        except SyntaxError as error:
            raise LessonError(
                place.file,
                place.first + (error.lineno or 1),
                f"this Python does not parse: {error.msg}.",
                way="Give the fence another language, such as text.",
            ) from None
    return Illustration(place, item.language, item.content)


def _session(item: Fence) -> Session:
    place, kind, comments = item.place, item.language, item.comments
    if item.title is not None:
        raise LessonError(place.file, place.first, f"a {kind} fence has no title.")
    exchanges = parse_exchanges(place, kind, item.content)
    if kind != "console":
        for name in ("tag", "exit", "background"):
            if name in comments:
                raise LessonError(place.file, comments[name][1], f"the comment `{name}` is for console fences.")
    skip = comments["not run"][0] if "not run" in comments else None
    messages = [
        message
        for exchange in exchanges
        if kind == "console" and (message := commit_message(exchange.typed)) is not None
    ]
    if skip is not None and messages:
        raise LessonError(
            place.file,
            comments["not run"][1],
            "a block with a commit is always run.",
            way="Move the commit to its own fence.",
        )
    if "tag" in comments and len(messages) != 1:
        raise LessonError(
            place.file,
            comments["tag"][1],
            f"a tag stands before a block with one `git commit`; this one has {len(messages)}.",
        )
    if "exit" in comments:
        code, line = comments["exit"]
        if not code.isdecimal():
            raise LessonError(place.file, line, f"an exit code is a number, not `{code}`.")
        exchanges = (*exchanges[:-1], replace(exchanges[-1], exit=int(code)))
    if "background" in comments and len(exchanges) != 1:
        raise LessonError(
            place.file, comments["background"][1], "a block that goes on in the background has one command."
        )
    return Session(
        place, kind, exchanges, skip, "background" in comments, comments["tag"][0] if "tag" in comments else None
    )


def check_path(place: Place, title: str) -> None:
    """Refuse a title that is not a plain path below the project's root. Raises LessonError."""
    path = PurePosixPath(title)
    if (
        not title
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in title
        or str(path) != title
        or path.parts[0] == ".git"
    ):
        raise LessonError(
            place.file,
            place.first,
            f"`{title}` is no path of a file in the project.",
            way="Write it from the project's root: app/x.py.",
        )
