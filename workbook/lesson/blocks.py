"""A page's fences as the machine acts on them: files, diffs, sessions; and which command lines commit."""

import ast
import re
import shlex
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path, PurePosixPath

from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import ALONE, BEFORE_A_FENCE, Part, walk
from workbook.lesson.model import Block, Diff, Exchange, Hunk, Place, Session, Stop, WholeFile

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
    if name not in BEFORE_A_FENCE | ALONE:
        known = ", ".join(sorted(BEFORE_A_FENCE | ALONE))
        raise LessonError(file, part.first, f"unknown comment `{name}`. Known: {known}.")
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
    """What a session's fence shows being typed, and the output under each.

    Raises:
        LessonError: nothing is typed, output before the first prompt, a statement without its semicolon.
    """
    prompt, _ = PROMPTS[kind]
    groups: list[tuple[int, list[str]]] = []
    for number, text in enumerate(content.removesuffix("\n").split("\n"), place.first + 1):
        if _starts(text, prompt):
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
        if not _starts(text, further) or (kind == "mysql" and _complete(typed[-1])):
            break
        typed.append(text[len(further) :])
    if kind == "mysql" and not _complete(typed[-1]):
        what = f"this statement does not end with ; or \\G. Further lines start with `{further}`."
        raise LessonError(file, number, what)
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


def parse_hunks(place: Place, content: str) -> tuple[Hunk, ...]:
    """The hunks of a diff fence.

    Raises:
        LessonError: no bare `@@`; a hunk that changes nothing or has no context; a line that starts otherwise.
    """
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
