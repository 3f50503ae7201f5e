"""What a page shows against what happened: named normalisers, and the first difference.

The table is the whole list of values that may differ from one run to the next. Each row hides one kind by a placeholder
in angle brackets, on both sides of a comparison, and carries its proof: a line before and after.
"""

import ast
import base64
import json
import re
import zlib
from collections.abc import Sequence
from itertools import groupby, zip_longest
from pathlib import Path
from typing import NamedTuple

from workbook.lesson.blocks import mismatch
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Exchange, WholeFile


class Normaliser(NamedTuple):
    """One kind of value: its name in docs/lesson-format.md, a regular expression and its replacement, the proof."""

    name: str
    pattern: str
    becomes: str
    example: str
    hidden: str


_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?"
_DATETIME = rf"\b\d{{4}}-\d\d-\d\d[ T]{_TIME}(?:Z|[+-]\d\d:?\d\d)?|(?:\w{{3}}, )?\d\d {_MONTH} \d{{4}} {_TIME} GMT"
_HOURS = r"(?: \(\d+:\d\d:\d\d\))?"
_SECONDS = r"(?<![\w.])(?:\d+(?:\.\d+)?(?:ms|µs)|(?:\d+m )?\d+\.\d+ ?(?:s|sec|seconds))\b"
_DURATION = rf"{_SECONDS}{_HOURS}|(?<=\bin )(?:\d+m )?\d+s\b"
_URL_CODE = r"\b(?=[a-zA-Z]*\d)(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[0-9A-Za-z]{19,22}\b"
# One code in 300 has no digit. Letters alone could be a class's name, so here they must stand like a value.
_LETTERS_ONLY = r"""(["'] ?|\| )(?=(?:[a-z]*[A-Z]){5})[A-Za-z]{19,22}(?= ?["'|])"""
_ROW = re.compile(r"[|+].*[|+]$")

# fmt: off
TABLE = tuple(Normaliser(*row) for row in (
    ("ansi", r"\x1b\[[0-9;?]*[A-Za-z]|^.*\r(?!$)|\r$", "",
     "one\rtwo \x1b[1mhi\x1b[0m", "two hi"),
    ("migration-date", r"\b(\d+_)\d{14}(?=_)", r"\1<date>",
     "0_20260105093000_init.py", "0_<date>_init.py"),
    ("datetime", _DATETIME, "<datetime>",
     "at 2026-01-05 09:30:00.123456, Mon, 05 Jan 2026 09:30:00 GMT", "at <datetime>, <datetime>"),
    ("duration", _DURATION, "<duration>",
     "61.31s (0:01:01) 744ms in 2m 03s (0.00 sec)", "<duration> <duration> in <duration> (<duration>)"),
    ("pytest-bar", r"^=+ (.*<duration>.*?) =+$", r"== \1 ==",
     "===== 1 passed in <duration> =====", "== 1 passed in <duration> =="),
    ("url-code", _URL_CODE, "<url-code>",
     '{"url_code":"7MIHUeqyp51SlIbp60aods"}', '{"url_code":"<url-code>"}'),
    ("url-code", _LETTERS_ONLY, r"\1<url-code>",
     '{"url_code":"YMIHUeqypzSlIbpHaodsQw"}', '{"url_code":"<url-code>"}'),
    ("client-host", r"(for user '[^']*'@)'[^']+'", r"\1'<host>'",
     "Access denied for user 'root'@'172.17.0.1' (using", "Access denied for user 'root'@'<host>' (using"),
    ("address", r" at 0x[0-9a-f]+", " at 0x<address>",
     "<object object at 0x7f00ab>", "<object object at 0x<address>>"),
    ("git-hash", r"^(\[[^\]]* )[0-9a-f]{7,40}(?=\])", r"\1<hash>",
     "[my-work (root-commit) 1a2b3c4] Say hello", "[my-work (root-commit) <hash>] Say hello"),
    ("git-hash", r"\b(commit |HEAD is now at )[0-9a-f]{7,40}\b", r"\1<hash>",
     "commit 1a2b3c4d", "commit <hash>"),
    ("git-hash", r"^index [0-9a-f]{7,40}\.\.[0-9a-f]{7,40}", "index <hash>",
     "index 1a2b3c4..5d6e7f8", "index <hash>"),
    ("suggestion", r"(Error: .*)\. Did you mean: '[^']*'\?$", r"\1",
     "ImportError: cannot import name 'a'. Did you mean: 'b'?", "ImportError: cannot import name 'a'"),
    ("mysql-version", r"(?<![\w.=])(?:8\.[04]|9\.\d+)\.\d+(?:-[\w.~+]+)?(?![\w.])", "<mysql>",
     "| 9.7.4-2 | 8.4.6", "| <mysql> | <mysql>"),
))
# fmt: on


