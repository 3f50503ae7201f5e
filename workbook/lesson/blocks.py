"""A page's fences as the machine acts on them: files, diffs, sessions."""

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from workbook.lesson.commands import commit_message
from workbook.lesson.errors import LessonError
from workbook.lesson.hunks import parse_hunks
from workbook.lesson.markdown import ALONE, BEFORE_A_FENCE, Part, walk
from workbook.lesson.model import Block, Diff, Exchange, Illustration, Place, Session, Stop, WholeFile

PROMPTS = {"console": ("$ ", "> "), "mysql": ("mysql> ", "    -> "), "pycon": (">>> ", "... ")}
"""By kind of session: the prompt, and the prompt of a continued line."""

_BARE = {"background", "stop"}
"""Comments without a value."""
_TITLED = re.compile(r'(\S*)(?:\s+title="([^"]*)")?')

Comments = dict[str, tuple[str, int]]
"""The comments before a fence: value and line by name."""


def read_blocks(file: Path, text: str, made: dict[str, str]) -> tuple[Block, ...]:
    """A page's blocks in their order.

    Args:
        made: the files of the chapter's `made/` folder.

    Raises:
        LessonError: a fence or a comment that is not as docs/lesson-format.md says.
    """
    blocks: list[Block] = []
    waiting: Comments = {}
    for part in walk(text):
        name, value = _comment(file, part) if part.kind == "comment" else ("", "")
        if name in BEFORE_A_FENCE:
            if name in waiting:
                raise LessonError(file, part.first, f"a second `{name}` comment before the same fence.")
            waiting[name] = value, part.first
        elif part.kind == "fence":
            blocks.append(_block(file, part, waiting, made))
            waiting = {}
        elif name != "note":
            _nothing_waits(file, waiting)
            if name == "stop":
                blocks.append(Stop(Place(file, part.first, part.first)))
    _nothing_waits(file, waiting)
    return tuple(blocks)


def _nothing_waits(file: Path, waiting: Comments) -> None:
    for name, (_, line) in waiting.items():
        way = "Move it to the line before."
        raise LessonError(file, line, f"the comment `{name}` is not directly before a fence.", way=way)


def _comment(file: Path, part: Part) -> tuple[str, str]:
    name, _, value = (piece.strip() for piece in part.text.partition(":"))
    if name not in BEFORE_A_FENCE | ALONE:
        way = f"Known: {', '.join(sorted(BEFORE_A_FENCE | ALONE))}. A word among authors is <!-- note: … -->."
        raise LessonError(file, part.first, f"unknown comment `{name}`.", way=way)
    if (name in _BARE) == bool(value):
        form = f"<!-- {name} -->" if name in _BARE else f"<!-- {name}: … -->"
        raise LessonError(file, part.first, f"the comment `{name}` is written {form}.")
    return name, value


def _block(file: Path, part: Part, comments: Comments, made: dict[str, str]) -> Block:
    def refused(what: str, way: str = "", line: int = part.first) -> LessonError:
        return LessonError(file, line, what, way=way)

    place, content = Place(file, part.first, part.last), part.text
    info = _TITLED.fullmatch(part.info)
    if info is None:
        unknown = re.sub(r"=.*", "", part.info.split()[-1])
        raise refused(f"unknown fence attribute `{unknown}`.", 'The only one is title="path/of/the/file".')
    language, title = info[1], info[2]
    if not part.closed:
        raise refused("this fence is never closed.")
    if part.depth and (title is not None or language in PROMPTS or language == "diff" or comments):
        raise refused("a fence that the machine acts on stands at the left margin, not inside a list.")
    if language in PROMPTS:
        if title is not None:
            raise refused(f"a {language} fence has no title.")
        return _session(place, language, content, comments)
    for name, (_, line) in comments.items():
        raise refused(f"the comment `{name}` is not before a fence that runs something.", line=line)
    if title is not None and not is_path(title):
        raise refused(f"`{title}` is no path of a file in the project.", "Write it from the project's root: app/x.py.")
    if language == "diff":
        if title is None:
            raise refused("this diff names no file.", 'Write ```diff title="app/x.py".')
        return Diff(place, title, parse_hunks(place, content))
    if title is not None:
        return WholeFile(place, title, content, language, title in made)
    if language in ("python", "py"):
        try:
            ast.parse(content)
        except SyntaxError as error:
            way = "Give the fence another language, such as text."
            line = part.first + (error.lineno or 1)
            raise refused(f"this Python does not parse: {error.msg}.", way, line) from None
    return Illustration(place, language, content)


