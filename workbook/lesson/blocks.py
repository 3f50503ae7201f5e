"""A page's fences as the machine acts on them: files, diffs, sessions; what commits, and whether an output is as shown.

Of a shown output, `...` alone on a line stands for any lines; nothing else is loose.
"""

import ast
import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import ALONE, BEFORE_A_FENCE, Part, walk
from workbook.lesson.model import Block, Diff, Exchange, Hunk, Place, Session, Stop, WholeFile

PROMPTS = {"console": ("$ ", "> "), "mysql": ("mysql> ", "    -> "), "pycon": (">>> ", "... ")}
"""By kind of session: the prompt, and the prompt of a continued line."""

ELISION = "..."

_BARE = {"background", "stop"}  # comments without a value
_COMPLETE = re.compile(r"(;|\\G)\s*$")
_TITLED = re.compile(r'(\S*)(?:\s+title="([^"]*)")?')

Comments = dict[str, tuple[str, int]]  # those before a fence: value and line by name


def read_blocks(file: Path, text: str, made: dict[str, str]) -> tuple[Block, ...]:
    """A page's blocks in their order; `made` are the files of the chapter's `made/` folder. Raises LessonError."""
    blocks: list[Block] = []
    waiting: Comments = {}
    for part in walk(text):
        name, value = _comment(file, part) if part.kind == "comment" else ("", "")
        if name in BEFORE_A_FENCE:
            waiting[name] = value, part.first
        elif part.kind == "fence":
            blocks += _block(file, part, waiting, made)
            waiting = {}
        elif name != "note":
            _nothing_waits(file, waiting)
            if name == "stop":
                blocks.append(Stop(Place(file, part.first, part.first)))
    _nothing_waits(file, waiting)
    return tuple(blocks)


def _nothing_waits(file: Path, waiting: Comments) -> None:
    for name, (_, line) in waiting.items():
        raise LessonError(file, line, f"the comment `{name}` is not directly before a fence that runs something.")


def _comment(file: Path, part: Part) -> tuple[str, str]:
    name, _, value = (piece.strip() for piece in part.text.partition(":"))
    known = BEFORE_A_FENCE | ALONE
    if name not in known:
        raise LessonError(file, part.first, f"unknown comment `{name}`. Known: {', '.join(sorted(known))}.")
    if (name in _BARE) == bool(value):
        form = f"<!-- {name} -->" if name in _BARE else f"<!-- {name}: … -->"
        raise LessonError(file, part.first, f"the comment `{name}` is written {form}.")
    return name, value


def _block(file: Path, part: Part, comments: Comments, made: dict[str, str]) -> list[Block]:
    """What the machine does with a fence; nothing with an illustration."""
    place, content = Place(file, part.first, part.last), part.text
    info = _TITLED.fullmatch(part.info)
    language, title = info.groups() if info else ("", None)
    acts = title is not None or language in PROMPTS or language == "diff" or bool(comments)
    for wrong, what in (
        (info is None, f'unknown fence attribute in `{part.info}`: the only one is title="path/of/the/file".'),
        (not part.closed, "this fence is never closed."),
        (part.depth and acts, "a fence that the machine acts on stands at the left margin, not inside a list."),
        (language in PROMPTS and title is not None, f"a {language} fence has no title."),
        (language == "diff" and title is None, 'this diff names no file: write ```diff title="app/x.py".'),
        (title is not None and not _is_path(title), f"`{title}` is no path of a file, from the project's root."),
    ):
        if wrong:
            raise LessonError(file, part.first, what)
    if language in PROMPTS:
        return [_session(place, language, content, comments)]
    _nothing_waits(file, comments)
    if title is not None:
        diff = language == "diff"
        hunks = parse_hunks(place, content) if diff else ()
        return [Diff(place, title, hunks) if diff else WholeFile(place, title, content, title in made)]
    if language in ("python", "py"):
        try:
            ast.parse(content)
        except SyntaxError as error:
            line = part.first + (error.lineno or 1)
            raise LessonError(file, line, f"this Python does not parse: {error.msg}.") from None
    return []


def _is_path(title: str) -> bool:
    path = PurePosixPath(title)
    plain = str(path) == title != "." and not path.is_absolute() and "\\" not in title
    return plain and not {"..", ".git"} & {*path.parts}


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
    """What a session's fence shows being typed, and the output under each. Raises LessonError."""
    prompt, _ = PROMPTS[kind]
    groups: list[tuple[int, list[str]]] = []
    for number, text in enumerate(content.removesuffix("\n").split("\n"), place.first + 1):
        if f"{text} ".startswith(prompt):
            groups.append((number, []))
        if groups:
            groups[-1][1].append(text)
        elif text.strip():
            raise LessonError(place.file, number, f"this {kind} fence types nothing after `{prompt}` before this line.")
    if not groups:
        raise LessonError(place.file, place.first, f"this {kind} fence types nothing after `{prompt}`.")
    return tuple(_exchange(place.file, kind, number, lines) for number, lines in groups)