def normalise(lines: Sequence[str]) -> list[str]:
    """Lines as they are compared: volatile values hidden, no trailing spaces, changed tables laid out anew."""
    done: list[str] = []
    hidden = [_hidden(line) for line in lines]
    for table, group in groupby(zip(hidden, lines, strict=True), lambda pair: bool(_ROW.match(pair[0]))):
        pairs = list(group)
        # When a cell of MySQL's was hidden, its width must not show.
        anew = table and any(new != line.rstrip() for new, line in pairs)
        done += [_cells(new) if anew else new for new, _line in pairs]
    return done


def _hidden(line: str) -> str:
    for row in TABLE:
        line = re.sub(row.pattern, row.becomes, line)
    return line.rstrip()


def _cells(line: str) -> str:
    if line.startswith("|"):
        return "|" + "|".join(cell.strip() for cell in line.split("|")[1:-1]) + "|"
    return re.sub(r"-+", "-", line)


def agrees(shown: Sequence[str], actual: Sequence[str]) -> bool:
    """Whether an output is as shown, after normalising both."""
    return mismatch(normalise(shown), normalise(actual)) is None


def require_same(file: Path, exchange: Exchange, actual: Sequence[str]) -> None:
    """Compare a command's output with the lines under it. Raises LessonError: the first difference, and all of it."""
    difference = mismatch(normalise(exchange.output), normalise(actual))
    if difference is None:
        return
    over = "(nothing: the output ends here)"
    shown, got = [*exchange.output, over][difference.shown], [*actual, over][difference.actual]
    raise LessonError(
        file,
        exchange.output_line + difference.shown,
        f"`{first_line(exchange)}` does not print what is shown.",
        why=f"expected: {shown}\n     got: {got}\n\nThe whole output:\n\n{indented(actual)}",
        way="Mend the lesson, or take what came: workbook refresh.",
    )


def require_same_file(block: WholeFile | Diff, command: Exchange | None, actual: str, wanted: str) -> None:
    """Compare a file that a command (if known, which) has changed with what the fence that shows it wants.

    Raises LessonError: the first difference, with the fence's line.
    """
    pairs = zip_longest(_meaning(wanted), _meaning(actual), fillvalue="(the end of the file)")
    found = next(((number, *pair) for number, pair in enumerate(pairs) if pair[0] != pair[1]), None)
    if found is None:
        return
    number, shown, got = found
    whole = isinstance(block, WholeFile) and not block.made
    by = f"`{first_line(command)}` (line {command.line})" if command else "a command"
    raise LessonError(
        block.place.file,
        min(block.place.first + (1 + number if whole else 0), block.place.last),
        f"{by} leaves {block.title} otherwise than shown here.",
        why=f"expected: {shown}\n     got: {got}\n\nThe whole file:\n\n{actual}",
        way="Show the file as the command leaves it: workbook refresh takes a whole one.",
    )


def undated(path: str) -> str:
    """A path without the date in a migration's name."""
    return re.sub(r"(^|/)(\d+_)\d{14}(?=_)", r"\1\2<date>", path)


def same_file(one: str, other: str) -> bool:
    """Whether two files are the same, the state of Aerich's migrations by what it says."""
    return _meaning(one) == _meaning(other)


def _meaning(text: str) -> list[str]:
    # Aerich walks a set of columns: in which order it adds or drops them differs from run to run.
    columns = re.compile(r"(?:^ *ALTER TABLE `\w+` (?:ADD|DROP COLUMN) `.*\n)+", re.MULTILINE)
    text = columns.sub(lambda match: "".join(sorted(match[0].replace('"""', "").splitlines(keepends=True))), text)
    state = re.compile(r"^MODELS_STATE = \((.*?)^\)", re.DOTALL | re.MULTILINE)
    return state.sub(lambda match: f"MODELS_STATE = {_decoded(match[1])}", text).split("\n")


def _decoded(blob: str) -> str:
    """Base64 of zlib of JSON, as aerich 0.10 writes it, as JSON with one entry a line; anything else as it stands."""
    try:
        state = json.loads(zlib.decompress(base64.b64decode(ast.literal_eval(f"({blob.strip()})"))))
    except (ValueError, SyntaxError, zlib.error):
        return blob
    return json.dumps(state, indent=1, sort_keys=True)


def first_line(exchange: Exchange) -> str:
    """A command as a message names it."""
    return exchange.typed.partition("\n")[0]


def indented(lines: Sequence[str]) -> str:
    """An output set apart from the sentence around it."""
    return "\n".join(f"    {line}".rstrip() for line in lines) or "    (nothing)"