def is_path(title: str) -> bool:
    """Whether a title is a plain path below the project's root."""
    path = PurePosixPath(title)
    return (
        str(path) == title != "."
        and not path.is_absolute()
        and not {"..", ".git"} & {*path.parts}
        and "\\" not in title
    )


def _session(place: Place, kind: str, content: str, comments: Comments) -> Session:
    exchanges = parse_exchanges(place, kind, content)
    console = kind == "console"
    commits = sum(console and commit_message(exchange.typed) is not None for exchange in exchanges)
    tag, code, skip = (comments[name][0] if name in comments else None for name in ("tag", "exit", "not run"))
    for name, holds, what in (
        ("tag", commits == 1, f"a tag stands before a block with one `git commit`; this one has {commits}."),
        ("exit", console and str(code).isdecimal(), f"an exit code is a number, not `{code}`, and a command's."),
        ("background", console and len(exchanges) == 1, "a block that goes on in the background has one command."),
        ("not run", not commits, "a block with a commit is always run: move the commit to its own fence."),
    ):
        if name in comments and not holds:
            raise LessonError(place.file, comments[name][1], what)
    if code is not None:
        exchanges = (*exchanges[:-1], replace(exchanges[-1], exit=int(code)))
    return Session(place, kind, exchanges, skip, "background" in comments, tag)


def parse_exchanges(place: Place, kind: str, content: str) -> tuple[Exchange, ...]:
    """What a session's fence shows being typed, and the output under each.

    Raises:
        LessonError: nothing is typed, output before the first prompt, a statement without its semicolon.
    """
    prompt, _ = PROMPTS[kind]
    groups: list[tuple[int, list[str]]] = []
    for number, text in enumerate(content.removesuffix("\n").split("\n"), place.first + 1):
        if _starts(text, prompt):
            groups.append((number, []))
        elif text.strip() and not groups:
            what = f"this {kind} fence shows output before anything is typed after `{prompt}`."
            raise LessonError(place.file, number, what)
        if groups:
            groups[-1][1].append(text)
    if not groups:
        way = f"Start what is typed with `{prompt}`."
        raise LessonError(place.file, place.first, f"this {kind} fence types nothing.", way=way)
    return tuple(_exchange(place.file, kind, number, lines) for number, lines in groups)


def _exchange(file: Path, kind: str, number: int, lines: Sequence[str]) -> Exchange:
    prompt, further = PROMPTS[kind]
    typed = [lines[0][len(prompt) :]]
    for text in lines[1:]:
        if not _starts(text, further) or (kind == "mysql" and _complete(typed[-1])):
            break
        typed.append(text[len(further) :])
    if kind == "mysql" and not _complete(typed[-1]):
        way = f"Further lines start with `{further}`."
        raise LessonError(file, number, "this statement does not end with ; or \\G.", way=way)
    if not "".join(typed).strip():
        raise LessonError(file, number, f"nothing is typed after `{prompt}`.")
    first, end = len(typed), len(lines)
    while first < end and not lines[first].strip():
        first += 1
    while first < end and not lines[end - 1].strip():
        end -= 1
    return Exchange(number, "\n".join(typed), tuple(lines[first:end]), number + first)


def _starts(text: str, prompt: str) -> bool:
    return text.startswith(prompt) or text == prompt.rstrip()


def _complete(statement: str) -> bool:
    return re.search(r"(;|\\G)\s*$", statement) is not None