def _exchange(file: Path, kind: str, number: int, lines: list[str]) -> Exchange:
    prompt, further = PROMPTS[kind]
    typed = [lines[0][len(prompt) :]]
    for text in lines[1:]:
        if not f"{text} ".startswith(further) or (kind == "mysql" and _COMPLETE.search(typed[-1])):
            break
        typed.append(text[len(further) :])
    if kind == "mysql" and not _COMPLETE.search(typed[-1]):
        raise LessonError(file, number, f"this statement does not end with ; or \\G. Further lines: `{further}`.")
    filled = [index for index in range(len(typed), len(lines)) if lines[index].strip()] or [len(lines)]
    return Exchange(number, "\n".join(typed), tuple(lines[filled[0] : filled[-1] + 1]), number + filled[0])


def parse_hunks(place: Place, content: str) -> tuple[Hunk, ...]:
    """The hunks of a diff fence. Raises LessonError: no bare `@@`, no change, no context, another kind of line."""
    opened: list[tuple[int, list[str]]] = []
    for number, line in enumerate(content.removesuffix("\n").split("\n"), place.first + 1):
        if line == "@@":
            opened.append((number, []))
        elif not opened or line[:1] not in ("", " ", "-", "+"):
            what = "hunks are each opened by a bare @@, and their lines start with a space, - or +."
            raise LessonError(place.file, number, what)
        else:
            opened[-1][1].append(line)
    hunks = []
    for number, lines in opened:
        before = tuple(line[1:] for line in lines if line[:1] != "+")
        after = tuple(line[1:] for line in lines if line[:1] != "-")
        if before == after:
            raise LessonError(place.file, number, "this hunk changes nothing.")
        if not any(line.strip() for line in before):
            raise LessonError(place.file, number, "this hunk has no context: it could go anywhere.")
        hunks.append(Hunk(number, before, after))
    return tuple(hunks)


def simple_commands(typed: str) -> list[list[str]]:
    """The words of each command in a line joined by `&&` or `;`; none of one with a pipe, redirection or heredoc."""
    lexer = shlex.shlex(typed.replace("\\\n", " "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        words = [] if "<<" in typed else list(lexer)
    except ValueError:
        return []
    commands = [list(group) for ends, group in groupby(words, key=lambda word: word in ("&&", ";")) if not ends]
    return [command for command in commands if not any(set(word) <= set("|<>&()") for word in command)]


def commit_message(typed: str) -> str | None:
    """The message when the line commits (`git commit -m …`; further `-m` are paragraphs), else None."""
    for words in simple_commands(typed):
        if words[:2] == ["git", "commit"]:
            follows = [after for word, after in pairwise(words) if re.fullmatch("-[a-z]*m", word)]
            return "\n\n".join(follows)
    return None


def elided(line: str) -> bool:
    """Whether a shown line stands for any lines."""
    return line.strip() == ELISION


class Mismatch(NamedTuple):
    """The first difference: positions from 0 among the shown and the actual lines, past the end where one is over."""

    shown: int
    actual: int


def mismatch(shown: Sequence[str], actual: Sequence[str]) -> Mismatch | None:
    """The first difference of shown lines, which may hold `...`, from the actual ones; None when they agree."""
    runs: list[tuple[int, list[str]]] = [(0, [])]  # the lines between the elisions, with the position of the first
    for index, line in enumerate(shown):
        if elided(line):
            runs.append((index + 1, []))
        else:
            runs[-1][1].append(line)
    position = 0
    for index, (first, run) in enumerate(runs):
        start = position
        if index:
            end = len(actual) - len(run)
            if index == len(runs) - 1 and end >= position and _agreeing(run, actual, end) == len(run):
                return None
            # `max` takes the first of the best: leftmost is right, and tells most when none is.
            start = max(range(position, len(actual) + 1), key=partial(_agreeing, run, actual))
        agreeing = _agreeing(run, actual, start)
        if agreeing < len(run):
            return Mismatch(first + agreeing, start + agreeing)
        position = start + len(run)
    return Mismatch(len(shown), position) if position < len(actual) else None


def _agreeing(run: Sequence[str], actual: Sequence[str], start: int) -> int:
    there = actual[start : start + len(run)]
    return next((count for count, pair in enumerate(zip(run, there, strict=False)) if pair[0] != pair[1]), len(there))
